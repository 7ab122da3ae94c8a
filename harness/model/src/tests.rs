//! The table of criteria, names, and what bad experiments are told.

use crate::yaml::{self, Catalogue};
use crate::*;
use proptest::prelude::*;

const GOOD: &str = "\
experiment: small
about: Two programs on two executors.
seed: 7
invocations: 2
baseline: cpython
programs: programs
expected: expected/digests.yaml
timeout_s: 10
memory_mb: 500
suites:
  - name: classic
    benchmarks:
      - {name: richards, size: 1, iterations: 3}
      - {name: odd, program: other.py, size: 9, iterations: 1, unchecked: true, memory_mb: 20}
executors:
  - {name: cpython, kind: cpython, path: python3.11}
  - {name: pypy-nojit, kind: pypy, path: pypy3, configuration: nojit}
  - {name: krait, kind: krait, configuration: nojit}
  - {name: other, kind: command, command: [env, python3]}
";

const CATALOGUE: &str = "\
richards:
  version: 3
  default_size: 20
  default_iterations: 10
  test_size: 1
  digests: {1: abc, 20: def}
  description: an operating system
  source: a page
";

fn catalogue() -> Catalogue {
    Catalogue::parse("digests.yaml", CATALOGUE).expect("the catalogue is good")
}

fn read(text: &str) -> Result<Experiment, Box<yaml::Problem>> {
    yaml::experiment("small.yaml", text, &catalogue())
}

/// The problem after replacing one text by another: line, message, help.
fn told(from: &str, to: &str) -> (Option<u64>, String, String) {
    assert!(GOOD.contains(from), "{from} is in the good file");
    let problem = read(&GOOD.replacen(from, to, 1)).expect_err("this is wrong");
    (
        problem.line,
        problem.message,
        problem.help.unwrap_or_default(),
    )
}

/// That a replacement is told of in this line with this message, and with advice.
fn assert_told(from: &str, to: &str, line: u64, message: &str) {
    let (at, got, help) = told(from, to);
    assert_eq!((at, got.as_str()), (Some(line), message), "{to}");
    assert!(!help.is_empty(), "{to} comes with advice");
}

#[test]
fn a_good_experiment_means_what_it_says() {
    let experiment = read(GOOD).unwrap();
    assert_eq!(experiment.invocation_count(), 2 * 4 * 2);
    assert_eq!(experiment.order, Order::Interleaved);
    let [richards, odd] = &experiment.suites[0].benchmarks[..] else {
        panic!("two benchmarks")
    };
    assert_eq!(richards.program, "richards.py");
    assert_eq!(richards.expected, Expected::Digest("abc".into()));
    assert_eq!(
        richards.limits,
        Limits {
            time_s: 10,
            memory_bytes: 500_000_000
        }
    );
    assert_eq!((richards.version, odd.version), (Some(3), None));
    assert_eq!(richards.summary, "an operating system");
    assert_eq!(odd.program, "other.py");
    assert_eq!(odd.expected, Expected::Unchecked);
    assert_eq!(odd.limits.memory_bytes, 20_000_000);
    assert_eq!(experiment.executors[1].configuration, Configuration::Nojit);
    assert_eq!(experiment.executors[0].configuration, Configuration::Stock);
    assert_eq!(
        yaml::references(source(GOOD)).unwrap().expected.as_deref(),
        Some("expected/digests.yaml")
    );
}

#[test]
fn the_catalogue_fills_in_what_is_left_out() {
    let short = GOOD.replace(
        "{name: richards, size: 1, iterations: 3}",
        "{name: richards}",
    );
    let experiment = read(&short).unwrap();
    let richards = &experiment.suites[0].benchmarks[0];
    assert_eq!((richards.size, richards.iterations), (20, 10));
    assert_eq!(richards.expected, Expected::Digest("def".into()));
    let problem = Catalogue::parse("c", &CATALOGUE.replace("version", "versoin")).unwrap_err();
    assert_eq!(problem.line, Some(2));
}

#[test]
fn an_experiment_survives_json() {
    let experiment = read(GOOD).unwrap();
    let text = serde_json::to_string(&experiment).unwrap();
    assert_eq!(
        serde_json::from_str::<Experiment>(&text).unwrap(),
        experiment
    );
}

#[test]
fn a_wrong_key_is_told_with_its_line_and_the_right_one() {
    let (line, message, help) = told("invocations: 2", "invocation: 2");
    assert_eq!(line, Some(4));
    assert_eq!(message, "unknown key `invocation`");
    assert!(help.starts_with("did you mean `invocations`?"), "{help}");
    let (line, message, _) = told("size: 1,", "sise: 1,");
    assert_eq!((line, message.as_str()), (Some(13), "unknown key `sise`"));
}

#[test]
fn a_missing_key_is_named() {
    let (_, message, help) = told("seed: 7\n", "");
    assert_eq!(message, "the key `seed` is missing");
    assert!(help.contains("seed: …"), "{help}");
}

#[test]
fn baselines_are_stored_as_a_list_and_read_as_one_too() {
    let experiment = read(GOOD).unwrap();
    let mut stored = serde_json::to_value(&experiment).unwrap();
    assert_eq!(stored["baselines"], serde_json::json!(["cpython"]));
    let fields = stored.as_object_mut().unwrap();
    fields.remove("baselines");
    fields.insert("baseline".to_owned(), "cpython".into());
    assert_eq!(
        serde_json::from_value::<Experiment>(stored.clone()).unwrap(),
        experiment
    );
    stored["baseline"] = serde_json::Value::Null;
    let without: Experiment = serde_json::from_value(stored).unwrap();
    assert_eq!(without.baselines, []);
}

#[test]
fn a_baseline_is_named_once() {
    for (to, message) in [
        (
            "baselines: [cpython, cpython]",
            "there are two baselines named `cpython`",
        ),
        (
            "baseline: cpython\nbaselines: [cpython]",
            "there are both `baseline` and `baselines`",
        ),
    ] {
        let (line, told, _) = told("baseline: cpython", to);
        assert_eq!((line, told.as_str()), (Some(5), message));
    }
}

#[test]
fn what_is_wrong_in_meaning_points_at_its_line() {
    for (from, to, line, message) in [
        (
            "baseline: cpython",
            "baseline: cpythom",
            5,
            "the baseline `cpythom` is no executor",
        ),
        (
            "richards, size: 1,",
            "richards, size: 2,",
            13,
            "no expected digest of `richards` at size 2",
        ),
        (
            "name: odd",
            "name: richards",
            14,
            "there are two benchmarks named `richards`",
        ),
        (
            "program: other.py",
            "program: ../x.py",
            14,
            "`../x.py` is not below the folder of the programs",
        ),
        ("iterations: 3", "iterations: 0", 13, "no iterations at all"),
        (
            "memory_mb: 20}",
            "memory_mb: 0}",
            14,
            "0 MB is no memory limit",
        ),
        (
            "path: python3.11",
            "label: x",
            16,
            "the executor `cpython` has no `path`",
        ),
        (
            "{name: krait, kind: krait, configuration: nojit}",
            "{name: krait, kind: krait}",
            18,
            "the executor `krait` has no `configuration`",
        ),
        (
            "configuration: nojit}\n  - {name: krait",
            "configuration: revdb}\n  - {name: krait",
            17,
            "an executor of this kind has no configuration `revdb`",
        ),
        (
            "command: [env, python3]",
            "command: []",
            19,
            "the executor `other` has no command",
        ),
        (
            "name: other",
            "name: -other",
            19,
            "`-other` cannot be a name",
        ),
        ("kind: pypy", "kind: pipy", 17, "unknown value `pipy`"),
    ] {
        assert_told(from, to, line, message);
    }
}

#[test]
fn features_are_names_and_for_what_is_built_here() {
    for (from, to, line, message) in [
        (
            "path: python3.11",
            "path: python3.11, features: [slowdown]",
            16,
            "`features` are for executors of kind `krait` without a `path`",
        ),
        (
            "{name: krait, kind: krait,",
            "{name: krait, kind: krait, features: [../x],",
            18,
            "`../x` cannot be a feature",
        ),
    ] {
        assert_told(from, to, line, message);
    }
    let with = GOOD.replace("{name: krait, ", "{name: krait, features: [b, a, b], ");
    let krait = &read(&with).unwrap().executors[2];
    assert_eq!(krait.features, ["a", "b"], "each once, in one order");
}

#[test]
fn profiles_are_for_what_is_built_for_this_machine() {
    for (from, to, line, message) in [
        (
            "path: python3.11",
            "path: python3.11, pgo: true",
            16,
            "`pgo` is for executors of kind `krait` without a `path`",
        ),
        (
            "{name: krait, kind: krait,",
            "{name: krait, kind: krait, pgo: true, target: s390x,",
            18,
            "`pgo` is for executors of this machine's own target",
        ),
    ] {
        assert_told(from, to, line, message);
    }
    let with = GOOD.replace("{name: krait, ", "{name: krait, pgo: true, ");
    assert!(read(&with).unwrap().executors[2].pgo);
}

/// The good experiment with two hosts, and an executor for each machine.
fn with_hosts() -> String {
    let hosts = "hosts:\n  - {name: arm, label: the board, target: aarch64, ssh: me@arm}\n  \
                 - {name: big, target: s390x, command: [ssh, -v], folder: /x, ssh: big}\nsuites:";
    let executors = "  - {name: all, label: krait, kind: krait, configurations: [nojit, jit], \
                     hosts: [this, arm, big]}\n  \
                     - {name: far, kind: pypy, path: pypy3, host: big}\n";
    GOOD.replace("suites:", hosts) + executors
}

#[test]
fn executors_run_on_hosts() {
    let experiment = read(&with_hosts()).unwrap();
    let [arm, big] = &experiment.hosts[..] else {
        panic!("two hosts")
    };
    assert_eq!(
        (arm.label.as_str(), big.label.as_str()),
        ("the board", "big")
    );
    assert_eq!(
        (arm.folder.as_str(), &arm.command[..]),
        ("kraitbench", &["ssh".to_owned()][..])
    );
    let made: Vec<(&str, &str, Option<Target>, String)> = experiment.executors[4..]
        .iter()
        .map(|one| {
            let share = one.share().to_string();
            (one.name.as_str(), one.label.as_str(), one.target, share)
        })
        .collect();
    let this = || "this".to_owned();
    let (a, b) = (Some(Target::Aarch64), Some(Target::S390x));
    let expected = [
        (
            "all-nojit-this",
            "krait (nojit, this machine)",
            None,
            this(),
        ),
        ("all-jit-this", "krait (jit, this machine)", None, this()),
        (
            "all-nojit-arm",
            "krait (nojit, the board)",
            a,
            "arm".to_owned(),
        ),
        ("all-jit-arm", "krait (jit, the board)", a, "arm".to_owned()),
        ("all-nojit-big", "krait (nojit, big)", b, "big".to_owned()),
        ("all-jit-big", "krait (jit, big)", b, "big".to_owned()),
        ("far", "far", b, "big".to_owned()),
    ];
    assert_eq!(made, expected);
    let shares: Vec<String> = experiment.shares().iter().map(Share::to_string).collect();
    assert_eq!(shares, ["this", "arm", "big"]);
    let text = serde_json::to_string(&experiment).unwrap();
    assert_eq!(
        serde_json::from_str::<Experiment>(&text).unwrap(),
        experiment
    );
    let without = serde_json::to_string(&read(GOOD).unwrap()).unwrap();
    assert!(
        !without.contains("host"),
        "plans without hosts stay what they were: {without}"
    );
    assert!("a/b".parse::<Share>().is_err() && "this".parse::<Share>().unwrap().is_this());
}

/// What is replaced in the experiment with hosts, by what, and what is told of which line.
type Misuse = (&'static str, &'static str, u64, &'static str);

const MISUSES: &[Misuse] = &[
    (
        "name: big",
        "name: arm",
        12,
        "there are two hosts named `arm`",
    ),
    ("name: big", "name: this", 12, "no host can be named `this`"),
    ("ssh: me@arm", "ssh: -oX", 11, "`-oX` is no destination"),
    (
        ", ssh: big}",
        "}",
        12,
        "`big` has a `command` and no `ssh`: it is not reached from here",
    ),
    (
        "[ssh, -v]",
        "[]",
        12,
        "the command that starts ssh is empty",
    ),
    (
        "folder: /x",
        "folder: \"\"",
        12,
        "the folder there has no name",
    ),
    ("host: big", "host: bog", 24, "there is no host `bog`"),
    (
        "host: big",
        "host: big, target: aarch64",
        24,
        "the host `big` is of target s390x, not aarch64",
    ),
    (
        "host: big",
        "host: big, hosts: [arm]",
        24,
        "`far` has both `host` and `hosts`",
    ),
    (
        "[this, arm, big]",
        "[arm], targets: [s390x]",
        23,
        "`all` has both `hosts` and `targets`",
    ),
    (
        "[this, arm, big]",
        "[arm, arm]",
        23,
        "there are two executors named `all-nojit-arm`",
    ),
    ("target: s390x, ", "", 12, "the key `target` is missing"),
];

#[test]
fn what_hosts_cannot_mean_is_told_with_its_line() {
    let good = with_hosts();
    for &(from, to, line, message) in MISUSES {
        assert!(good.contains(from), "{from} is in the good file");
        let problem = read(&good.replacen(from, to, 1)).expect_err("this is wrong");
        assert_eq!(
            (problem.line, problem.message.as_str()),
            (Some(line), message),
            "{to}"
        );
        assert!(
            !problem.help.unwrap_or_default().is_empty(),
            "{to} comes with advice"
        );
    }
    let fine = good.replacen("host: big", "host: big, target: s390x", 1);
    assert!(
        read(&fine).is_ok(),
        "the same target said twice is no contradiction"
    );
}

#[test]
fn wrong_forms_are_told() {
    for (from, to) in [
        ("seed: 7", "seed: many"),
        ("seed: 7", "seed: 7\nseed: 8"),
        ("suites:", "suites: [\n"),
        ("invocations: 2", "invocations: [2]"),
    ] {
        let (_, message, _) = told(from, to);
        assert!(
            !message.is_empty() && !message.contains(" at line "),
            "{message}"
        );
    }
    assert!(read("").is_err());
    assert!(read("- 1").is_err());
}

#[test]
fn criteria_survive_their_names() {
    for name in [
        "wall",
        "process-wall",
        "peak-memory",
        "jit:LOOPS",
        "jit-summary:ops",
        "strange",
    ] {
        assert_eq!(Criterion::from(name.to_owned()).name(), name);
    }
    assert_eq!(Criterion::from("wall".to_owned()), Criterion::Wall);
    assert_eq!(Criterion::Wall.level(), Level::Iteration);
    assert_eq!(Criterion::PeakMemory.unit(), "bytes");
    assert_eq!(Criterion::Jit("OPS".into()).better(), Better::Neither);
}

#[test]
fn names_stay_in_their_folder() {
    assert!(BenchmarkName::new("graph_alloc_removal").is_ok());
    for bad in ["", ".", "..", "a/b", "-x", "a b", "ä", &"x".repeat(65)] {
        assert!(BenchmarkName::new(bad).is_err(), "{bad}");
    }
}

#[test]
fn targets_have_their_triples() {
    assert_eq!(Target::Riscv64.triple(), "riscv64gc-unknown-linux-gnu");
    assert_eq!(Target::Ppc64le.triple(), "powerpc64le-unknown-linux-gnu");
    assert_eq!(
        Target::S390x.emulator(),
        ["qemu-s390x-static", "-L", "/usr/s390x-linux-gnu"]
    );
}

#[test]
fn a_clock_is_of_what_is_asked_and_of_two_machines() {
    use Clock::{Instructions, Time};
    let host = Target::X86_64;
    for (asked, target, clock, counts) in [
        (Time, host, ClockKind::Native, false),
        (Time, Target::S390x, ClockKind::QemuWall, false),
        (Instructions, host, ClockKind::Callgrind, true),
        (
            Instructions,
            Target::S390x,
            ClockKind::GuestInstructions,
            true,
        ),
    ] {
        let found = ClockKind::of(asked, target, host);
        assert_eq!((found, found.counts()), (clock, counts));
        let name = serde_json::to_value(found).unwrap();
        assert_eq!(name, found.as_str(), "one name in keys and in files");
    }
}

#[test]
fn outcomes_say_their_cause() {
    let crash = Outcome::Crashed {
        signal: None,
        exit: Some(1),
        stderr_tail: "Traceback\nValueError: no\n\n".into(),
    };
    assert_eq!(crash.to_string(), "exit status 1: ValueError: no");
    let killed = Outcome::Crashed {
        signal: Some(11),
        exit: None,
        stderr_tail: String::new(),
    };
    assert_eq!(killed.to_string(), "killed by signal 11 (SIGSEGV)");
}

proptest! {
    /// One place of a good experiment is replaced by something else: it is read or it is told,
    /// with a place that lies in the text.
    #[test]
    fn no_experiment_upsets_its_reader(at in 0..GOOD.len(), length in 0..30_usize, new in "[-a-z0-9:{}\\[\\],&*!|>'\"% \n]{0,12}") {
        let end = (at + length).min(GOOD.len());
        let text = format!("{}{new}{}", &GOOD[..at], &GOOD[end..]);
        if let Err(problem) = read(&text) {
            let line = problem.line.unwrap_or(1);
            prop_assert!(line as usize <= text.lines().count() + 1);
            let mut told = String::new();
            miette::NarratableReportHandler::new().render_report(&mut told, &*problem).unwrap();
            prop_assert!(!told.is_empty());
        }
    }
}

fn source(text: &str) -> yaml::Source<'_> {
    yaml::Source {
        file: "small.yaml",
        text,
    }
}

/// The keys that the reader lists when it meets one that it does not know.
fn known_keys(after: &str, more: &str) -> Vec<String> {
    let (_, _, help) = told(after, &format!("{after}{more}"));
    let list = help.split("here are ").nth(1).unwrap_or(&help);
    let mut keys: Vec<String> = list
        .split('`')
        .skip(1)
        .step_by(2)
        .map(str::to_owned)
        .collect();
    keys.sort();
    keys
}

#[test]
fn the_schema_and_the_reader_know_the_same_keys() {
    let schema = schema::value();
    let keys = |place: &serde_json::Value| {
        let object = place["properties"].as_object().expect("properties");
        let mut keys: Vec<String> = object.keys().cloned().collect();
        keys.sort();
        keys
    };
    let of = |name: &str| &schema["properties"][name]["items"];
    assert_eq!(known_keys("seed: 7\n", "zz: 1\n"), keys(&schema));
    assert_eq!(
        known_keys("  - name: classic\n", "    zz: 1\n"),
        keys(of("suites"))
    );
    let benchmark = &of("suites")["properties"]["benchmarks"]["items"];
    assert_eq!(known_keys("{name: richards, ", "zz: 1, "), keys(benchmark));
    assert_eq!(
        known_keys("kind: cpython, ", "zz: 1, "),
        keys(of("executors"))
    );
    assert_eq!(
        known_keys(
            "  - name: classic\n",
            "    packages: {zz: 1, environment: e, lists: [l]}\n"
        ),
        keys(&of("suites")["properties"]["packages"])
    );
}

#[test]
fn an_entry_stands_for_configurations_and_targets() {
    let matrix = GOOD.replace(
        "executors:\n",
        "executors:\n  - {name: m, label: M, kind: krait, configurations: [nojit, jit], targets: [x86_64, s390x]}\n",
    );
    let experiment = read(&matrix).unwrap();
    let names: Vec<&str> = experiment.executors[..4]
        .iter()
        .map(|one| one.name.as_str())
        .collect();
    assert_eq!(
        names,
        [
            "m-nojit-x86_64",
            "m-jit-x86_64",
            "m-nojit-s390x",
            "m-jit-s390x"
        ]
    );
    assert_eq!(experiment.executors[3].label, "M (jit, s390x)");
    assert_eq!(experiment.executors[3].target, Some(Target::S390x));
    let both = matrix.replace(
        "configurations: [nojit, jit]",
        "configuration: jit, configurations: [jit]",
    );
    let problem = read(&both).unwrap_err();
    assert!(
        problem
            .message
            .contains("both `configuration` and `configurations`"),
        "{problem}"
    );
}

#[test]
fn included_files_add_lists_and_their_faults_are_shown_in_them() {
    let part = "suites:\n  - name: more\n    iterations: 4\n    tags: [slow]\n    benchmarks:\n      - {name: richards, size: 1}\n\
                executors:\n  - {name: extra, kind: krait, configuration: nojit}\n";
    let with = |part: &str| {
        let included = yaml::Source {
            file: "part.yaml",
            text: part,
        };
        let catalogues = yaml::Catalogues {
            usual: catalogue(),
            ..yaml::Catalogues::default()
        };
        yaml::experiment_with(source(GOOD), &[included], &catalogues)
    };
    let experiment = with(part).unwrap();
    assert_eq!(experiment.executors[0].name.as_str(), "extra");
    assert_eq!(experiment.suites[0].benchmarks[0].iterations, 4);
    assert_eq!(experiment.suites[0].benchmarks[0].tags, ["slow"]);
    let wrong = with(&part.replace("richards", "richard")).unwrap_err();
    assert_eq!(wrong.line, Some(6));
    assert!(
        wrong
            .help
            .as_deref()
            .unwrap_or_default()
            .contains("richards")
    );
    let twice = with(&part.replace("name: more", "name: classic")).unwrap_err();
    assert!(
        twice.message.contains("two suites named `classic`"),
        "{twice}"
    );
    let nested = with("include: [other.yaml]\n").unwrap_err();
    assert!(nested.message.contains("unknown key `include`"), "{nested}");
}

/// A suite of another project's programs, as an included file has it.
const FOREIGN: &str = "\
suites:
  - name: foreign
    executors: [krait, cpython]
    expected: foreign.yaml
    packages: {environment: some, lists: [../a.txt, ../b.txt]}
    benchmarks:
      - {name: richards, program: starter.py, arguments: [x], fails_on: [krait]}
";

fn with_foreign(part: &str) -> Result<Experiment, Box<yaml::Problem>> {
    let own = CATALOGUE.replace("20: def", "20: foreign");
    let own = Catalogue::parse("foreign.yaml", &own).unwrap();
    let catalogues = yaml::Catalogues {
        usual: catalogue(),
        named: [("foreign.yaml".to_owned(), own)].into_iter().collect(),
    };
    let included = yaml::Source {
        file: "part.yaml",
        text: part,
    };
    yaml::experiment_with(source(GOOD), &[included], &catalogues)
}

#[test]
fn a_suite_has_packages_and_a_catalogue_of_its_own() {
    let included = yaml::Source {
        file: "part.yaml",
        text: FOREIGN,
    };
    let named = yaml::catalogues_of_included(included).unwrap();
    assert_eq!(named, ["foreign.yaml"]);
    let experiment = with_foreign(FOREIGN).unwrap();
    let suite = &experiment.suites[0];
    let packages = suite.packages.as_ref().unwrap();
    assert_eq!(packages.environment.as_str(), "some");
    assert_eq!(packages.lists.len(), 2);
    let benchmark = &suite.benchmarks[0];
    assert_eq!(benchmark.expected, Expected::Digest("foreign".into()));
    assert_eq!(experiment.suites[1].packages, None);
    for (from, to, line, message) in [
        ("some,", "../some,", 5, "`../some` cannot be a name"),
        ("[../a.txt, ../b.txt]", "[]", 5, "the packages have no list"),
        ("lists:", "list:", 5, "unknown key `list`"),
        (
            ", lists: [../a.txt, ../b.txt]",
            "",
            5,
            "the key `lists` is missing",
        ),
        (
            "fails_on: [krait]",
            "fails_on: [krat]",
            7,
            "the suite names an executor `krat` that is not there",
        ),
    ] {
        assert!(FOREIGN.contains(from), "{from}");
        let wrong = with_foreign(&FOREIGN.replace(from, to)).unwrap_err();
        assert_eq!((wrong.line, wrong.message.as_str()), (Some(line), message));
    }
}

#[test]
fn a_known_failure_is_no_news_and_its_end_is() {
    let experiment = with_foreign(FOREIGN).unwrap();
    let benchmark = &experiment.suites[0].benchmarks[0];
    let failed = Outcome::TimedOut { limit_s: 1 };
    let hole = Outcome::NotBuilt {
        reason: String::new(),
    };
    let news = |executor: &str| {
        let executor = ExecutorName::new(executor).unwrap();
        [&Outcome::Ok, &failed, &hole].map(|outcome| benchmark.is_news(&executor, outcome))
    };
    assert_eq!(news("krait"), [true, false, false]);
    assert_eq!(news("cpython"), [false, true, false]);
}

#[test]
fn a_suite_runs_on_the_executors_that_it_names() {
    let some = GOOD.replace(
        "  - name: classic\n",
        "  - name: classic\n    executors: [EXECUTOR]\n",
    );
    let own = read(GOOD).unwrap();
    let first = own.executors[0].name.to_string();
    // Executors stand after suites in the file and are known all the same.
    let experiment = read(&some.replace("EXECUTOR", &first)).unwrap();
    assert!(experiment.invocation_count() < own.invocation_count());
    let wrong = read(&some.replace("EXECUTOR", "nobody")).unwrap_err();
    assert!(
        wrong.message.contains("`nobody` that is not there"),
        "{wrong}"
    );
}

#[test]
fn a_benchmark_with_parameters_stands_for_one_of_each_choice() {
    let entry =
        "{name: odd, program: other.py, size: 9, iterations: 1, unchecked: true, memory_mb: 20}";
    assert!(GOOD.contains(entry));
    let with = |parameters: &str| {
        let new =
            format!("{{name: odd, iterations: 1, unchecked: true, parameters: {parameters}}}");
        read(&GOOD.replace(entry, &new))
    };
    let experiment = with("{size: [3, 40], mode: [fast, slow]}").unwrap();
    let made = &experiment.suites[0].benchmarks[1..];
    let told: Vec<(&str, u64, String)> = made
        .iter()
        .map(|one| (one.name.as_str(), one.size, one.arguments.join(" ")))
        .collect();
    let expected = [
        ("odd.3.fast", 3, "--mode fast".to_owned()),
        ("odd.3.slow", 3, "--mode slow".to_owned()),
        ("odd.40.fast", 40, "--mode fast".to_owned()),
        ("odd.40.slow", 40, "--mode slow".to_owned()),
    ];
    assert_eq!(told, expected);
    assert!(
        made.iter()
            .all(|one| one.stated().as_str() == "odd" && one.program == "odd.py")
    );
    let all = Selection {
        benchmarks: vec!["odd".to_owned()],
        ..Selection::default()
    };
    assert_eq!(
        experiment.select(&all).unwrap().suites[0].benchmarks.len(),
        4
    );
    let refused = |parameters: &str| with(parameters).unwrap_err().message;
    assert!(refused("{size: [3, 3]}").contains("two benchmarks named `odd.3`"));
    assert!(refused("{size: []}").contains("has no value"));
    assert!(refused("{size: [big]}").contains("`big` is no size"));
    assert!(refused("{--mode: [a]}").contains("no name of a parameter"));
    assert!(refused("{size: [3], mode: [../x]}").contains("cannot be a name"));
    let many = format!(
        "{{size: {:?}, mode: {:?}}}",
        (0..11).collect::<Vec<_>>(),
        (0..11).collect::<Vec<_>>()
    );
    assert!(refused(&many).contains("more than 100"));
}

#[test]
fn a_part_is_chosen_by_tag_benchmark_and_executor() {
    let own = read(GOOD).unwrap();
    let first = own.executors[0].name.to_string();
    let part = own
        .select(&Selection {
            benchmarks: vec!["richards".to_owned()],
            executors: vec![first],
            ..Selection::default()
        })
        .unwrap();
    assert_eq!(part.invocation_count(), own.invocations as usize);
    let asked = |tag: &str| Selection {
        tags: vec![tag.to_owned()],
        ..Selection::default()
    };
    assert!(
        own.select(&asked("none"))
            .unwrap_err()
            .contains("no tag `none`")
    );
}

#[test]
fn a_bomb_of_aliases_is_refused_at_once() {
    let mut text = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for level in 1..12 {
        let inside = vec![format!("*a{}", level - 1); 10].join(", ");
        text.push_str(&format!("a{level}: &a{level} [{inside}]\n"));
    }
    let begin = std::time::Instant::now();
    assert!(read(&text).is_err());
    assert!(read(&format!("experiment: {}", "[".repeat(100_000))).is_err());
    assert!(Catalogue::parse("c", &text).is_err());
    assert!(begin.elapsed().as_secs() < 5, "{:?}", begin.elapsed());
}

#[test]
fn hostile_names_are_no_names() {
    let long = "x".repeat(10_000);
    for name in [
        "<script>alert(1)</script>",
        "../../etc/passwd",
        "a\\nb",
        "-rf",
        "",
        "a b",
        long.as_str(),
    ] {
        let problem =
            read(&GOOD.replace("{name: richards,", &format!("{{name: \"{name}\","))).unwrap_err();
        assert!(problem.line.is_some(), "{problem}");
        assert!(
            problem.message.len() < 300,
            "a message stays short: {} bytes",
            problem.message.len()
        );
    }
}
