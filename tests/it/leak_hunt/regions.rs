//! A dataset whose rows lie in two regions: restrictions hold in each, and in what is put together of both.

use std::path::Path;

use super::reports::{self, Dice};
use super::{Elsewhere, SECURITY, STORE_RULE, Scene, hunt_in, move_to, reports_to_hunt, subjects, write};
use crate::support::postgres::Database;
use crate::support::snowflake::Snowflake;

/// Deals the rows of a workspace out to two regions: every other one lies at `place`, or in files of another folder.
pub(super) async fn deal(place: Option<&Elsewhere<'_>>, folder: &Path) {
    let far = tempfile::tempdir().unwrap();
    for part in ["data", "sources"] {
        std::fs::create_dir_all(far.path().join(part)).unwrap();
    }
    std::fs::create_dir_all(folder.join("far")).unwrap();
    for name in ["rows", "events"] {
        let path = folder.join(format!("data/{name}.csv"));
        let file = std::fs::read_to_string(&path).unwrap();
        let (head, lines) = file.split_once('\n').unwrap();
        for (part, path) in [path, far.path().join(format!("data/{name}.csv"))].into_iter().enumerate() {
            let lines = lines.lines().enumerate().filter(|(position, _)| position % 2 == part);
            let lines: Vec<&str> = lines.map(|(_, line)| line).collect();
            std::fs::write(path, format!("{head}\n{}\n", lines.join("\n"))).unwrap();
        }
        let path = folder.join(format!("datasets/{}.yaml", if name == "rows" { "data" } else { name }));
        let dataset = std::fs::read_to_string(&path).unwrap();
        std::fs::write(path, dataset.replace("source: lake\n", "source: lake\nalso_in: [far]\n")).unwrap();
    }
    let source = if let Some(place) = place {
        move_to(place, far.path()).await;
        std::fs::read_to_string(far.path().join("sources/lake.yaml")).unwrap()
    } else {
        for name in ["rows", "events"] {
            let name = format!("{name}.csv");
            std::fs::copy(far.path().join("data").join(&name), folder.join("far").join(name)).unwrap();
        }
        "kind: source\nowner: everybody\nurl: ./far\n".to_owned()
    };
    std::fs::write(folder.join("sources/far.yaml"), format!("{source}region: far\n")).unwrap();
    let home = folder.join("sources/lake.yaml");
    let source = std::fs::read_to_string(&home).unwrap();
    std::fs::write(home, format!("{source}region: home\n")).unwrap();
}

async fn hunt_over(place: Option<&Elsewhere<'_>>, count: usize) {
    let mut dice = Dice::new(41);
    let reports: Vec<String> = (0..count).map(|_| reports::report(&mut dice, 4)).collect();
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), Some(&format!("{SECURITY}{STORE_RULE}")), |_| true, &reports);
    deal(place, folder.path()).await;
    let mut oracles = Vec::new();
    for subject in subjects() {
        let folder = tempfile::tempdir().unwrap();
        write(folder.path(), None, subject.keeps, &reports);
        // What parts do not tell is refused here too.
        deal(None, folder.path()).await;
        oracles.push((subject, folder));
    }
    hunt_in(&Scene::of(folder, oracles), &reports, &mut dice).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_of_other_rows_comes_out_of_two_regions() {
    hunt_over(None, reports_to_hunt().div_ceil(6)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_of_other_rows_comes_out_of_files_and_a_database_together() {
    let Some(database) = Database::new().await else { return };
    hunt_over(Some(&Elsewhere::Postgres(&database)), reports_to_hunt().div_ceil(6)).await;
    database.remove().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_of_other_rows_comes_out_of_files_and_snowflake_together() {
    let account = Snowflake::start();
    hunt_over(Some(&Elsewhere::Snowflake(&account)), reports_to_hunt().div_ceil(12)).await;
}
