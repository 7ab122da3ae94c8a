//! `kraitbench remote`: an experiment on another machine, over ssh.
//!
//! ```text
//! FOLDER/kraitbench          this program
//! FOLDER/tree/…              the experiment with its programs and our executables
//! FOLDER/store               what is measured there
//! FOLDER/{log,pid,exit}      of the run that is going on, or that ended
//! ```
//!
//! *The run is the other machine's own.* It is started apart from the link and adds to a store there,
//! as any run does; here it is only watched. So a link that drops, or a laptop that is closed, costs
//! nothing: the same command finds the run, waits for its end and brings its samples. Bringing is
//! merging, which adds what is missing and can be repeated. Nothing is removed there.
//!
//! *States.* A run is going on, has ended and was not brought, or there is none. Only in the last
//! are files sent and a run begun, so that what runs is never changed under its feet.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use clap::Args;
use model::{ExecutorKind, Target};
use store::Store;

use crate::cli::{Narrowing, StoreFolder};
use crate::failure::{Failure, Verdict};
use crate::host;
use crate::input::Input;
use crate::measure::stop_on_signals;
use crate::ssh::{Link, quoted};

/// Between two looks at the run.
const PAUSE_FIRST: Duration = Duration::from_millis(300);
const PAUSE_LATER: Duration = Duration::from_secs(10);

#[derive(Args, Debug)]
pub struct Remote {
    /// The machine, as ssh knows it
    pub destination: String,
    /// The experiment's YAML file
    pub experiment: PathBuf,
    #[command(flatten)]
    pub narrowing: Narrowing,
    /// The folder there, below the home folder unless it begins with a slash
    #[arg(long = "folder", value_name = "FOLDER", default_value = "kraitbench")]
    pub place: String,
    /// The kraitbench that runs there, if the machine is of another kind than this one
    #[arg(long, value_name = "FILE")]
    pub executable: Option<PathBuf>,
    /// How ssh is started, such as "ssh -p 2222"
    #[arg(long, value_name = "COMMAND", default_value = "ssh")]
    pub ssh: String,
    /// So many seconds without a link are borne
    #[arg(long, value_name = "SECONDS", default_value_t = 3600)]
    pub patience: u64,
    #[command(flatten)]
    pub store: StoreFolder,
}

/// How far the run there is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    None,
    Running,
    /// With this status; its samples were not brought yet.
    Ended(i32),
}

pub fn run(asked: &Remote) -> Result<Verdict, Failure> {
    if !asked.narrowing.rev.is_empty() {
        return Err(Failure::Asked(
            "--rev builds here what would have to be sent; build with `kraitbench build`, and \
             name the executables in the experiment"
                .to_owned(),
        ));
    }
    let stop = stop_on_signals()?;
    let input = Input::read(&asked.experiment)?;
    // Whether the part that is asked for is there is found out here, not there.
    Input::read(&asked.experiment)?.narrowed(&asked.narrowing)?;
    let there = There::of(asked, &stop)?;
    let state = there.state()?;
    if state == State::None {
        there.send(&input, asked.executable.as_deref())?;
        there.begin(&input, &asked.narrowing)?;
    } else {
        eprintln!(
            "{}: a run is there already; it is waited for",
            asked.destination
        );
    }
    let status = there.wait(&stop)?;
    there.bring(&asked.store)?;
    match status {
        0 => Ok(Verdict::Fine),
        1 => Ok(Verdict::BenchmarkFailed),
        other => Err(there
            .link
            .failed(&format!("run it (status {other})"), &there.log()?)),
    }
}

/// The other machine and our folder there.
struct There<'a> {
    link: Link<'a>,
    folder: String,
}

impl<'a> There<'a> {
    fn of(asked: &Remote, stop: &'a AtomicBool) -> Result<There<'a>, Failure> {
        let command: Vec<String> = asked.ssh.split_whitespace().map(str::to_owned).collect();
        if asked.destination.starts_with('-') || command.is_empty() || asked.place.is_empty() {
            return Err(Failure::Asked(
                "a destination is [user@]host; `--ssh` is a command; `--folder` is a folder"
                    .to_owned(),
            ));
        }
        Ok(There {
            link: Link {
                command,
                destination: asked.destination.clone(),
                patience: Duration::from_secs(asked.patience),
                stop,
            },
            folder: asked.place.clone(),
        })
    }

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

    fn state(&self) -> Result<State, Failure> {
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

    fn send(&self, input: &Input, executable: Option<&Path>) -> Result<(), Failure> {
        let own = std::env::current_exe()
            .map_err(|error| Failure::Machine(format!("this program is not found: {error}")))?;
        if executable.is_none() {
            self.is_of_our_kind()?;
        }
        let whole = |path: &Path| {
            path.canonicalize()
                .map_err(|error| Failure::unreadable(path, &error))
        };
        let root = whole(&input.root)?;
        let mut files = Vec::new();
        for path in files_of(input)? {
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
        let program = executable.unwrap_or(&own);
        let program = whole(program)?;
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

    fn is_of_our_kind(&self) -> Result<(), Failure> {
        let said = self.link.say("uname -m")?;
        let ours = host::target()?;
        let theirs = said.out.trim().to_owned();
        let known = Target::ALL.into_iter().find(|one| one.as_str() == theirs);
        match known == Some(ours) {
            true => Ok(()),
            false => Err(Failure::Asked(format!(
                "{} is a machine for {theirs}, this kraitbench is for {ours}\n  name one that was built \
                 for it with --executable",
                self.link.destination
            ))),
        }
    }

    fn begin(&self, input: &Input, narrowing: &Narrowing) -> Result<(), Failure> {
        let experiment = input.path.strip_prefix(&input.root).unwrap_or(&input.path);
        let mut words = vec![
            "../kraitbench".to_owned(),
            "run".to_owned(),
            quoted(&experiment.to_string_lossy()),
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
            "echo $$ > pid; cd tree; {} > ../log 2>&1; echo $? > ../exit.new; mv ../exit.new ../exit",
            words.join(" ")
        );
        let script = format!(
            "if [ -s exit ] && [ ! -e brought ]; then exit 0; fi; \
             if [ -s pid ] && kill -0 \"$(cat pid)\" 2>/dev/null; then exit 0; fi; \
             rm -f exit brought pid; setsid sh -c {} < /dev/null > /dev/null 2>&1 & \
             i=0; while [ ! -s pid ] && [ $i -lt 50 ]; do sleep 0.1; i=$((i+1)); done",
            quoted(&inner)
        );
        self.say(&script).map(|_| ())
    }

    /// Waits for the run's end; gives its status.
    fn wait(&self, stop: &AtomicBool) -> Result<i32, Failure> {
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

    /// Adds what is in the store there to the one here.
    fn bring(&self, folder: &StoreFolder) -> Result<(), Failure> {
        let scratch = tempfile::tempdir()
            .map_err(|error| Failure::Machine(format!("no temporary folder: {error}")))?;
        self.link.fetch(&self.folder, "store", scratch.path())?;
        let into = Store::open(&folder.folder)?;
        let _lock = into.lock()?;
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

    fn log(&self) -> Result<String, Failure> {
        Ok(self.say("tail -n 20 log 2>/dev/null || true")?.1)
    }
}

/// What an experiment needs: its files, its programs, and the executables that are ours.
fn files_of(input: &Input) -> Result<Vec<PathBuf>, Failure> {
    let mut files = input.files.clone();
    files.push(input.programs.clone());
    let manifest = input.root.join("Cargo.toml");
    files.extend(manifest.is_file().then_some(manifest));
    let host = host::target()?;
    for executor in &input.experiment.executors {
        if executor.kind != (ExecutorKind::Krait { path: None }) {
            continue;
        }
        let path = build::executable(executor, &input.root, host);
        for ending in ["", ".provenance.json", ".not-built"] {
            let mut name = path.clone().into_os_string();
            name.push(ending);
            let file = PathBuf::from(name);
            files.extend(file.is_file().then_some(file));
        }
    }
    files.sort();
    files.dedup();
    Ok(files)
}
