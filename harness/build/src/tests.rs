//! Finding what is there, and saying what to do about what is not.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

use super::*;
use indexmap::IndexMap;
use model::{ClockKind, Configuration, Executor, ExecutorKind, ExecutorName, Target};

fn executor(kind: ExecutorKind, configuration: Configuration) -> Executor {
    Executor {
        name: ExecutorName::new("it").unwrap(),
        label: "it".into(),
        kind,
        configuration,
        target: None,
        arguments: vec!["-s".into()],
        environment: IndexMap::new(),
    }
}

fn script(root: &Path, name: &str, text: &str) -> PathBuf {
    let path = root.join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(&path, text).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    path
}

#[test]
fn an_executable_is_found_and_asked() {
    let root = tempfile::tempdir().unwrap();
    let path = script(root.path(), "tools/py", "#!/bin/sh\necho Python 3.99\n");
    let kind = ExecutorKind::Pypy {
        path: "tools/py".into(),
    };
    let found = find(
        &executor(kind, Configuration::Nojit),
        root.path(),
        Target::X86_64,
    );
    let path = path.to_string_lossy().into_owned();
    assert_eq!(found.command, [path.as_str(), "--jit", "off", "-s"]);
    assert_eq!(found.clock, ClockKind::Native);
    let provenance = found.provenance.unwrap();
    assert_eq!(provenance.version, "Python 3.99");
    assert_eq!(provenance.sha256.len(), 64);
    assert_eq!(provenance.commit, None);
}

#[test]
fn a_missing_executable_says_what_to_do() {
    let root = tempfile::tempdir().unwrap();
    fs::write(root.path().join("plain"), "no program").unwrap();
    for (kind, advice) in [
        (ExecutorKind::Krait { path: None }, "make build"),
        (
            ExecutorKind::Cpython {
                path: "no-such-python".into(),
            },
            "install it",
        ),
        (
            ExecutorKind::Cpython {
                path: "./plain".into(),
            },
            "install it",
        ),
    ] {
        let found = find(
            &executor(kind, Configuration::Nojit),
            root.path(),
            Target::X86_64,
        );
        let message = found.provenance.unwrap_err();
        assert!(message.contains(advice), "{message}");
        assert!(found.command.is_empty());
    }
}

#[test]
fn a_foreign_executable_runs_under_its_emulator() {
    let root = tempfile::tempdir().unwrap();
    script(root.path(), "bin/krait-nojit-s390x", "#!/bin/sh\n");
    let mut foreign = executor(ExecutorKind::Krait { path: None }, Configuration::Nojit);
    foreign.target = Some(Target::S390x);
    let found = find(&foreign, root.path(), Target::X86_64);
    assert_eq!(found.clock, ClockKind::QemuWall);
    match found.provenance {
        Ok(_) => assert_eq!(found.command[0], "qemu-s390x-static"),
        Err(message) => assert!(message.contains("qemu-user-static"), "{message}"),
    }
}

#[test]
fn written_provenance_counts_only_for_the_same_file() {
    let root = tempfile::tempdir().unwrap();
    let path = script(root.path(), "bin/krait-nojit", "#!/bin/sh\necho 3.14\n");
    let sha256 = digest(&path, "").unwrap();
    let text = format!("{{\"sha256\": \"{sha256}\", \"commit\": \"abc\", \"dirty\": true}}");
    fs::write(root.path().join("bin/krait-nojit.provenance.json"), text).unwrap();
    let krait = executor(ExecutorKind::Krait { path: None }, Configuration::Nojit);
    let look = || {
        find(&krait, root.path(), Target::X86_64)
            .provenance
            .unwrap()
    };
    assert_eq!(look().commit.as_deref(), Some("abc"));
    script(root.path(), "bin/krait-nojit", "#!/bin/sh\necho 3.15\n");
    assert_eq!(look().commit, None);
}

#[test]
fn the_digest_of_programs_follows_names_and_contents() {
    let root = tempfile::tempdir().unwrap();
    let program = root.path().join("a.py");
    let mut seen = std::collections::HashSet::new();
    for (path, text) in [
        (&program, "1"),
        (&program, "2"),
        (&root.path().join("b.py"), "2"),
    ] {
        fs::write(path, text).unwrap();
        assert!(seen.insert(digest_of_programs(root.path()).unwrap()));
    }
    fs::create_dir(root.path().join("__pycache__")).unwrap();
    assert!(
        !seen.insert(digest_of_programs(root.path()).unwrap()),
        "folders do not count"
    );
    assert!(digest_of_programs(&program).is_err());
}
