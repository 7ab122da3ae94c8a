//! Where code runs and by which clock it is measured.

use serde::{Deserialize, Serialize};
use std::fmt;

/// An instruction set with Linux on it. All are 64 bits wide.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Target {
    #[serde(rename = "x86_64")]
    X86_64,
    #[serde(rename = "aarch64")]
    Aarch64,
    /// The big-endian one.
    #[serde(rename = "s390x")]
    S390x,
    #[serde(rename = "riscv64")]
    Riscv64,
    #[serde(rename = "ppc64le")]
    Ppc64le,
}

/// One row per target: its name here and with qemu, in Rust triples, in Debian's folders.
const TARGETS: [(Target, &str, &str, &str); 5] = [
    (Target::X86_64, "x86_64", "x86_64", "x86_64-linux-gnu"),
    (Target::Aarch64, "aarch64", "aarch64", "aarch64-linux-gnu"),
    (Target::S390x, "s390x", "s390x", "s390x-linux-gnu"),
    (Target::Riscv64, "riscv64", "riscv64gc", "riscv64-linux-gnu"),
    (
        Target::Ppc64le,
        "ppc64le",
        "powerpc64le",
        "powerpc64le-linux-gnu",
    ),
];

impl Target {
    pub const ALL: [Target; 5] = [
        Target::X86_64,
        Target::Aarch64,
        Target::S390x,
        Target::Riscv64,
        Target::Ppc64le,
    ];

    fn row(self) -> &'static (Target, &'static str, &'static str, &'static str) {
        &TARGETS[self as usize]
    }

    pub fn as_str(self) -> &'static str {
        self.row().1
    }

    /// The triple that cargo is given.
    pub fn triple(self) -> String {
        format!("{}-unknown-linux-gnu", self.row().2)
    }

    /// How Debian names the target: its compilers begin with it, its folder of libraries has it.
    pub fn gnu(self) -> &'static str {
        self.row().3
    }

    /// The command line that runs this target's programs on another machine: qemu's user mode,
    /// with Debian's folder of the target's libraries.
    pub fn emulator(self) -> Vec<String> {
        let (_, name, _, folder) = self.row();
        vec![
            format!("qemu-{name}-static"),
            "-L".to_owned(),
            format!("/usr/{folder}"),
        ]
    }

    /// The same by the emulator that takes plugins, which Debian builds apart.
    pub fn extensible_emulator(self) -> Vec<String> {
        let mut words = self.emulator();
        words[0] = format!("qemu-{self}");
        words
    }

    /// The target that this very program was built for. `None` on a machine of another kind,
    /// which can hold a store and render reports but is no host for runs.
    pub fn of_this_program() -> Option<Target> {
        match std::env::consts::ARCH {
            "x86_64" => Some(Target::X86_64),
            "aarch64" => Some(Target::Aarch64),
            "s390x" => Some(Target::S390x),
            "riscv64" => Some(Target::Riscv64),
            "powerpc64" if cfg!(target_endian = "little") => Some(Target::Ppc64le),
            _ => None,
        }
    }
}

const _: () = {
    let mut at = 0;
    while at < TARGETS.len() {
        assert!(
            TARGETS[at].0 as usize == at,
            "a row stands where its target's number says"
        );
        at += 1;
    }
};

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// What an interpreter was built or told to be.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize,
)]
#[serde(rename_all = "lowercase")]
pub enum Configuration {
    /// An interpreter that is taken as it comes.
    #[default]
    Stock,
    Nojit,
    Jit,
    /// Record and replay; has no JIT by construction.
    Revdb,
}

impl Configuration {
    pub fn as_str(self) -> &'static str {
        match self {
            Configuration::Stock => "stock",
            Configuration::Nojit => "nojit",
            Configuration::Jit => "jit",
            Configuration::Revdb => "revdb",
        }
    }

    /// Whether JIT counters mean anything: where this is false they are "n/a", never 0.
    pub fn has_jit(self) -> bool {
        self == Configuration::Jit
    }
}

impl fmt::Display for Configuration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// By which clock a series is measured. Different kinds never meet in one mean: time under an
/// emulator is not a speed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ClockKind {
    /// Wall time on the processor itself.
    Native,
    /// Wall time of a user-mode emulator.
    QemuWall,
    /// Instructions of a program under a user-mode emulator, counted by the emulator.
    GuestInstructions,
    /// Instructions of a program on the processor's own kind, counted by valgrind's callgrind.
    Callgrind,
}

/// What an executor is measured by, as an experiment asks for it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Clock {
    #[default]
    Time,
    /// Instructions, one after another by a tool: slow, and the same in every process.
    Instructions,
}

impl ClockKind {
    /// The file into which a tool that counts writes, in the folder in which the process runs.
    pub const COUNTED: &'static str = "counted";

    pub fn as_str(self) -> &'static str {
        match self {
            ClockKind::Native => "native",
            ClockKind::QemuWall => "qemu-wall",
            ClockKind::GuestInstructions => "guest-instructions",
            ClockKind::Callgrind => "callgrind",
        }
    }

    /// The clock of a program for `target` that runs on a machine of kind `host`.
    pub fn of(asked: Clock, target: Target, host: Target) -> ClockKind {
        match (asked, target == host) {
            (Clock::Time, true) => ClockKind::Native,
            (Clock::Time, false) => ClockKind::QemuWall,
            (Clock::Instructions, true) => ClockKind::Callgrind,
            (Clock::Instructions, false) => ClockKind::GuestInstructions,
        }
    }

    /// Whether it counts what a program does instead of timing it. A count is to be the same in
    /// every process, so what is drawn for timings (hash seed, addresses, padding) is fixed for it;
    /// times that were taken meanwhile are those of the tool.
    pub fn counts(self) -> bool {
        matches!(self, ClockKind::GuestInstructions | ClockKind::Callgrind)
    }
}

impl fmt::Display for ClockKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
