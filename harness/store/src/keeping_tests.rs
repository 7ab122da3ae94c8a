//! Compaction, merging and verifying lose nothing, also when interrupted or given what is torn.

use std::fs;

use super::tests::{invocation, run, store};
use super::*;
use model::Criterion;

/// A whole run: two invocations of two planned.
fn whole() -> (tempfile::TempDir, Store, Stored) {
    let (folder, store) = store();
    for index in 0..2 {
        let values = [1.0 + f64::from(index), 2.0, 3.5];
        store.keep(&invocation(index, &values)).unwrap();
    }
    let (stored, _) = store.load(&run().id).unwrap();
    (folder, store, stored)
}

fn files_below(folder: &Path) -> usize {
    let count = |path: PathBuf| match path.is_dir() {
        true => files_below(&path),
        false => 1,
    };
    entries(folder).unwrap().into_iter().map(count).sum()
}

#[test]
fn a_compacted_run_is_the_same_run() {
    let (_folder, store, stored) = whole();
    assert_eq!(store.compact("2026-01").unwrap(), []);
    let series = store.series(&run().id, &Criterion::Wall).unwrap();
    let told = store.compact("2026-02").unwrap();
    let id = run().id;
    assert_eq!(
        told,
        [Compacted::Done {
            run: id.clone(),
            files: 3
        }]
    );
    assert_eq!(store.load(&id).unwrap(), (stored, vec![]));
    assert_eq!(store.series(&id, &Criterion::Wall).unwrap(), series);
    assert_eq!(store.ids().unwrap(), [id]);
    assert_eq!(files_below(store.root()), 2);
    assert!(store.root().join("month-2026-01").is_dir());
    assert_eq!(store.compact("2026-02").unwrap(), []);
    assert!(matches!(
        store.begin(&run()),
        Err(StoreError::Exists { .. })
    ));
}

#[test]
fn what_is_not_whole_or_not_sound_is_left() {
    let (_folder, store) = store();
    store.keep(&invocation(0, &[1.0])).unwrap();
    let told = store.compact("2027-01").unwrap();
    assert!(matches!(&told[0], Compacted::Left { why, .. } if why.contains("1 of 2")));
    store.keep(&invocation(1, &[1.0])).unwrap();
    let stray = store.root().join(&run().id.0).join("stray");
    fs::write(&stray, "x").unwrap();
    let told = store.compact("2027-01").unwrap();
    assert!(matches!(&told[0], Compacted::Left { why, .. } if why.contains("stray")));
    assert!(stray.is_file());
    assert_eq!(store.load(&run().id).unwrap().0.invocations.len(), 2);
}

#[test]
fn an_interrupted_compaction_is_finished_by_the_next() {
    let (_folder, store, stored) = whole();
    let old = store.root().join(&run().id.0);
    let aside = store.root().with_file_name("aside");
    let copy = |from: &Path, to: &Path| {
        fs::create_dir_all(to).unwrap();
        for path in entries(from).unwrap() {
            fs::copy(&path, to.join(name_of(&path))).unwrap();
        }
    };
    copy(&old, &aside);
    store.compact("2026-02").unwrap();
    // Killed after the new folder got its name and before the old one went.
    copy(&aside, &old);
    assert_eq!(store.ids().unwrap().len(), 1);
    assert_eq!(store.load(&run().id).unwrap().0, stored);
    store.compact("2026-02").unwrap();
    assert!(!old.exists());
    assert_eq!(store.load(&run().id).unwrap().0, stored);
    // Killed while it wrote: what it left counts for nothing.
    let half = store.root().join("month-2026-01/half.unfinished");
    fs::create_dir(&half).unwrap();
    fs::write(half.join("all-"), "torn").unwrap();
    assert_eq!(store.verify().unwrap().damage, []);
}

#[test]
fn merging_adds_what_is_missing_and_settles_no_contradiction() {
    let (_one, ours) = store();
    let (_two, theirs) = store();
    ours.keep(&invocation(0, &[1.0])).unwrap();
    theirs.keep(&invocation(0, &[1.0])).unwrap();
    theirs.keep(&invocation(1, &[2.0])).unwrap();
    let merged = ours.merge(&theirs).unwrap();
    assert_eq!((merged.runs, merged.invocations, merged.known), (0, 1, 1));
    assert_eq!(
        ours.load(&run().id).unwrap(),
        theirs.load(&run().id).unwrap()
    );
    let again = ours.merge(&theirs).unwrap();
    assert_eq!((again.invocations, again.known), (0, 2));
    // Into an empty store the whole run comes at once.
    let folder = tempfile::tempdir().unwrap();
    let empty = Store::open(&folder.path().join("new")).unwrap();
    assert_eq!(empty.merge(&ours).unwrap().runs, 1);
    assert_eq!(
        empty.load(&run().id).unwrap(),
        ours.load(&run().id).unwrap()
    );
    // The same invocation with other samples.
    let (_three, other) = store();
    other.keep(&invocation(1, &[9.0])).unwrap();
    let merged = ours.merge(&other).unwrap();
    let id = invocation(1, &[]).id;
    assert_eq!(merged.contradictions, [(run().id, Some(id))]);
    assert_eq!(
        ours.load(&run().id).unwrap(),
        empty.load(&run().id).unwrap()
    );
}

#[test]
fn verifying_counts_what_is_there_and_finds_every_flipped_byte() {
    let (_folder, store, _) = whole();
    let found = store.verify().unwrap();
    assert_eq!((found.runs, found.whole_runs, found.invocations), (1, 1, 2));
    assert_eq!((found.samples, found.damage.len()), (8, 0));
    store.compact("2026-02").unwrap();
    assert_eq!(store.verify().unwrap(), found);
    let folder = store.folder(&run().id);
    for path in entries(&folder).unwrap() {
        let whole = fs::read(&path).unwrap();
        // Every hundredth byte flipped, and the file cut at as many places.
        for at in (0..whole.len()).step_by(whole.len() / 20 + 1) {
            let mut torn = whole.clone();
            torn[at] ^= 0x20;
            fs::write(&path, &torn).unwrap();
            assert_eq!(store.verify().unwrap().damage.len(), 1, "{at}");
            fs::write(&path, &whole[..at]).unwrap();
            assert_eq!(store.verify().unwrap().damage.len(), 1, "{at}");
        }
        fs::write(&path, &whole).unwrap();
    }
    assert_eq!(store.verify().unwrap(), found);
}

#[test]
fn what_is_derived_is_of_the_run_as_it_is_and_never_in_the_way() {
    let (_folder, store, stored) = whole();
    let id = &stored.run.id;
    let state = store.state(id).unwrap();
    assert_eq!(store.derived(&state, "sums1"), None);
    store.keep_derived(&state, "sums1", b"seven");
    assert_eq!(store.derived(&state, "sums1"), Some(b"seven".to_vec()));
    assert_eq!(store.derived(&state, "sums2"), None, "other rules");
    assert_eq!(store.load(id).unwrap(), (stored.clone(), vec![]));

    // Something was added: what was derived before is of another state, and gives way.
    store.keep(&invocation(7, &[1.0])).unwrap();
    let later = store.state(id).unwrap();
    assert_ne!(later, state);
    assert_eq!(store.derived(&later, "sums1"), None);
    store.keep_derived(&later, "sums1", b"eight");
    assert_eq!(files_below(&store.derived_folder()), 1);

    // A file of the same name with other contents is another state, too.
    let file = entries(&store.folder(id)).unwrap().pop().unwrap();
    fs::write(&file, "torn").unwrap();
    assert_eq!(store.derived(&store.state(id).unwrap(), "sums1"), None);

    // A byte that flipped is found, and a folder that cannot be written harms nothing.
    let kept = entries(&store.derived_folder()).unwrap().pop().unwrap();
    let mut bytes = fs::read(&kept).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    fs::write(&kept, &bytes).unwrap();
    assert_eq!(store.derived(&later, "sums1"), None);
    fs::write(&kept, "").unwrap();
    assert_eq!(store.derived(&later, "sums1"), None);
    fs::remove_dir_all(store.derived_folder()).unwrap();
    fs::write(store.derived_folder(), "no folder").unwrap();
    store.keep_derived(&later, "sums1", b"nine");
    assert_eq!(store.derived(&later, "sums1"), None);
    assert_eq!(store.state(&RunId("none".to_owned())), None);
}
