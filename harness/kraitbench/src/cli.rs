//! What may be typed on the command line.

use std::ffi::OsString;
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, CommandFactory, Parser, Subcommand};
use model::{HostName, Share};

use crate::bisected::Bisecting;
use crate::chosen::Joining;
use crate::compared::Comparing;
use crate::failure::BAD_CONFIGURATION;
use crate::gated::Gating;
use crate::history::Looking;
use crate::released::Releasing;
use crate::remote::Remote;
use crate::stored::Keeping;
use crate::tried::Trying;
use crate::workflow;

const EXIT_CODES: &str = "\
Exit codes:
  0    all is well
  1    a benchmark failed, or kraitbench could not do its work
  3    a benchmark became slower (report --against, compare, gate, history, bisect, release)
  4    there is no baseline to compare with (the same)
  5    a bad command line, experiment or store
  130  interrupted; the same command goes on where it was
  141  whoever read the output went away";

/// Benchmarks interpreters, keeps every raw sample, and renders the speed report.
#[derive(Debug, Parser)]
#[command(name = "kraitbench", version, after_help = EXIT_CODES)]
pub struct Arguments {
    #[command(subcommand)]
    pub verb: Verb,
}

#[derive(Debug, Subcommand)]
pub enum Verb {
    /// Say whether experiments are sound, and what is wrong where
    Check {
        #[arg(required = true, value_name = "EXPERIMENT")]
        experiments: Vec<PathBuf>,
    },
    /// Print the processes of a run in their order, host by host, and how long it will take
    Plan {
        /// The experiment's YAML file
        experiment: PathBuf,
        #[command(flatten)]
        narrowing: Narrowing,
        #[command(flatten)]
        hosts: Hosts,
        #[command(flatten)]
        store: StoreFolder,
        /// Print it as JSON
        #[arg(long)]
        json: bool,
    },
    /// Build the krait executables of an experiment
    Build {
        /// The experiment's YAML file
        experiment: PathBuf,
        #[command(flatten)]
        narrowing: Narrowing,
    },
    /// List the runs in the store: how far each is, and what failed
    Status {
        #[command(flatten)]
        store: StoreFolder,
        /// Print it as JSON
        #[arg(long)]
        json: bool,
    },
    /// Say whether this machine is fit to measure on, and what to do about it
    Doctor {
        /// Print it as JSON
        #[arg(long)]
        json: bool,
        /// First put back what a killed run has left changed
        #[arg(long)]
        restore: bool,
    },
    /// Print the JSON schema of experiments, for editors
    Schema,
    /// Print a completion script for a shell
    Completion { shell: clap_complete::Shell },
    /// Print the manual page
    Man,
    /// Run an experiment, or go on with its interrupted run: this machine's share here, and those of
    /// the hosts that it names over ssh
    Run {
        /// The experiment's YAML file
        experiment: PathBuf,
        #[command(flatten)]
        running: Running,
        #[command(flatten)]
        store: StoreFolder,
    },
    /// Render the report of what is in the store; measures nothing
    Report {
        /// Report on the latest run of this experiment; of all, if left out
        experiment: Option<PathBuf>,
        #[command(flatten)]
        reporting: Reporting,
        #[command(flatten)]
        store: StoreFolder,
    },
    /// Run an experiment and render its report
    All {
        /// The experiment's YAML file
        experiment: PathBuf,
        #[command(flatten)]
        running: Running,
        #[command(flatten)]
        reporting: Reporting,
        #[command(flatten)]
        store: StoreFolder,
    },
    /// Run an experiment on a machine that it does not name, over ssh, and add its samples to the
    /// store
    Remote(Remote),
    /// Print what GitHub Actions or Buildbot needs to run an experiment on the hosts that it names
    Workflow(workflow::Asked),
    /// Compare two runs, series by series and in the mean
    Compare(Comparing),
    /// Say whether a run may pass: by a policy, and by what earlier runs teach
    Gate(Gating),
    /// Say how often the gate would be wrong, tried on the samples of a run
    Trial(Trying),
    /// Find changes over all runs of an experiment, and keep what is said of them
    History(Looking),
    /// Find the commit that made a benchmark slower, by building and measuring
    Bisect(Bisecting),
    /// Print what goes into release notes
    Release(Releasing),
    /// Look after the store
    #[command(subcommand)]
    Store(Keeping),
    /// Print what is known of this machine, and what would disturb a run
    Env,
}

#[derive(Args, Debug)]
pub struct Running {
    /// Build the krait executables first
    #[arg(long)]
    pub build: bool,
    #[command(flatten)]
    pub narrowing: Narrowing,
    /// Begin a new run, even if there is an interrupted one
    #[arg(long)]
    pub fresh: bool,
    /// Set this machine's frequency, turbo and hardware threads for the run, and put them back after
    /// it, also after a crash (as root)
    #[arg(long)]
    pub steady: bool,
    #[command(flatten)]
    pub hosts: Hosts,
    /// So many seconds without a link to a host that measures are borne
    #[arg(long, value_name = "SECONDS", default_value_t = 3600)]
    pub patience: u64,
}

/// Whose shares of an experiment.
#[derive(Args, Debug, Default)]
pub struct Hosts {
    /// Only the share of this host of the experiment; `this` is this machine (may be repeated)
    #[arg(long = "host", value_name = "HOST")]
    pub only: Vec<Share>,
    /// This machine is this host of the experiment: measure its share, here
    #[arg(long = "as", value_name = "HOST", conflicts_with = "only")]
    pub this_is: Option<HostName>,
}

/// A part of an experiment, or the experiment at several commits.
#[derive(Args, Debug, Default)]
pub struct Narrowing {
    /// Only benchmarks with this tag (may be repeated: any of them)
    #[arg(long, value_name = "TAG")]
    pub tag: Vec<String>,
    /// Only this benchmark (may be repeated)
    #[arg(long, value_name = "NAME")]
    pub benchmark: Vec<String>,
    /// Only this executor (may be repeated)
    #[arg(long, value_name = "NAME")]
    pub executor: Vec<String>,
    /// Krait as it was at this commit, built in a tree of its own and measured here (may be repeated:
    /// all in one interleaved run)
    #[arg(long, value_name = "REVISION")]
    pub rev: Vec<String>,
    /// So many processes per benchmark and executor, instead of what the experiment says
    #[arg(long, value_name = "COUNT", value_parser = clap::value_parser!(u32).range(1..))]
    pub invocations: Option<u32>,
    /// At most so many iterations within a process
    #[arg(long, value_name = "COUNT", value_parser = clap::value_parser!(u32).range(1..))]
    pub iterations: Option<u32>,
}

#[derive(Args, Debug)]
pub struct Reporting {
    /// Where the site is written
    #[arg(long, value_name = "FOLDER", default_value = "site")]
    pub site: PathBuf,
    /// The run to report on, instead of the latest
    #[arg(long, value_name = "RUN")]
    pub run: Option<String>,
    /// Compare with this earlier run of the experiment; `last` is the one before
    #[arg(long, value_name = "RUN")]
    pub against: Option<String>,
    /// Print the report as Markdown, too
    #[arg(long)]
    pub markdown: bool,
    #[command(flatten)]
    pub joining: Joining,
}

#[derive(Args, Debug)]
pub struct StoreFolder {
    /// Where samples are kept
    #[arg(long = "store", value_name = "FOLDER", default_value = "store")]
    pub folder: PathBuf,
}

/// `kraitbench completion`.
pub fn completion(shell: clap_complete::Shell) -> String {
    let mut script = Vec::new();
    let mut command = Arguments::command();
    clap_complete::generate(shell, &mut command, "kraitbench", &mut script);
    String::from_utf8_lossy(&script).into_owned()
}

/// `kraitbench man`: one page with all verbs.
pub fn manual() -> std::io::Result<String> {
    let mut out = Vec::new();
    let command = Arguments::command();
    clap_mangen::Man::new(command.clone()).render(&mut out)?;
    for verb in command.get_subcommands() {
        let name = verb.get_name().to_uppercase();
        writeln!(out, ".SH {name}")?;
        let page = clap_mangen::Man::new(verb.clone());
        page.render_synopsis_section(&mut out)?;
        page.render_description_section(&mut out)?;
        page.render_options_section(&mut out)?;
    }
    Ok(String::from_utf8_lossy(&out).into_owned())
}

/// Reads the command line; what is printed instead (help, version, errors) is printed here.
pub fn parse(words: impl IntoIterator<Item = OsString>) -> Result<Arguments, ExitCode> {
    Arguments::try_parse_from(words).map_err(|error| {
        error.print().ok();
        match error.use_stderr() {
            true => ExitCode::from(BAD_CONFIGURATION),
            false => ExitCode::SUCCESS,
        }
    })
}
