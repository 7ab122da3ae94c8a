//! A run on another machine: sent there, begun there, watched from here, its samples brought.
//!
//! ```text
//! FOLDER/kraitbench          this program
//! FOLDER/tree/…              the experiment with its programs and our executables
//! FOLDER/cache/krait/…       environments of the packages that programs import
//! FOLDER/store               what is measured there
//! FOLDER/{log,pid,exit}      of the run that is going on, or that ended
//! FOLDER/mark                what it was begun for
//! ```
//!
//! *The run is the other machine's own.* It is started apart from the link and adds to a store there,
//! as any run does; here it is only watched. So a link that drops, or a laptop that is closed, costs
//! nothing: the same command finds the run, waits for its end and brings its samples. Bringing is
//! merging, which adds what is missing and can be repeated. Nothing is removed there.
//!
//! *States.* A run is going on, has ended and was not brought, or there is none. Only in the last
//! are files sent and a run begun, so that what runs is never changed under its feet.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use model::{ExecutorKind, Share, Target};
use store::Store;

use crate::cli::Narrowing;
use crate::failure::Failure;
use crate::host;
use crate::input::Input;
use crate::packages::{self, Installed};
use crate::ssh::{Link, quoted};

/// Between two looks at the run.
const PAUSE_FIRST: Duration = Duration::from_millis(300);
const PAUSE_LATER: Duration = Duration::from_secs(10);

/// In the folder there: what is the user's cache folder for the run, and below it where environments of
/// packages are.
const CACHE: &str = "cache";
const ENVIRONMENTS: &str = "cache/krait";

/// How far the run there is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    None,
    Running,
    /// With this status; its samples were not brought yet.
    Ended(i32),
}

/// What is to be run there.
#[derive(Clone, Copy, Debug)]
pub struct Errand<'a> {
    pub input: &'a Input,
    pub narrowing: &'a Narrowing,
    /// What the other machine measures: its share, or this one's in its place.
    pub share: &'a Share,
    /// The kraitbench that runs there, if not this one.
    pub executable: Option<&'a Path>,
    /// By which the run is known again; may be empty.
    pub mark: &'a str,
}

/// The other machine and our folder there.
#[derive(Debug)]
pub struct There<'a> {
    pub link: Link<'a>,
    pub folder: String,
}

impl There<'_> {
    /// A script that is run in the folder; it fails if there is none.
    fn say(&self, script: &str) -> Result<(i32, String), Failure> {
        let said = self
            .link
            .say(&format!("cd {} || exit 9; {script}", quoted(&self.folder)))?;
        match said.status {
            9 if said.out.is_empty() => Ok((9, String::new())),
            0 => Ok((0, said.out)),
            _ => Err(self.link.failed("do what it was asked", &said.err)),
        }
    }

    pub fn state(&self) -> Result<State, Failure> {
        let script = "if [ -s exit ]; then if [ -e brought ]; then echo none; else cat exit; fi; \
                      elif [ -s pid ] && kill -0 \"$(cat pid)\" 2>/dev/null; then echo running; \
                      elif [ -s pid ] && [ ! -e brought ]; then echo 137; else echo none; fi";
        let (_, out) = self.say(script)?;
        Ok(match out.trim() {
            "" | "none" => State::None,
            "running" => State::Running,
            status => State::Ended(status.parse().unwrap_or(1)),
        })
    }

    /// What the run there was begun for.
    pub fn mark(&self) -> Result<String, Failure> {
        Ok(self
            .say("cat mark 2>/dev/null || true")?
            .1
            .trim()
            .to_owned())
    }

    /// Sends what the errand needs and begins its run. Nothing may be running there.
    pub fn begin(&self, errand: Errand<'_>) -> Result<(), Failure> {
        self.send(errand)?;
        self.start(errand)
    }

    fn send(&self, errand: Errand<'_>) -> Result<(), Failure> {
        let own = std::env::current_exe()
            .map_err(|error| Failure::Machine(format!("this program is not found: {error}")))?;
        if errand.executable.is_none() {
            self.is_of_our_kind()?;
        }
        let root = whole(&errand.input.root)?;
        let mut files = Vec::new();
        for path in files_of(errand.input) {
            let path = whole(&path)?;
            let name = path.strip_prefix(&root).map_err(|_| {
                Failure::Asked(format!(
                    "{} is not below {}, which is what is sent",
                    path.display(),
                    root.display()
                ))
            })?;
            files.push((root.clone(), name.to_owned()));
        }
        self.link.send(&files, &format!("{}/tree", self.folder))?;
        for installed in packages::installed(errand.input)?.values() {
            self.send_packages(installed)?;
        }
        let executables = executables_of(errand)?;
        if !executables.is_empty() {
            let bin = format!("{}/tree/bin", self.folder);
            // What could not be built yesterday may be there today.
            self.say("rm -f tree/bin/*.not-built")?;
            self.link.send(&executables, &bin)?;
        }
        let program = whole(errand.executable.unwrap_or(&own))?;
        let place = (
            program.parent().unwrap_or(Path::new("/")).to_owned(),
            PathBuf::from(program.file_name().unwrap_or_default()),
        );
        let name = place.1.to_string_lossy().into_owned();
        self.link.send(&[place], &self.folder)?;
        if name != "kraitbench" {
            self.say(&format!("mv -f ./{} kraitbench", quoted(&name)))?;
        }
        Ok(())
    }

    /// Sends an environment of packages, unless it is there. They are pure Python, so the ones that are
    /// here serve there. What tells that it is whole goes last.
    fn send_packages(&self, installed: &Installed) -> Result<(), Failure> {
        let made_from = installed.environment.join(packages::MADE_FROM);
        let path = installed.cache.join(&made_from);
        let ours = fs::read_to_string(&path).map_err(|error| Failure::unreadable(&path, &error))?;
        let theirs = quoted(&format!("{ENVIRONMENTS}/{}", made_from.display()));
        let (_, known) = self.say(&format!("cat {theirs} 2>/dev/null || true"))?;
        if known == ours {
            return Ok(());
        }
        let old = quoted(&format!(
            "{ENVIRONMENTS}/{}",
            installed.environment.display()
        ));
        self.say(&format!("rm -rf {old}"))?;
        let cache = format!("{}/{ENVIRONMENTS}", self.folder);
        for name in [&installed.imports, &made_from] {
            self.link
                .send(&[(installed.cache.clone(), name.clone())], &cache)?;
        }
        Ok(())
    }

    fn is_of_our_kind(&self) -> Result<(), Failure> {
        let said = self.link.say("uname -m")?;
        let ours = host::target()?;
        let theirs = said.out.trim().to_owned();
        let known = Target::ALL.into_iter().find(|one| one.as_str() == theirs);
        match known == Some(ours) {
            true => Ok(()),
            false => Err(Failure::Asked(format!(
                "{} is a machine for {theirs}, this kraitbench is for {ours}\n  name one that was built \
                 for it: `--executable`, or the host's `executable`",
                self.link.destination
            ))),
        }
    }

    fn start(&self, errand: Errand<'_>) -> Result<(), Failure> {
        let Errand {
            input, narrowing, ..
        } = errand;
        let experiment = input.path.strip_prefix(&input.root).unwrap_or(&input.path);
        let share = match errand.share {
            Share::This => format!("--host {}", Share::This),
            Share::Of(host) => format!("--as {host}"),
        };
        let mut words = vec![
            "../kraitbench".to_owned(),
            "run".to_owned(),
            quoted(&experiment.to_string_lossy()),
            share,
            "--store ../store".to_owned(),
        ];
        for (option, values) in [
            ("--tag", &narrowing.tag),
            ("--benchmark", &narrowing.benchmark),
            ("--executor", &narrowing.executor),
        ] {
            words.extend(
                values
                    .iter()
                    .map(|value| format!("{option} {}", quoted(value))),
            );
        }
        for (option, count) in [
            ("--invocations", narrowing.invocations),
            ("--iterations", narrowing.iterations),
        ] {
            words.extend(count.map(|count| format!("{option} {count}")));
        }
        // In a session of its own, so that nothing that happens to the link reaches it. A second
        // attempt, after a link that dropped in between, finds the first one's number.
        let inner = format!(
            "echo $$ > pid; export XDG_CACHE_HOME=\"$PWD/{CACHE}\"; cd tree; {} > ../log 2>&1; echo $? > ../exit.new; mv ../exit.new ../exit",
            words.join(" ")
        );
        let script = format!(
            "if [ -s exit ] && [ ! -e brought ]; then exit 0; fi; \
             if [ -s pid ] && kill -0 \"$(cat pid)\" 2>/dev/null; then exit 0; fi; \
             rm -f exit brought pid; printf %s {} > mark; \
             setsid sh -c {} < /dev/null > /dev/null 2>&1 & \
             i=0; while [ ! -s pid ] && [ $i -lt 50 ]; do sleep 0.1; i=$((i+1)); done",
            quoted(errand.mark),
            quoted(&inner)
        );
        self.say(&script).map(|_| ())
    }

    /// Waits for the run's end; gives its status.
    pub fn wait(&self, stop: &AtomicBool) -> Result<i32, Failure> {
        let mut pause = PAUSE_FIRST;
        let mut told = String::new();
        loop {
            if stop.load(Ordering::Relaxed) {
                eprintln!(
                    "{}: the run goes on there; the same command waits for it again",
                    self.link.destination
                );
                return Err(Failure::Interrupted);
            }
            match self.state()? {
                State::Ended(status) => return Ok(status),
                State::None => return Err(self.link.failed("begin the run", &self.log()?)),
                State::Running => {}
            }
            let (_, line) = self.say("tail -n 1 log 2>/dev/null || true")?;
            if line != told && !line.trim().is_empty() {
                eprintln!("{}: {}", self.link.destination, line.trim());
                told = line;
            }
            thread::sleep(pause);
            pause = (pause * 3 / 2).min(PAUSE_LATER);
        }
    }

    /// Adds what is in the store there to the one here, which must be locked.
    pub fn bring(&self, into: &Store) -> Result<(), Failure> {
        let scratch = tempfile::tempdir()
            .map_err(|error| Failure::Machine(format!("no temporary folder: {error}")))?;
        self.link.fetch(&self.folder, "store", scratch.path())?;
        let merged = into.merge(&Store::open(&scratch.path().join("store"))?)?;
        if !merged.damage.is_empty() {
            return Err(Failure::Damaged(merged.damage));
        }
        eprintln!(
            "{}: {} runs and {} invocations added, {} were there",
            self.link.destination, merged.runs, merged.invocations, merged.known
        );
        self.say("touch brought").map(|_| ())
    }

    /// What a run's status means: whether all its benchmarks were well, or why it was none.
    pub fn judged(&self, status: i32) -> Result<bool, Failure> {
        match status {
            0 => Ok(true),
            1 => Ok(false),
            other => Err(self
                .link
                .failed(&format!("run it (status {other})"), &self.log()?)),
        }
    }

    fn log(&self) -> Result<String, Failure> {
        Ok(self.say("tail -n 20 log 2>/dev/null || true")?.1)
    }
}

fn whole(path: &Path) -> Result<PathBuf, Failure> {
    path.canonicalize()
        .map_err(|error| Failure::unreadable(path, &error))
}

/// What an experiment needs beside executables: its files and its programs.
fn files_of(input: &Input) -> Vec<PathBuf> {
    let mut files = input.files.clone();
    files.push(input.programs.clone());
    let manifest = input.root.join("Cargo.toml");
    files.extend(manifest.is_file().then_some(manifest));
    files.sort();
    files.dedup();
    files
}

/// The executables of a share that are ours, with what is written beside them: each as folder here and
/// name below `bin/` there.
fn executables_of(errand: Errand<'_>) -> Result<Vec<(PathBuf, PathBuf)>, Failure> {
    let host = host::target()?;
    let root = &errand.input.root;
    let ours = errand.input.experiment.executors.iter().filter(|executor| {
        executor.share() == *errand.share && executor.kind == (ExecutorKind::Krait { path: None })
    });
    let mut files = Vec::new();
    for executor in ours {
        let folder = build::executable_folder(executor, root, host);
        let path = build::executable(executor, root, host);
        for ending in ["", ".provenance.json", ".not-built"] {
            let mut name = path.clone().into_os_string();
            name.push(ending);
            let file = PathBuf::from(name);
            if let (true, Ok(name)) = (file.is_file(), file.strip_prefix(&folder)) {
                files.push((folder.clone(), name.to_owned()));
            }
        }
    }
    files.sort();
    files.dedup();
    Ok(files)
}
