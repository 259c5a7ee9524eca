//! Access files with ten thousand roles, and with circles in them. The limits of time are for a debug build on a busy
//! machine.

use std::collections::{BTreeSet, HashMap};
use std::fmt::Write as _;
use std::time::{Duration, Instant};

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::workspace;
use crate::definitions::Diagnostic;

const MANY: usize = 10_000;
const LIMIT: Duration = Duration::from_secs(30);

/// Which roles inherit which, by number.
type Graph = Vec<Vec<usize>>;

/// An access file whose functional roles (or access roles) inherit like this.
fn file(graph: &Graph, are_functional: bool) -> String {
    let mut text = "kind: access\nowner: sales\nfunctional_roles:\n  sales: {groups: [s], inherits: [], access: [read]}\n  \
                    sales_analytics: {groups: [a]}\n  data_platform: {groups: [d]}\n  data: {groups: [p]}\n"
        .to_owned();
    let read = "access_roles:\n  read: {grants: [{actions: [view], folders: [/]}]}\n";
    if !are_functional {
        text.push_str(read);
    }
    for (n, inherits) in graph.iter().enumerate() {
        let names: Vec<String> = inherits.iter().map(|n| format!("r{n}")).collect();
        let groups = if are_functional { format!("groups: [g{n}], ") } else { String::new() };
        writeln!(text, "  r{n}: {{{groups}inherits: [{}]}}", names.join(", ")).unwrap();
    }
    if are_functional {
        text.push_str(read);
    }
    text
}

fn problems(text: &str) -> Vec<Diagnostic> {
    let begun = Instant::now();
    let (_dir, workspace) = workspace(&[("access.yaml", text)]);
    println!("checked in {:?}", begun.elapsed());
    assert!(begun.elapsed() < LIMIT, "{:?}", begun.elapsed());
    let problems = workspace.diagnostics();
    problems.iter().filter(|problem| problem.file == "access.yaml").cloned().collect()
}

/// The circles that a check told, as numbers of roles from the first around to it again.
fn told(problems: &[Diagnostic]) -> Vec<Vec<usize>> {
    let circles = problems.iter().filter(|problem| problem.code == "cycle");
    let chain = |problem: &Diagnostic| problem.message.split_once(": ").unwrap().1.to_owned();
    let number = |name: &str| name.trim_start_matches('r').parse().unwrap();
    circles.map(|problem| chain(problem).split(" → ").map(number).collect()).collect()
}

/// For each role whether it lies on a circle: whether it can be reached from one that it inherits.
fn on_circles(graph: &Graph) -> BTreeSet<usize> {
    let is_on = |start: &usize| {
        let (mut seen, mut open) = (BTreeSet::new(), graph[*start].clone());
        while let Some(at) = open.pop() {
            if seen.insert(at) {
                open.extend(&graph[at]);
            }
        }
        seen.contains(start)
    };
    (0..graph.len()).filter(is_on).collect()
}

/// The same graph without the last step of each circle.
fn cut(graph: &Graph, circles: &[Vec<usize>]) -> Graph {
    let cuts: BTreeSet<(usize, usize)> =
        circles.iter().map(|circle| (circle[circle.len() - 2], circle[0])).collect();
    let keep = |n: usize, next: &usize| !cuts.contains(&(n, *next));
    graph
        .iter()
        .enumerate()
        .map(|(n, row)| row.iter().copied().filter(|next| keep(n, next)).collect())
        .collect()
}

#[test]
fn ten_thousand_roles_without_a_circle_are_fine() {
    let mut random = ChaCha8Rng::seed_from_u64(7);
    let chain: Graph = (0..MANY).map(|n| if n + 1 < MANY { vec![n + 1] } else { Vec::new() }).collect();
    let later = |n: usize, random: &mut ChaCha8Rng| (n + 1 < MANY).then(|| random.random_range(n + 1..MANY));
    let wide: Graph = (0..MANY).map(|n| (0..5).filter_map(|_| later(n, &mut random)).collect()).collect();
    let below = |n: usize| [n / 2 * 2 + 2, n / 2 * 2 + 3].into_iter().filter(|n| *n < MANY).collect();
    let lattice: Graph = (0..MANY).map(below).collect();
    for (shape, graph) in [("chain", chain), ("wide", wide), ("lattice", lattice)] {
        for are_functional in [true, false] {
            println!("{shape}, functional: {are_functional}");
            let problems = problems(&file(&graph, are_functional));
            let errors: Vec<_> = problems.iter().filter(|problem| problem.code != "unused").collect();
            // Access roles that nobody holds are warned of, up to the limit of what is shown.
            assert!(errors.len() <= usize::from(!are_functional), "{shape}: {errors:?}");
        }
    }
}

#[test]
fn a_circle_of_ten_thousand_roles_is_told_in_a_line_that_can_be_read() {
    let ring: Graph = (0..MANY).map(|n| vec![(n + 1) % MANY]).collect();
    // Every role goes on to the next and back to the first: as many circles as roles, of five thousand on average.
    let returning: Graph = (0..MANY).map(|n| vec![(n + 1) % MANY, 0]).collect();
    for (graph, at_least) in [(ring, 1), (returning, 100)] {
        for are_functional in [true, false] {
            let problems = problems(&file(&graph, are_functional));
            let circles: Vec<_> = problems.iter().filter(|problem| problem.code == "cycle").collect();
            assert!(circles.len() >= at_least, "{}", circles.len());
            assert!(
                circles[0].message.contains("role `r0` inherits from itself: r0 → "),
                "{}",
                circles[0].message
            );
            assert!(circles.iter().all(|circle| circle.message.len() < 2_000));
        }
    }
}

#[test]
fn unknown_roles_without_number_are_told_in_time() {
    let graph: Graph = (0..MANY).map(|n| vec![n + MANY]).collect();
    let problems = problems(&file(&graph, true));
    assert!(problems.iter().filter(|problem| problem.code == "unknown_role").count() >= 100);
}

/// Each role that lies on a circle by an own search is on one that is told, or on one that is left when those told are
/// broken up; what is told is a circle; and whoever breaks up those told has none left.
#[test]
fn every_circle_of_a_random_graph_is_told() {
    let mut random = ChaCha8Rng::seed_from_u64(20_261_129);
    let mut with_circles: HashMap<bool, usize> = HashMap::new();
    for case in 0..400 {
        let size = random.random_range(1..9);
        let density = random.random_range(0..4);
        let row = |random: &mut ChaCha8Rng| {
            let count = random.random_range(0..=density.min(size));
            let row: BTreeSet<usize> = (0..count).map(|_| random.random_range(0..size)).collect();
            row.into_iter().collect()
        };
        let graph: Graph = (0..size).map(|_| row(&mut random)).collect();
        let circles = told(&problems(&file(&graph, case % 2 == 0)));
        for circle in &circles {
            assert_eq!(circle.first(), circle.last());
            assert!(circle.windows(2).all(|step| graph[step[0]].contains(&step[1])), "{graph:?}: {circle:?}");
            let names: BTreeSet<_> = circle.iter().collect();
            assert_eq!(names.len() + 1, circle.len(), "{graph:?}: {circle:?}");
        }
        let expected = on_circles(&graph);
        assert_eq!(circles.is_empty(), expected.is_empty(), "{graph:?}: {circles:?}");
        assert!(on_circles(&cut(&graph, &circles)).is_empty(), "{graph:?}: {circles:?}");
        *with_circles.entry(!expected.is_empty()).or_default() += 1;
    }
    assert!(with_circles.values().all(|count| *count > 50), "{with_circles:?}");
}

#[test]
fn warnings_without_number_hide_no_error() {
    let unused: Graph = (0..150).map(|_| Vec::new()).collect();
    let text = file(&unused, false).replace("owner: sales\n", "owner: nobody_at_all\n");
    let problems = problems(&text);
    assert!(problems.iter().any(|problem| problem.code == "unknown_role"), "the owner is no role");
    assert!(problems.iter().filter(|problem| problem.code == "unused").count() > 90);
}
