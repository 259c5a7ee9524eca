//! The `jangpyo` binary.

fn main() -> std::process::ExitCode {
    jangpyo::cli::main()
}
