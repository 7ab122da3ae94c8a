//! Programs of another project: their packages, their results, and what is said where either lacks.
//!
//! The program is a small one in the form of pyperformance's, in an environment that looks as if it had
//! been installed; the adapter that runs it is that of `suites/programs`.

mod tree;

use std::fs;
use std::path::Path;

use tree::{Ended, PYTHON, Tree};

const LIST: &str = "pyperformance==1.2.3\n";

const PROGRAM: &str = r#"
import pyperf
import lent

class Point:
    __slots__ = ("x",)

def work(number):
    print("seen")
    point = Point()
    point.x = lent.twice(number)
    return [point, {2: 0.1, 1: b"a"}, {3, 4}]

def timed(loops):
    return loops * 0.001

runner = pyperf.Runner()
runner.argparser.add_argument("number", type=int)
number = runner.parse_args().number
runner.bench_func("toy_work", work, number)
runner.bench_time_func("toy_timed", timed)
"#;

/// An experiment of both benchmarks; `digest` is what the one with a result is to give.
fn foreign(digest: &str, more: &str) -> Tree {
    let tree = Tree::of(&[("quick", "pass")], 1);
    let own = std::env::var_os("CARGO_MANIFEST_DIR").unwrap();
    let programs = Path::new(&own).join("../../suites/programs");
    for name in ["harness_protocol.py", "pyperf.py", "foreign_program.py"] {
        fs::copy(programs.join(name), tree.path("programs").join(name)).unwrap();
    }
    fs::write(tree.path("list.txt"), LIST).unwrap();
    let packages = tree.path("cache/krait/some/lib/python3.11/site-packages");
    let toy = packages.join("pyperformance/data-files/benchmarks/bm_toy");
    fs::create_dir_all(&toy).unwrap();
    fs::create_dir_all(packages.join("pyperformance-1.2.3.dist-info")).unwrap();
    fs::write(toy.join("run_benchmark.py"), PROGRAM).unwrap();
    let lent = "def twice(number):\n    return 2 * number\n";
    fs::write(packages.join("lent.py"), lent).unwrap();
    fs::write(tree.path("cache/krait/some/made-from.txt"), LIST).unwrap();
    let experiment = format!(
        "experiment: test\nseed: 1\ninvocations: 1\nprograms: programs\ntimeout_s: 20\n\
         memory_mb: 200\nsuites:\n  - name: foreign\n    iterations: 2\n    \
         packages: {{environment: some, lists: [list.txt]}}\n    benchmarks:\n      \
         - {{name: toy_work, program: foreign_program.py, size: 3, arguments: [toy_work, toy, \"21\"], \
         digest: {digest}{more}}}\n      \
         - {{name: toy_timed, program: foreign_program.py, size: 3, arguments: [toy_timed, toy, \"21\"], \
         digest: 2e74ca8704403288}}\nexecutors:\n  \
         - {{name: one, kind: command, command: [{PYTHON}]}}\n"
    );
    fs::write(tree.path("test.yaml"), experiment).unwrap();
    tree
}

fn run(tree: &Tree) -> Ended {
    let mut command = tree.command(&["run", "test.yaml"]);
    command.env("XDG_CACHE_HOME", tree.path("cache"));
    Ended::from(&command.output().unwrap())
}

/// Of `[Point{('x',0x2a,),},{(0x1,b'a',),(0x2,0.1,),},set{0x3,0x4,},]` and what was printed.
const DIGEST: &str = "0ff959f00d22af76";

#[test]
fn a_program_of_another_project_runs_with_its_packages_and_its_result_is_checked() {
    run(&foreign(DIGEST, "")).expect(0, &["2 of 2 invocations"]);
    let known = foreign("0123456789abcdef", ", fails_on: [one]");
    run(&known).expect(
        0,
        &["toy_work on one: failed, as is known: iteration 0 gave"],
    );
    let wrong = foreign("0123456789abcdef", "");
    run(&wrong).expect(1, &["2 of 2 invocations, 1 of them failed"]);
    let works = foreign(DIGEST, ", fails_on: [one]");
    run(&works).expect(1, &["toy_work on one: failed before and works"]);
}

#[test]
fn packages_that_are_not_those_of_the_lists_are_not_used() {
    let tree = foreign(DIGEST, "");
    let planned = |tree: &Tree| tree.go(&["plan", "test.yaml"]).expect(0, &[]).out;
    let before = planned(&tree);
    fs::write(tree.path("list.txt"), "pyperformance==1.2.4\n").unwrap();
    assert_ne!(planned(&tree), before, "ids follow the pins");
    let told = [
        "the Python packages of the suite `foreign` are not installed",
        "was made from other lists",
        "make setup",
    ];
    run(&tree).expect(5, &told);
    assert!(tree.kept().is_empty());
    fs::remove_dir_all(tree.path("cache")).unwrap();
    run(&tree).expect(5, &["there is no "]);
}

#[test]
fn a_benchmark_that_a_program_does_not_have_is_told_with_those_that_it_has() {
    let tree = foreign(DIGEST, "");
    let text = fs::read_to_string(tree.path("test.yaml")).unwrap();
    let text = text.replace("toy_timed", "toy_tined");
    fs::write(tree.path("test.yaml"), text).unwrap();
    run(&tree).expect(
        1,
        &["has no benchmark 'toy_tined'; it has toy_work, toy_timed"],
    );
}
