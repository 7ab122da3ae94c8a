//! What `kraitbench workflow --engine buildbot` prints, with a real Buildbot master and two workers
//! on loopback: two machines measure, and their stores are joined.
//!
//! Buildbot is in the environment that `KRAIT_BUILDBOT` names; `make setup` makes one. A test
//! without it says on standard error that it saw nothing; with `KRAIT_REQUIRE_BUILDBOT=1` it fails.

mod tree;

use std::fs;
use std::io::Write;
use std::net::TcpListener;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use tree::Tree;

/// The nightly scheduler fires at the next full minute, and two machines measure some seconds.
const PATIENCE: Duration = Duration::from_secs(240);
/// The shares of the experiment.
const MACHINES: [&str; 2] = ["this", "other"];

/// The folder of Buildbot's programs.
fn programs() -> Option<PathBuf> {
    let named = std::env::var_os("KRAIT_BUILDBOT").map(|folder| PathBuf::from(folder).join("bin"));
    let found = named.filter(|folder| folder.join("buildbot").exists());
    if found.is_none() {
        let required = std::env::var("KRAIT_REQUIRE_BUILDBOT").is_ok_and(|v| v == "1");
        assert!(
            !required,
            "no Buildbot: `make setup`, and name it with KRAIT_BUILDBOT"
        );
        // Straight to the stream: what is printed by macros would be captured and lost.
        writeln!(
            std::io::stderr(),
            "NOT CHECKED with Buildbot: KRAIT_BUILDBOT names none"
        )
        .ok();
    }
    found
}

#[track_caller]
fn run(command: &mut Command) -> Output {
    let output = command.stdin(Stdio::null()).output().unwrap();
    assert!(
        output.status.success(),
        "{command:?}: {}\n{}\n{}",
        output.status,
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    output
}

/// A program of Buildbot's that runs until it is dropped, with all that it started.
struct Running(Child);

impl Running {
    fn begin(program: &Path, folder: &Path) -> Running {
        let log = fs::File::create(folder.join("said")).unwrap();
        let mut command = Command::new(program);
        command
            .args(["start", "--nodaemon", "."])
            .current_dir(folder)
            .stdin(Stdio::null())
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .process_group(0);
        Running(command.spawn().unwrap())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // By the shell's own kill: that of procps takes `-123` for `-1`, which is everyone.
        let script = format!("kill -s KILL -- -{}", self.0.id());
        Command::new("sh")
            .args(["-c", &script])
            .stderr(Stdio::null())
            .status()
            .ok();
        self.0.wait().ok();
    }
}

/// The experiment as a repository whose `make build` brings the kraitbench that is tested.
fn repository() -> Tree {
    let tree = Tree::of(&[("quick", "pass"), ("other", "pass")], 2);
    let target = std::env::consts::ARCH;
    let text = fs::read_to_string(tree.path("test.yaml")).unwrap();
    let hosts = format!("hosts:\n  - {{name: other, target: {target}}}\nexecutors:\n");
    let text = text
        .replace("executors:\n", &hosts)
        .replace("baseline: one\n", "")
        .replace("command: [", "hosts: [this, other], command: [");
    fs::write(tree.path("test.yaml"), text).unwrap();
    let makefile = format!(
        "build:\n\tmkdir -p bin\n\tln -sf {} bin/kraitbench\n",
        env!("CARGO_BIN_EXE_kraitbench")
    );
    fs::write(tree.path("Makefile"), makefile).unwrap();
    fs::write(tree.path(".gitignore"), "bin/\nmaster/\nworker-*/\n").unwrap();
    for words in [
        &["init", "-q", "-b", "main"][..],
        &["add", "."],
        &["commit", "-q", "-m", "An experiment"],
    ] {
        let identity = ["-c", "user.name=a", "-c", "user.email=a@localhost"];
        run(Command::new("git")
            .args(identity)
            .args(words)
            .current_dir(tree.folder.path()));
    }
    tree
}

fn configuration(tree: &Tree, port: u16) -> String {
    let listen = format!("tcp:{port}:interface=127.0.0.1");
    let mut words = vec!["workflow", "test.yaml", "--engine", "buildbot"];
    let repository = tree.folder.path().to_string_lossy().into_owned();
    words.extend(["--at", "* * * * *", "--repository", &repository]);
    words.extend(["--listen", &listen]);
    words.extend(["--kraitbench", env!("CARGO_BIN_EXE_kraitbench")]);
    tree.go(&words).expect(0, &[]).out
}

/// Whole runs in the joint store, and all invocations in it.
fn joined(store: &Path) -> (usize, usize) {
    let Ok(store) = store::Store::open(store) else {
        return (0, 0);
    };
    let ids = store.ids().unwrap_or_default();
    let loaded = ids.iter().filter_map(|id| store.load(id).ok());
    let runs: Vec<_> = loaded.map(|(stored, _)| stored).collect();
    let whole = runs
        .iter()
        .filter(|one| one.invocations.len() >= one.run.planned as usize);
    (
        whole.count(),
        runs.iter().map(|one| one.invocations.len()).sum(),
    )
}

/// Without passwords Buildbot's own check says what is missing and what to do; with them all is well.
fn give_passwords(buildbot: &Path, master: &Path) {
    let mut check = Command::new(buildbot);
    check.args(["checkconfig", "."]).current_dir(master);
    let unsound = check.output().unwrap();
    let told = format!(
        "{}{}",
        String::from_utf8_lossy(&unsound.stdout),
        String::from_utf8_lossy(&unsound.stderr)
    );
    assert!(!unsound.status.success(), "{told}");
    assert!(told.contains("write a line `HOST PASSWORD`"), "{told}");
    let passwords = MACHINES.map(|one| format!("{one} pw-{one}\n"));
    fs::write(master.join("passwords"), passwords.concat()).unwrap();
    run(&mut check);
}

/// What has been joined is not kept twice: in the end no worker has its store.
fn are_removed(tree: &Tree) {
    let is_kept = |machine: &str| {
        let builds = tree.path(&format!("worker-{machine}"));
        let builds = builds.join(format!("test-{machine}"));
        builds.join("store").exists()
    };
    let begin = Instant::now();
    while MACHINES.iter().any(|machine| is_kept(machine)) {
        assert!(
            begin.elapsed() < PATIENCE,
            "the workers' stores are removed"
        );
        std::thread::sleep(Duration::from_millis(300));
    }
}

#[test]
fn a_master_and_two_workers_measure_and_join_what_they_measured() {
    let Some(programs) = programs() else { return };
    let tree = repository();
    let (buildbot, worker) = (programs.join("buildbot"), programs.join("buildbot-worker"));
    let master = tree.path("master");
    run(Command::new(&buildbot).arg("create-master").arg(&master));
    let port = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let master_cfg = master.join("master.cfg");
    fs::write(&master_cfg, configuration(&tree, port)).unwrap();
    give_passwords(&buildbot, &master);
    let mut running = vec![Running::begin(&buildbot, &master)];
    for machine in MACHINES {
        let folder = tree.path(&format!("worker-{machine}"));
        run(Command::new(&worker)
            .arg("create-worker")
            .arg(&folder)
            .arg(format!("127.0.0.1:{port}"))
            .args([machine, &format!("pw-{machine}")]));
        running.push(Running::begin(&worker, &folder));
    }
    let begin = Instant::now();
    let store = master.join("store");
    while joined(&store).0 < 2 || !master.join("site/index.html").is_file() {
        let said = || fs::read_to_string(master.join("twistd.log")).unwrap_or_default();
        assert!(
            begin.elapsed() < PATIENCE,
            "{:?}\n{}",
            joined(&store),
            said()
        );
        std::thread::sleep(Duration::from_millis(300));
    }
    are_removed(&tree);
    drop(running);
    let (whole, invocations) = joined(&store);
    assert!(
        whole >= 2 && invocations >= 2 * 4,
        "{whole} and {invocations}"
    );
    let report = fs::read_to_string(master.join("site/report.md")).unwrap();
    assert!(
        report.contains("- one (other)") && report.contains("- one (this machine)"),
        "one report shows both hosts: {report}"
    );
    tree.go(&["store", "verify", "--store", &store.to_string_lossy()])
        .expect(0, &[]);
}

#[test]
fn what_a_master_cannot_have_is_told() {
    let tree = Tree::of(&[("quick", "pass")], 1);
    let words = ["workflow", "test.yaml", "--engine", "buildbot"];
    tree.go(&words).expect(5, &["--repository"]);
    let with = |more: &[&str]| tree.go(&[&words[..], more].concat());
    with(&["--repository", "--upload-pack=x"]).expect(5, &["--upload-pack"]);
    with(&["--repository=-x"]).expect(5, &["a repository is an address"]);
    with(&["--repository", "/r", "--at", "0 25 * * *"]).expect(5, &["`25` is no hour"]);
    let text = with(&["--repository", "/r'\"\\\n", "--at", "0 2 * * 0"]).expect(0, &[]);
    assert!(
        text.out.contains(r#"REPOSITORY = "/r'\"\\\n""#),
        "{}",
        text.out
    );
    assert!(
        text.out.contains(r#""dayOfWeek":[6]"#),
        "Buildbot's week begins on Monday"
    );
}
