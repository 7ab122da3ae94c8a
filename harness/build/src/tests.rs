//! Finding what is there, and saying what to do about what is not.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

use super::*;
use indexmap::IndexMap;
use model::{Clock, ClockKind, Configuration, Executor, ExecutorKind, ExecutorName, Target};

fn executor(kind: ExecutorKind, configuration: Configuration) -> Executor {
    Executor {
        name: ExecutorName::new("it").unwrap(),
        label: "it".into(),
        kind,
        configuration,
        target: None,
        host: None,
        clock: Clock::Time,
        revision: None,
        features: Vec::new(),
        pgo: false,
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
        (ExecutorKind::Krait { path: None }, "kraitbench build"),
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
fn an_executable_whose_instructions_are_counted_runs_under_valgrind() {
    let root = tempfile::tempdir().unwrap();
    let path = script(root.path(), "tools/py", "#!/bin/sh\necho Python 3.99\n");
    let kind = ExecutorKind::Cpython {
        path: "tools/py".into(),
    };
    let mut counted = executor(kind, Configuration::Stock);
    counted.clock = Clock::Instructions;
    let found = find(&counted, root.path(), Target::X86_64);
    assert_eq!(found.clock, ClockKind::Callgrind);
    match found.provenance {
        Ok(provenance) => {
            assert_eq!(provenance.version, "Python 3.99", "asked without valgrind");
            assert_eq!(found.command[..2], ["valgrind", "--tool=callgrind"]);
            let at = found
                .command
                .iter()
                .position(|word| path == Path::new(word));
            assert_eq!(found.command[at.unwrap() - 1], "--log-file=counted");
            let beside = std::env::current_dir().unwrap().join("counted");
            assert!(!beside.exists(), "nothing was counted while it was asked");
        }
        Err(message) => assert!(message.contains("install Debian's valgrind"), "{message}"),
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

/// It is built as what ships is, lies where it hides nothing that an emulator runs, and is found
/// there by the name that it has here.
#[test]
fn what_a_host_runs_is_built_as_what_ships() {
    let root = Path::new("/tree");
    let mut far = executor(ExecutorKind::Krait { path: None }, Configuration::Nojit);
    far.target = Some(Target::S390x);
    let emulated = recipe::Recipe::of(&far, Target::X86_64).unwrap();
    assert_eq!(emulated.profile(), "cross");
    far.host = Some(model::HostName::new("big").unwrap());
    let built = recipe::Recipe::of(&far, Target::X86_64).unwrap();
    assert_eq!(built.profile(), "release");
    let path = executable(&far, root, Target::X86_64);
    assert_eq!(path, root.join("bin/for/s390x/krait-nojit"));
    let there = executable(&far, root, Target::S390x);
    let folder = executable_folder(&far, root, Target::X86_64);
    let name = path.strip_prefix(folder).unwrap();
    assert_eq!(there, root.join("bin").join(name));
    let of_our_kind = executable(&far, root, Target::S390x);
    far.host = None;
    assert_eq!(executable(&far, root, Target::S390x), of_our_kind);
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
        assert!(seen.insert(digest_of_programs(root.path(), "").unwrap()));
    }
    fs::create_dir(root.path().join("__pycache__")).unwrap();
    assert!(
        !seen.insert(digest_of_programs(root.path(), "").unwrap()),
        "folders do not count"
    );
    let pinned = digest_of_programs(root.path(), "six==1\n").unwrap();
    assert!(seen.insert(pinned), "what is imported counts too");
    assert!(digest_of_programs(&program, "").is_err());
}

#[test]
fn what_was_not_built_is_said_with_its_reason_and_nothing_old_is_taken_for_it() {
    let root = tempfile::tempdir().unwrap();
    let path = script(root.path(), "bin/krait", "#!/bin/sh\necho 3.14\n");
    let jit = executor(ExecutorKind::Krait { path: None }, Configuration::Jit);
    let look = || find(&jit, root.path(), Target::X86_64).provenance;
    assert!(look().is_ok());
    written::write_reason(&path, "crate `krait` has no feature `jit` yet").unwrap();
    assert_eq!(
        look().unwrap_err(),
        "crate `krait` has no feature `jit` yet"
    );
    assert!(find(&jit, root.path(), Target::X86_64).not_built);
    let recipe = recipe::Recipe::of(&jit, Target::X86_64).unwrap();
    let now = written::provenance_now(root.path(), &recipe, &path);
    written::write(now, &path).unwrap();
    assert!(look().is_ok(), "a build takes the note away");
}

/// A tree of git's with a crate `krait` that knows these features.
fn tree(features: &str) -> tempfile::TempDir {
    let root = tempfile::tempdir().unwrap();
    let manifest = format!(
        "[package]\nname = \"krait\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\
         [features]\n{features}\n[profile.cross]\ninherits = \"release\"\n[workspace]\n"
    );
    fs::write(root.path().join("Cargo.toml"), manifest).unwrap();
    fs::create_dir(root.path().join("src")).unwrap();
    write_main(root.path(), "first");
    let lock = "version = 4\n\n[[package]]\nname = \"krait\"\nversion = \"0.1.0\"\n";
    fs::write(root.path().join("Cargo.lock"), lock).unwrap();
    fs::write(root.path().join(".gitignore"), "/bin\n/target\n").unwrap();
    git(root.path(), &["init", "--quiet"]);
    commit(root.path());
    root
}

fn write_main(root: &Path, word: &str) {
    let text = format!("fn main() {{ println!(\"{word}\"); }}\n");
    fs::write(root.join("src/main.rs"), text).unwrap();
}

fn git(root: &Path, words: &[&str]) {
    let status = std::process::Command::new("git")
        .args(["-c", "user.name=test", "-c", "user.email=test@localhost"])
        .args(words)
        .current_dir(root)
        .status();
    assert!(status.unwrap().success(), "git {words:?}");
}

fn commit(root: &Path) {
    git(root, &["add", "."]);
    git(root, &["commit", "--quiet", "-m", "a state"]);
}

#[test]
fn commits_are_built_apart_and_found_again_and_holes_are_no_errors() {
    let root = tree("nojit = []\nslow = []");
    write_main(root.path(), "second");
    commit(root.path());
    write_main(root.path(), "third, not committed");
    let krait = |configuration, revision: Option<&str>| {
        let mut one = executor(ExecutorKind::Krait { path: None }, configuration);
        one.revision = revision.map(|name| commit_of(root.path(), name).unwrap());
        one
    };
    let with = |feature: &str| {
        let mut one = krait(Configuration::Nojit, None);
        one.features = vec![feature.to_owned()];
        one
    };
    let executors = [
        krait(Configuration::Nojit, Some("HEAD~1")),
        krait(Configuration::Nojit, Some("HEAD")),
        krait(Configuration::Nojit, None),
        krait(Configuration::Jit, None),
        with("slow"),
        with("odd"),
    ];
    let build = || {
        build(
            root.path(),
            &root.path().join("target"),
            &executors,
            Target::X86_64,
        )
        .unwrap()
    };
    let built = build();
    let outcome = |built: &[Built], index: usize| built[index].outcome.clone();
    for (index, word) in ["first", "second", "third, not committed"]
        .iter()
        .enumerate()
    {
        assert_eq!(outcome(&built, index), Ok(Freshness::Made));
        let provenance = find(&executors[index], root.path(), Target::X86_64)
            .provenance
            .unwrap();
        assert_eq!(provenance.version, *word);
        assert_eq!(provenance.dirty, Some(index == 2));
        assert_eq!(provenance.changes.is_some(), index == 2);
    }
    let reason = "crate `krait` has no feature `jit` yet".to_owned();
    assert_eq!(outcome(&built, 3), Err(NotBuilt::Unavailable(reason)));
    assert_eq!(outcome(&built, 4), Ok(Freshness::Made));
    assert!(built[4].path.ends_with("bin/krait-nojit+slow"));
    let provenance = find(&executors[4], root.path(), Target::X86_64).provenance;
    assert_eq!(provenance.unwrap().features.as_deref(), Some("nojit,slow"));
    let reason = "crate `krait` lacks one of the features `odd`".to_owned();
    assert_eq!(outcome(&built, 5), Err(NotBuilt::Unavailable(reason)));
    let again = build();
    assert_eq!(outcome(&again, 0), Ok(Freshness::Cached));
    assert_eq!(outcome(&again, 1), Ok(Freshness::Cached));
    assert!(commit_of(root.path(), "no-such-branch").is_err());
    assert!(commit_of(root.path(), "--all").is_err());
}

#[test]
fn a_profile_is_made_by_the_trees_own_tests_and_used() {
    let root = tree("nojit = []\n[workspace.dependencies]");
    let manifest = fs::read_to_string(root.path().join("Cargo.toml")).unwrap();
    let manifest = manifest.replace("[workspace.dependencies]", "")
        + "members = [\"filetests\"]\n[profile.harness]\ninherits = \"release\"\n";
    fs::write(root.path().join("Cargo.toml"), manifest).unwrap();
    let tests = root.path().join("filetests");
    fs::create_dir_all(tests.join("src")).unwrap();
    fs::write(
        tests.join("Cargo.toml"),
        "[package]\nname = \"filetests\"\nversion = \"0.1.0\"\nedition = \"2024\"\n",
    )
    .unwrap();
    fs::write(
        tests.join("src/main.rs"),
        "fn main() { let words: Vec<String> = std::env::args().skip(1).collect();\n\
         assert_eq!(words[..2], [\"run\", \"--krait\"]);\n\
         std::process::Command::new(&words[2]).status().unwrap(); }\n",
    )
    .unwrap();
    let lock = "\n[[package]]\nname = \"filetests\"\nversion = \"0.1.0\"\n";
    let locked = fs::read_to_string(root.path().join("Cargo.lock")).unwrap();
    let (head, krait) = locked.split_at(locked.find("[[package]]").unwrap());
    fs::write(
        root.path().join("Cargo.lock"),
        format!("{}{lock}\n{krait}", head.trim_end()),
    )
    .unwrap();
    commit(root.path());
    let mut one = executor(ExecutorKind::Krait { path: None }, Configuration::Nojit);
    one.pgo = true;
    let folder = root.path().join("target");
    let built = build(root.path(), &folder, &[one.clone()], Target::X86_64).unwrap();
    assert!(built[0].path.ends_with("bin/krait-nojit+pgo"));
    let profile = root.path().join("target-pgo/merged.profdata");
    // Not every toolchain has what merges profiles.
    match &built[0].outcome {
        Ok(freshness) => {
            assert_eq!(*freshness, Freshness::Made);
            assert!(profile.exists());
            let provenance = find(&one, root.path(), Target::X86_64).provenance.unwrap();
            assert_eq!(provenance.version, "first");
            assert_eq!(provenance.profile.as_deref(), Some("release with PGO"));
        }
        Err(not_built) => {
            let words = "`rustup component add llvm-tools` installs it";
            assert!(not_built.reason().contains(words), "{}", not_built.reason());
            assert!(!profile.exists());
        }
    }
}

#[test]
fn sources_that_do_not_compile_fail_and_the_others_are_built() {
    let root = tree("nojit = []\njit = []");
    fs::write(
        root.path().join("src/main.rs"),
        "#[cfg(feature = \"jit\")] compile_error!(\"no\");\nfn main() {}\n",
    )
    .unwrap();
    let executors = [Configuration::Jit, Configuration::Nojit]
        .map(|configuration| executor(ExecutorKind::Krait { path: None }, configuration));
    let built = build(
        root.path(),
        &root.path().join("target"),
        &executors,
        Target::X86_64,
    )
    .unwrap();
    assert!(matches!(built[0].outcome, Err(NotBuilt::Failed(_))));
    assert_eq!(built[1].outcome, Ok(Freshness::Made));
}
