//! `ci setup`: installs what a verb needs and the machine lacks.
//!
//! A need is met when one of the files that prove it is there; nothing is
//! asked of the package system then, so that a machine that has everything
//! waits for nothing. What is missing comes from Debian's packages, as root
//! or through sudo. On another system the error lists what to install by hand.

use std::path::{Path, PathBuf};

use crate::environment;
use crate::place::Place;
use crate::shell::Shell;

/// What a verb may ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Group {
    /// Compiling for the host.
    Build,
    /// The interpreters that krait is compared with.
    References,
    /// The tests of CPython itself.
    CpythonTests,
    /// A browser that opens the report in a test.
    Browser,
    /// Compilers, system libraries and emulators of the foreign targets.
    Foreign,
    /// What makes environments of Python packages: of tools whose forms kraitbench writes and reads,
    /// for its tests, and of what benchmarks import.
    PythonTools,
    /// What counts instructions, for executors that are measured by them.
    Counting,
    /// A server for runs over ssh, on loopback, in a test.
    Ssh,
}

struct Need {
    group: Group,
    /// The files that prove it; a name without a slash is looked up on PATH.
    proofs: &'static [&'static str],
    package: &'static str,
}

const fn need(group: Group, package: &'static str, proofs: &'static [&'static str]) -> Need {
    Need {
        group,
        proofs,
        package,
    }
}

const NEEDS: &[Need] = &[
    need(Group::Build, "gcc", &["cc"]),
    need(Group::Build, "libc6-dev", &["/usr/include/stdio.h"]),
    need(Group::References, "python3.11", &["/usr/bin/python3.11"]),
    need(Group::References, "pypy3", &["/usr/bin/pypy3"]),
    need(
        Group::CpythonTests,
        "libpython3.11-testsuite",
        &["/usr/lib/python3.11/test/test_generators.py"],
    ),
    need(
        Group::Browser,
        "chromium",
        &["chromium", "chromium-browser", "google-chrome"],
    ),
    need(
        Group::PythonTools,
        "python3.11-venv",
        &["/usr/lib/python3.11/ensurepip/__init__.py"],
    ),
    need(Group::Counting, "valgrind", &["valgrind"]),
    need(Group::Counting, "qemu-user", &["qemu-s390x"]),
    need(Group::Ssh, "openssh-client", &["ssh"]),
    need(Group::Ssh, "openssh-server", &["/usr/sbin/sshd"]),
    need(Group::Foreign, "qemu-user-static", &["qemu-s390x-static"]),
    need(Group::Foreign, "rustc-web", &["/usr/bin/rustc"]),
    need(Group::Foreign, "cargo-web", &["/usr/bin/cargo"]),
    need(
        Group::Foreign,
        "rust-web-src",
        &["/usr/lib/rustlib/src/rust/library/std/src/lib.rs"],
    ),
    need(
        Group::Foreign,
        "gcc-aarch64-linux-gnu",
        &["aarch64-linux-gnu-gcc"],
    ),
    need(
        Group::Foreign,
        "gcc-s390x-linux-gnu",
        &["s390x-linux-gnu-gcc"],
    ),
    need(
        Group::Foreign,
        "gcc-riscv64-linux-gnu",
        &["riscv64-linux-gnu-gcc"],
    ),
    need(
        Group::Foreign,
        "gcc-powerpc64le-linux-gnu",
        &["powerpc64le-linux-gnu-gcc"],
    ),
    need(
        Group::Foreign,
        "libc6-dev-arm64-cross",
        &["/usr/aarch64-linux-gnu/lib/libc.so.6"],
    ),
    need(
        Group::Foreign,
        "libc6-dev-s390x-cross",
        &["/usr/s390x-linux-gnu/lib/libc.so.6"],
    ),
    need(
        Group::Foreign,
        "libc6-dev-riscv64-cross",
        &["/usr/riscv64-linux-gnu/lib/libc.so.6"],
    ),
    need(
        Group::Foreign,
        "libc6-dev-ppc64el-cross",
        &["/usr/powerpc64le-linux-gnu/lib/libc.so.6"],
    ),
];

pub fn run(place: &Place) -> Result<(), String> {
    install(
        place,
        &[
            Group::Build,
            Group::References,
            Group::CpythonTests,
            Group::Browser,
            Group::Foreign,
            Group::PythonTools,
            Group::Counting,
            Group::Ssh,
        ],
    )?;
    environment::TOOLS.make(place)?;
    environment::BUILDBOT.make(place)?;
    environment::PYPERFORMANCE.make(place)
}

/// Installs what the suite of pyperformance's programs needs.
pub fn pyperformance(place: &Place) -> Result<(), String> {
    install(place, &[Group::References, Group::PythonTools])?;
    environment::PYPERFORMANCE.make(place)
}

/// Installs what merges profiles for executables that are built with them: a part of the toolchain.
pub fn profiling(place: &Place) -> Result<(), String> {
    Shell::new(&place.root, "rustup")
        .args(["component", "add", "llvm-tools"])
        .limit_minutes(10)
        .run()
}

/// Installs what the groups lack.
pub fn install(place: &Place, groups: &[Group]) -> Result<(), String> {
    let packages = missing(groups, &is_there);
    if packages.is_empty() {
        return Ok(());
    }
    println!("missing here: {}", packages.join(" "));
    let prefix = privilege(&packages)?;
    let apt = |verb: &[&str], packages: &[&str]| {
        let mut words = prefix.to_vec();
        words.extend(["env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-q"]);
        words.extend(verb);
        words.extend(packages);
        Shell::new(&place.root, words[0])
            .args(&words[1..])
            .limit_minutes(20)
            .run()
    };
    apt(&["update"], &[])?;
    apt(&["install", "-y", "--no-install-recommends"], &packages)?;
    match missing(groups, &is_there) {
        left if left.is_empty() => Ok(()),
        left => Err(format!(
            "installed without an error, yet what these packages should bring is not there: {}",
            left.join(" ")
        )),
    }
}

/// The packages of the groups of which no proof is there.
fn missing(groups: &[Group], is_there: &dyn Fn(&str) -> bool) -> Vec<&'static str> {
    NEEDS
        .iter()
        .filter(|need| groups.contains(&need.group))
        .filter(|need| !need.proofs.iter().any(|proof| is_there(proof)))
        .map(|need| need.package)
        .collect()
}

fn is_there(proof: &str) -> bool {
    if proof.starts_with('/') {
        Path::new(proof).exists()
    } else {
        on_path(proof).is_some()
    }
}

fn on_path(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path)
        .map(|folder| folder.join(name))
        .find(|file| file.is_file())
}

/// What to put before a command that installs packages.
fn privilege(packages: &[&str]) -> Result<&'static [&'static str], String> {
    let list = packages.join(" ");
    if on_path("apt-get").is_none() {
        return Err(format!(
            "this system has no apt-get. Install what these Debian packages bring, \
             then try again: {list}"
        ));
    }
    if is_root() {
        Ok(&[])
    } else if on_path("sudo").is_some() {
        Ok(&["sudo"])
    } else {
        Err(format!(
            "installing packages needs root or sudo, and neither is here. \
             As root: apt-get install {list}"
        ))
    }
}

fn is_root() -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("Uid:"));
    line.and_then(|ids| ids.split_whitespace().nth(1)) == Some("0")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_has_no_proof_is_missing() {
        let all = missing(&[Group::References], &|_| false);
        assert_eq!(all, ["python3.11", "pypy3"]);
        let one = missing(&[Group::References], &|proof| proof == "/usr/bin/pypy3");
        assert_eq!(one, ["python3.11"]);
        assert!(missing(&[Group::Browser], &|proof| proof == "google-chrome").is_empty());
    }
}
