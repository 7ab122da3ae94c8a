//! Shares of an experiment: who measures which, and those that other machines measure over ssh.
//!
//! The others are sent what they need and begin before this machine does; then they are left alone.
//! While this machine measures it watches nobody and unpacks nothing, because either would disturb
//! its figures. Only when it is done are the others waited for and their samples brought. So all
//! measure side by side, and a link is needed twice for a moment.
//!
//! A run that is there belongs to this command if its mark is that of the run here. One of another
//! night, which was never brought, is brought first.
//!
//! A host that is away costs the others nothing. It is tried again at the end, and told.

use std::sync::Mutex;
use std::sync::atomic::AtomicBool;
use std::thread;
use std::time::Duration;

use model::{Experiment, HostName, NamedHost, RunId, Share};
use store::Store;

use crate::cli::{Hosts, Running};
use crate::derive;
use crate::failure::Failure;
use crate::host;
use crate::input::Input;
use crate::joint::{ending, has_ending};
use crate::ssh::Link;
use crate::there::{Errand, State, There};

/// So long a host is looked for that measures nothing of ours.
const PATIENCE_BEFORE: Duration = Duration::from_secs(60);

/// Whose share this machine measures, and which hosts are asked for theirs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Division {
    pub own: Option<Share>,
    pub others: Vec<HostName>,
}

impl Division {
    /// # Errors
    /// A host that is asked for has no share, or this machine cannot be it.
    pub fn of(experiment: &Experiment, asked: &Hosts) -> Result<Division, Failure> {
        let shares = experiment.shares();
        let has = |share: &Share| match shares.contains(share) {
            true => Ok(()),
            false => {
                let known: Vec<String> = shares.iter().map(Share::to_string).collect();
                let known = known.join(", ");
                Err(Failure::Asked(format!(
                    "nothing of the experiment is for the host `{share}`\n  its hosts are: {known}"
                )))
            }
        };
        if let Some(name) = &asked.this_is {
            let share = Share::Of(name.clone());
            has(&share)?;
            is_this(experiment, name)?;
            let (own, others) = (Some(share), Vec::new());
            return Ok(Division { own, others });
        }
        asked.only.iter().try_for_each(has)?;
        let is_asked = |share: &Share| asked.only.is_empty() || asked.only.contains(share);
        let asked: Vec<Share> = shares.iter().filter(|one| is_asked(one)).cloned().collect();
        let others = asked.iter().filter_map(|share| match share {
            Share::This => None,
            Share::Of(name) => Some(name.clone()),
        });
        Ok(Division {
            own: asked.contains(&Share::This).then_some(Share::This),
            others: others.collect(),
        })
    }

    pub fn has(&self, share: &Share) -> bool {
        let is_other = |name: &HostName| matches!(share, Share::Of(of) if of == name);
        self.own.as_ref() == Some(share) || self.others.iter().any(is_other)
    }
}

/// Whether this machine can be a host: its target is the host's.
fn is_this(experiment: &Experiment, name: &HostName) -> Result<(), Failure> {
    let ours = host::target()?;
    match experiment.host(name).map(|host| host.target) {
        Some(target) if target != ours => Err(Failure::Asked(format!(
            "this machine is not the host `{name}`: that is of target {target}, this one of {ours}\n  \
             correct the host's `target` in the experiment, or leave `--as` out"
        ))),
        _ => Ok(()),
    }
}

/// How far a host is.
enum Progress {
    Begun,
    /// A run of another night is going on there.
    Busy,
    /// Why it was not reached.
    Away(Failure),
}

/// The hosts that measure while this machine does.
pub struct Others<'a> {
    input: &'a Input,
    running: &'a Running,
    /// Of the run here; empty if there is none.
    mark: String,
    stop: &'a AtomicBool,
    hosts: Vec<(&'a NamedHost, Progress)>,
}

/// What the shares of other machines came to.
#[derive(Clone, Copy, Debug, Default)]
pub struct Outcome {
    /// Hosts on which a benchmark failed.
    pub failed: usize,
    /// Hosts that did not measure their share.
    pub away: usize,
    pub interrupted: bool,
}

impl<'a> Others<'a> {
    /// Sends each host what it needs and begins its run, all at once.
    pub fn begin(
        input: &'a Input,
        running: &'a Running,
        names: &[HostName],
        run: Option<&RunId>,
        stop: &'a AtomicBool,
    ) -> Others<'a> {
        let mut others = Others {
            input,
            running,
            mark: run.map_or_else(String::new, |id| id.0.clone()),
            stop,
            hosts: Vec::new(),
        };
        let named: Vec<&NamedHost> = names
            .iter()
            .filter_map(|name| input.experiment.host(name))
            .collect();
        let first = |host: &&NamedHost| others.first(host).unwrap_or_else(Progress::Away);
        let begun: Vec<Progress> = on_each(&named, first);
        for (host, progress) in named.iter().zip(&begun) {
            match progress {
                Progress::Begun => eprintln!("{}: measures its share", host.name),
                Progress::Busy => eprintln!(
                    "{}: an earlier run goes on there; it is brought before this one begins",
                    host.name
                ),
                Progress::Away(why) => eprintln!(
                    "warning: {} is away, and is tried again at the end: {}",
                    host.name,
                    why.text()
                ),
            }
        }
        others.hosts = named.into_iter().zip(begun).collect();
        others
    }

    /// Waits for all and brings what they measured. The store must be locked.
    pub fn finish(self, store: &Store) -> Outcome {
        let writing = Mutex::new(());
        let each = on_each(&self.hosts, |(host, progress)| {
            (
                host.name.clone(),
                self.rest(host, progress, store, &writing),
            )
        });
        let mut outcome = Outcome::default();
        for (name, ended) in each {
            match ended {
                Ok(true) => derive_newest(store, self.input, &name),
                Ok(false) => {
                    outcome.failed += 1;
                    derive_newest(store, self.input, &name);
                }
                Err(Failure::Interrupted) => outcome.interrupted = true,
                Err(why) => {
                    outcome.away += 1;
                    eprintln!(
                        "{name}: its share is not here: {}\n  `kraitbench run {} --host {name}` asks for it \
                         alone",
                        why.text(),
                        self.input.path.display()
                    );
                }
            }
        }
        outcome
    }

    /// The first attempt: nothing here waits for a host that is busy or away.
    fn first(&self, host: &NamedHost) -> Result<Progress, Failure> {
        let there = self.there(host, PATIENCE_BEFORE.min(self.patience()))?;
        let is_ours = |mark: String| self.mark.is_empty() || mark == self.mark;
        match there.state()? {
            State::None => self.send(host, &there)?,
            _ if is_ours(there.mark()?) => {
                eprintln!("{}: a run is there already; it is waited for", host.name);
            }
            _ => return Ok(Progress::Busy),
        }
        Ok(Progress::Begun)
    }

    /// The rest of the way, from wherever the first attempt came to; gives whether all benchmarks were
    /// well.
    fn rest(
        &self,
        host: &NamedHost,
        progress: &Progress,
        store: &Store,
        writing: &Mutex<()>,
    ) -> Result<bool, Failure> {
        let there = self.there(host, self.patience())?;
        let bring = || -> Result<i32, Failure> {
            let status = there.wait(self.stop)?;
            let _one_at_a_time = writing.lock();
            there.bring(store)?;
            Ok(status)
        };
        match progress {
            Progress::Begun => {}
            Progress::Busy => {
                bring()?;
                self.send(host, &there)?;
            }
            Progress::Away(_) => match self.first(host)? {
                Progress::Begun => {}
                _ => {
                    bring()?;
                    self.send(host, &there)?;
                }
            },
        }
        there.judged(bring()?)
    }

    fn send(&self, host: &NamedHost, there: &There<'_>) -> Result<(), Failure> {
        let executable = host.executable.as_ref();
        let executable = executable.map(|path| self.input.root.join(path));
        there.begin(Errand {
            input: self.input,
            narrowing: &self.running.narrowing,
            share: &Share::Of(host.name.clone()),
            executable: executable.as_deref(),
            mark: &self.mark,
        })
    }

    fn there(&self, host: &NamedHost, patience: Duration) -> Result<There<'a>, Failure> {
        let Some(destination) = &host.ssh else {
            return Err(Failure::Asked(format!(
                "the experiment does not say how it is reached\n  add `ssh: [user@]host` to the host, or \
                 run `kraitbench run EXPERIMENT --as {}` there",
                host.name
            )));
        };
        Ok(There {
            link: Link {
                command: host.command.clone(),
                destination: destination.clone(),
                patience,
                stop: self.stop,
            },
            folder: host.folder.clone(),
        })
    }

    fn patience(&self) -> Duration {
        Duration::from_secs(self.running.patience)
    }
}

/// Does something with each host, with all at the same time.
fn on_each<T: Sync, R: Send>(hosts: &[T], act: impl Fn(&T) -> R + Sync) -> Vec<R> {
    thread::scope(|scope| {
        let act = &act;
        let begun: Vec<_> = hosts
            .iter()
            .map(|one| scope.spawn(move || act(one)))
            .collect();
        let ended = begun.into_iter().map(|one| one.join());
        ended
            .map(|one| one.unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
            .collect()
    })
}

/// So that whoever asks for the history tomorrow finds it.
fn derive_newest(store: &Store, input: &Input, name: &HostName) {
    let ending = ending(&input.experiment.name, &Share::Of(name.clone()));
    let ids = store.ids().unwrap_or_default();
    if let Some(id) = ids.iter().rev().find(|id| has_ending(id, &ending)) {
        derive::observations(store, id).ok();
    }
}
