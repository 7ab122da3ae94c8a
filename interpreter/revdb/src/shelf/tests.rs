//! Files of moments that are kept, found, damaged and not ours.

use super::*;

fn identity(log: &Path) -> Identity {
    Identity::of(log, "build").unwrap()
}

/// A log in a folder of its own, and an index of it.
fn log() -> (tempfile::TempDir, PathBuf, Index) {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("a.rdb");
    fs::write(&log, b"one").unwrap();
    let index = Index {
        of: identity(&log),
        layout: String::from("here"),
        moments: Moments {
            end: BEGIN + 10,
            kept: vec![(7, 0.5, 0)],
            ending: Some((9, End::Cut)),
            ..Moments::default()
        },
    };
    (folder, log, index)
}

fn names(folder: &tempfile::TempDir) -> Vec<String> {
    let entries = fs::read_dir(folder.path()).unwrap().flatten();
    let mut names: Vec<_> = entries
        .map(|entry| entry.file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[test]
fn what_is_kept_is_found_and_added_to() {
    let (folder, log, index) = log();
    let mut opened = Shelf::open(&log, &index.of, true).unwrap();
    assert!(opened.index.is_none() && opened.shelf.limit_bytes > 0);
    assert_eq!(names(&folder), ["a.rdb"]);
    opened
        .files
        .pages
        .write_all_at(b"0123456789", BEGIN)
        .unwrap();
    opened.shelf.keep(&index).unwrap();
    drop(opened);
    assert_eq!(names(&folder), ["a.rdb", "a.rdb.moments"]);
    let mut opened = Shelf::open(&log, &index.of, true).unwrap();
    let mut found = opened.index.take().unwrap();
    assert!(opened.told.is_none() && found.moments.end > index.moments.end);
    assert_eq!(found.moments.kept, index.moments.kept);
    // Until it is kept again, the file is what it was.
    let end = found.moments.end;
    opened.files.pages.write_all_at(b"more", end).unwrap();
    found.moments.end = end + 4;
    found.moments.kept.push((8, 0.7, 1));
    opened.shelf.keep(&found).unwrap();
    drop(opened);
    let again = Shelf::open(&log, &index.of, true).unwrap().index.unwrap();
    assert_eq!(again.moments.kept.len(), 2);
}

#[test]
fn what_is_not_kept_leaves_nothing() {
    let (folder, log, index) = log();
    drop(Shelf::open(&log, &index.of, true).unwrap());
    let mut opened = Shelf::open(&log, &index.of, false).unwrap();
    assert!(!opened.shelf.lasts());
    opened.shelf.keep(&index).unwrap();
    drop(opened);
    assert_eq!(names(&folder), ["a.rdb"]);
}

#[test]
fn two_sessions_do_not_share_a_file() {
    let (_folder, log, index) = log();
    let mut first = Shelf::open(&log, &index.of, true).unwrap();
    first.shelf.keep(&index).unwrap();
    let second = Shelf::open(&log, &index.of, true).unwrap();
    assert!(second.index.is_none() && !second.shelf.lasts());
    assert!(second.told.unwrap().contains("another session"));
}

/// What is told where a file holds these bytes, and what lies there afterwards.
fn refused(bytes: &[u8], log: &Path, of: &Identity) -> (String, bool) {
    let path = file_of(log);
    fs::write(&path, bytes).unwrap();
    let opened = Shelf::open(log, of, true).unwrap();
    assert!(opened.index.is_none());
    (opened.told.unwrap(), path.exists())
}

#[test]
fn what_is_of_no_use_is_removed_and_what_is_not_ours_stays() {
    let (_folder, log, index) = log();
    let mut opened = Shelf::open(&log, &index.of, true).unwrap();
    opened.shelf.keep(&index).unwrap();
    drop(opened);
    let whole = fs::read(file_of(&log)).unwrap();
    for at in [9, 13, 17, 25, 29, whole.len() - 1, whole.len() - 20] {
        let mut damaged = whole.clone();
        damaged[at] ^= 4;
        let (told, is_there) = refused(&damaged, &log, &index.of);
        let why = if at == 9 {
            "another version"
        } else {
            "is damaged"
        };
        assert!(told.contains(why) && !is_there, "{at}: {told}");
    }
    let (told, is_there) = refused(&whole[..whole.len() - 1], &log, &index.of);
    assert!(told.contains("is damaged") && !is_there, "{told}");
    for foreign in [&b"nonsense"[..], b""] {
        let (told, is_there) = refused(foreign, &log, &index.of);
        assert!(told.contains("no file of krait's") && is_there, "{told}");
    }
    fs::write(&log, b"two").unwrap();
    let (told, is_there) = refused(&whole, &log, &identity(&log));
    assert!(told.contains("another recording") && !is_there, "{told}");
}
