//! An experiment whose executors run on several hosts, end to end: a real sshd on loopback stands for
//! another machine, and a port on which nobody listens for one that is away.

mod sshd;
mod tree;

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;
use std::thread;
use std::time::{Duration, Instant};

use model::{Invocation, Run};
use serde_json::Value;
use sshd::{Server, has_sshd};
use store::Store;
use tree::{Ended, PYTHON, Tree};

/// The kernel's word for what this machine runs.
const TARGET: &str = std::env::consts::ARCH;

struct Place {
    server: Server,
    tree: Tree,
}

impl Place {
    /// An experiment with an executor for this machine, one for `mule` and, if `gone`, one for a host
    /// that nobody reaches; each iteration sleeps so long.
    fn new(invocations: u32, sleep_s: f64, gone: bool) -> Place {
        let body = format!("time.sleep({sleep_s})");
        let tree = Tree::of(&[("quick", &body), ("other", &body)], invocations);
        let server = Server::new();
        let text = fs::read_to_string(tree.path("test.yaml")).unwrap();
        let words = |words: Vec<String>| {
            let quoted = words.into_iter().map(|word| format!("{word:?}"));
            quoted.collect::<Vec<_>>().join(", ")
        };
        let mut hosts = format!(
            "hosts:\n  - {{name: mule, label: the mule, target: {TARGET}, ssh: 127.0.0.1, command: [{}], \
             folder: {:?}}}\n",
            words(server.words()),
            tree.path("far away"),
        );
        if gone {
            let nobody = ["ssh", "-p", "1", "-F", "none"].map(str::to_owned).to_vec();
            let nobody = words(nobody);
            hosts.push_str(&format!(
                "  - {{name: gone, target: {TARGET}, ssh: 127.0.0.1, command: [{nobody}]}}\n"
            ));
        }
        let list = if gone {
            "this, mule, gone"
        } else {
            "this, mule"
        };
        let text = text
            .replace("executors:\n", &format!("{hosts}executors:\n"))
            .replace("baseline: one", "baseline: one-this")
            .replace(
                &format!("command: [{PYTHON}]"),
                &format!("command: [{PYTHON}], hosts: [{list}]"),
            );
        fs::write(tree.path("test.yaml"), text).unwrap();
        Place { server, tree }
    }

    fn go(&self, words: &[&str]) -> Ended {
        self.tree.go(words)
    }

    fn json(&self, words: &[&str], status: i32) -> Value {
        let ended = self.go(words).expect(status, &[]);
        serde_json::from_str(&ended.out).unwrap()
    }

    /// All runs here with their invocations, oldest first.
    fn stored(&self) -> Vec<(Run, Vec<Invocation>)> {
        self.stored_in("store")
    }

    fn stored_in(&self, store: &str) -> Vec<(Run, Vec<Invocation>)> {
        let folder = self.tree.path(store);
        if !folder.is_dir() {
            return Vec::new();
        }
        let store = Store::open(&folder).unwrap();
        let ids = store.ids().unwrap();
        let loaded = ids.iter().filter_map(|id| store.load(id).ok());
        loaded.map(|(one, _)| (one.run, one.invocations)).collect()
    }

    fn page(&self, name: &str) -> String {
        fs::read_to_string(self.tree.path("site").join(name)).unwrap()
    }

    fn wait_for(&self, what: &str, holds: impl Fn() -> bool) {
        let begin = Instant::now();
        while !holds() {
            assert!(begin.elapsed() < Duration::from_secs(60), "{what}");
            thread::sleep(Duration::from_millis(50));
        }
    }

    fn far(&self) -> PathBuf {
        self.tree.path("far away/store")
    }
}

fn hosts(runs: &[(Run, Vec<Invocation>)]) -> Vec<&str> {
    let name = |run: &Run| match run.share.is_this() {
        true => "this",
        false => "mule",
    };
    runs.iter().map(|(run, _)| name(run)).collect()
}

#[test]
fn two_machines_measure_side_by_side_and_one_report_shows_both() {
    if !has_sshd() {
        return;
    }
    let place = Place::new(3, 0.1, false);
    place
        .go(&["check", "test.yaml"])
        .expect(0, &["on 2 hosts (this, mule)", "12 processes"]);
    place
        .go(&["all", "test.yaml"])
        .expect(0, &["mule: measures its share", "report: "]);
    let runs = place.stored();
    let names: BTreeSet<&str> = hosts(&runs).into_iter().collect();
    assert_eq!((runs.len(), names), (2, BTreeSet::from(["mule", "this"])));
    let (run, of_mule) = runs.iter().find(|(run, _)| !run.share.is_this()).unwrap();
    assert_eq!((run.host.name.as_str(), of_mule.len()), ("mule", 6));
    assert!(run.id.0.ends_with("-test@mule"), "{}", run.id);
    assert!(
        of_mule
            .iter()
            .all(|one| one.key.host == "mule" && one.outcome.is_ok())
    );
    let (_, of_this) = runs.iter().find(|(run, _)| run.share.is_this()).unwrap();
    assert!(of_this.iter().all(|one| one.key.host != "mule"));
    let (begun, ended) = (&of_mule[0].started_at, &of_this[5].started_at);
    assert!(begun <= ended, "side by side: {begun} and {ended}");
    let ids: BTreeSet<_> = of_mule.iter().chain(of_this).map(|one| &one.id).collect();
    assert_eq!(ids.len(), 12, "an id covers the host");
    for page in ["index.html", "comparison.html"] {
        let text = place.page(page);
        assert!(
            text.contains("one (this machine)") && text.contains("one (the mule)"),
            "{page}"
        );
    }
    assert!(
        place.page("report.md").contains("mule: run: "),
        "where each column is from"
    );
    let mean = place.page("report.md");
    assert!(
        mean.contains("another host (mule, not "),
        "nothing compares two hosts"
    );

    second_night(&place);
    narrower_and_wider(&place);
}

/// Every verb that looks back sees both hosts.
fn second_night(place: &Place) {
    place.go(&["run", "test.yaml"]).expect(0, &[]);
    assert_eq!(place.stored().len(), 4);
    let compared = place.json(&["compare", "test.yaml", "--json", "--measure", "time"], 0);
    let series = compared["series"].as_array().unwrap();
    let on: Vec<&str> = series
        .iter()
        .map(|one| one["series"]["host"].as_str().unwrap())
        .collect();
    assert_eq!(
        on.iter().filter(|host| **host == "mule").count(),
        2,
        "{compared}"
    );
    assert_eq!(series.len(), 4);
    assert!(
        series.iter().all(|one| one["verdict"] != "no baseline"),
        "{compared}"
    );
    let gate = place.json(&["gate", "test.yaml", "--json"], 0);
    assert_eq!(gate["beside"].as_array().unwrap().len(), 1, "{gate}");
    assert_eq!(gate["earlier"].as_array().unwrap().len(), 2, "{gate}");
    let alone = place.json(&["gate", "test.yaml", "--json", "--alone"], 0);
    assert_eq!(alone["earlier"].as_array().unwrap().len(), 1, "{alone}");
    let history = place.json(&["history", "test.yaml", "--json"], 0);
    assert_eq!(history["runs"].as_array().unwrap().len(), 4, "{history}");
    let release = place.go(&["release", "test.yaml"]).expect(0, &[]);
    assert!(release.out.contains("one (the mule)"), "{}", release.out);
}

/// One run alone, the list of runs, and what is to come.
fn narrower_and_wider(place: &Place) {
    place.go(&["report", "test.yaml"]).expect(0, &[]);
    assert!(place.page("timeline.html").contains("one (the mule)"));
    place.go(&["report", "--alone"]).expect(0, &[]);
    assert!(!place.page("index.html").contains("one (the mule)"));
    let status = place.json(&["status", "--json"], 0);
    let told: Vec<&Value> = status["runs"].as_array().unwrap().iter().collect();
    assert_eq!(told.iter().filter(|run| run["share"] == "mule").count(), 2);
    let plan = place.json(&["plan", "test.yaml", "--json"], 0);
    let [this, mule] = plan["hosts"].as_array().unwrap().as_slice() else {
        panic!("two hosts: {plan}")
    };
    assert!(this["plan"].is_string() && mule["plan"].is_null(), "{plan}");
    assert_eq!(mule["steps"].as_array().unwrap().len(), 6);
    assert!(mule["expected_s"].as_f64().unwrap() > 0.5, "{plan}");
}

#[test]
fn a_host_that_is_away_is_told_and_the_rest_is_reported() {
    if !has_sshd() {
        return;
    }
    let place = Place::new(1, 0.0, true);
    let words = ["all", "test.yaml", "--patience", "1"];
    place.go(&words).expect(
        1,
        &[
            "gone is away, and is tried again at the end",
            "gone: its share is not here",
            "--host gone",
            "report: ",
        ],
    );
    assert_eq!(place.stored().len(), 2);
    let text = place.page("index.html");
    assert!(
        text.contains("no run of the host gone is in the store"),
        "{text}"
    );
    assert!(text.contains("one (the mule)"));
    assert!(
        place
            .page("report.md")
            .contains("- one (gone): not measured: ")
    );
    place
        .go(&["run", "test.yaml", "--host", "nobody"])
        .expect(5, &["its hosts are: this, mule, gone"]);
    place
        .go(&["run", "test.yaml", "--host", "this"])
        .expect(0, &[]);
    assert_eq!(
        hosts(&place.stored())
            .iter()
            .filter(|one| **one == "this")
            .count(),
        2
    );
}

#[test]
fn a_link_that_drops_loses_nothing_of_a_share() {
    if !has_sshd() {
        return;
    }
    let mut place = Place::new(20, 0.01, false);
    let words = ["run", "test.yaml", "--host", "mule", "--patience", "60"];
    let mut child = place.tree.command(&words).spawn().unwrap();
    let far = place.far();
    place.wait_for("the run begins there", || {
        far.is_dir()
            && place
                .stored_in("far away/store")
                .iter()
                .any(|(_, of)| of.len() > 1)
    });
    place.server.end();
    thread::sleep(Duration::from_secs(1));
    assert!(child.try_wait().unwrap().is_none(), "it is waited for");
    place.server.begin();
    let output = child.wait_with_output().unwrap();
    Ended::from(&output).expect(0, &["no link, trying again"]);
    let runs = place.stored();
    assert_eq!((runs.len(), runs[0].1.len()), (1, 40));
}

/// What a night left there that was never brought comes before what is measured now.
#[test]
fn a_run_of_another_night_is_brought_first() {
    if !has_sshd() {
        return;
    }
    let place = Place::new(2, 0.2, false);
    let mut child = place.tree.command(&["run", "test.yaml"]).spawn().unwrap();
    let far = place.far();
    place.wait_for("the run begins there", || far.is_dir());
    child.kill().unwrap();
    child.wait().unwrap();
    place
        .go(&["run", "test.yaml", "--fresh"])
        .expect(0, &["mule: an earlier run goes on there"]);
    let runs = place.stored();
    let of_mule: Vec<usize> = runs
        .iter()
        .filter(|(run, _)| !run.share.is_this())
        .map(|(_, invocations)| invocations.len())
        .collect();
    assert_eq!(of_mule, [4, 4], "the one of before, and tonight's");
}

#[test]
fn a_machine_measures_its_own_share() {
    if !has_sshd() {
        return;
    }
    let place = Place::new(1, 0.0, true);
    place
        .go(&["run", "test.yaml", "--as", "gone"])
        .expect(0, &[]);
    let runs = place.stored();
    assert_eq!((runs.len(), runs[0].0.host.name.as_str()), (1, "gone"));
    let facts = &runs[0].0.environment.facts;
    assert!(
        facts.iter().any(|fact| fact.name == "network name"),
        "{facts:?}"
    );
    place
        .go(&["report", "test.yaml"])
        .expect(0, &["no run of the host mule"]);
    place
        .go(&["run", "test.yaml", "--as", "gone", "--host", "this"])
        .expect(5, &["cannot be used with"]);
}
