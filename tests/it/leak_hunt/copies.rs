//! The copies of a burst: slices of one scan, of which everybody may see only their own rows.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jangpyo::access::Viewer;
use jangpyo::engine::Memory;
use jangpyo::runs::evaluate::Question;

use super::others::Others;
use super::reports::{self, Dice};
use super::{Oracle, Scene, everything, question, reports_to_hunt, rows};
use crate::support::dataset::field;

/// Everybody's copy about every store, all out of the memory that the first copy has filled.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_copy_of_a_burst_shows_rows_that_its_recipient_may_not_see() {
    let count = reports_to_hunt().div_ceil(12);
    let mut dice = Dice::new(31);
    let reports: Vec<String> = (0..count).map(|_| reports::report(&mut dice, 4)).collect();
    let scene = Scene::new(None, &reports).await;
    let mut stores: Vec<&str> = rows(100).iter().map(|row| row.store).collect();
    stores.sort_unstable();
    stores.dedup();
    assert_eq!(stores.len(), 7);
    let (mut attempts, mut own, mut sliced) = (0, 0, 0);
    for report in 0..count {
        let id = format!("hunt-{report}");
        let memory = Arc::new(Memory::new(vec![field("store")]));
        let asked = |viewer: Viewer, store: Option<&str>, memory: Option<&Arc<Memory>>| {
            let parameters = store.map(|store| ("store".to_owned(), vec![store.to_owned()]));
            let question = question(&id, viewer, BTreeMap::from_iter(parameters));
            Question { memory: memory.cloned(), ..question }
        };
        // Whoever is first fills it for all; what is read for them is no more than what they need.
        let first = &scene.oracles[0].subject;
        everything(&scene.shared, asked(first.viewer.clone(), Some(stores[0]), Some(&memory))).await;
        scene.shared.engine().load(&memory).await;
        let mut copies = BTreeSet::new();
        for Oracle { subject, evaluator, .. } in &scene.oracles {
            let others = Others::of(subject.keeps);
            for store in stores.iter().map(|store| Some(*store)).chain([None]) {
                let seen = everything(&scene.shared, asked(subject.viewer.clone(), store, Some(&memory)));
                let seen = Box::pin(seen).await;
                let expected = Box::pin(everything(evaluator, asked(Viewer::operator(), store, None))).await;
                assert_eq!(seen, expected, "{}: the copy of {id} about {store:?}", subject.name);
                let text = format!("{seen:?}");
                let told = others.told(&text, store.unwrap_or_default());
                assert!(told.is_empty(), "{}: the copy of {id} about {store:?}: {told:?}", subject.name);
                attempts += seen.len();
                copies.insert(text.clone());
                own += usize::from(others.tells_own(&text));
            }
        }
        // The copies of two people about the same differ: one for the other would be seen.
        assert!(copies.len() > stores.len() * 2, "{} kinds of copies", copies.len());
        let used = memory.used();
        assert!(used.scans > 0 && used.refused.is_empty(), "{used:?}");
        sliced += used.sliced;
    }
    println!("{attempts} answers in copies, {sliced} questions out of one scan each report, 0 leaks");
    assert!(sliced as usize > count * 50 && own > count * 8, "{sliced} {own}");
}
