//! The `jangpyo` binary.

fn main() {}
