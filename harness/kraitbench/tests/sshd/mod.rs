//! A real sshd on loopback, with keys of its own, that can be ended and begun again.
//!
//! With `KRAIT_REQUIRE_SSHD=1` a machine without sshd fails the tests; otherwise they say on
//! standard error that they saw nothing.

// Each file of tests has its own copy, and uses a part of it.
#![allow(dead_code)]

use std::fs;
use std::io::Write;
use std::net::{TcpListener, TcpStream};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

const SSHD: &str = "/usr/sbin/sshd";

pub fn has_sshd() -> bool {
    let found = Path::new(SSHD).is_file();
    if !found {
        let required = std::env::var("KRAIT_REQUIRE_SSHD").is_ok_and(|v| v == "1");
        assert!(!required, "no sshd: `make setup` installs it");
        // Straight to the stream: what is printed by macros would be captured and lost.
        writeln!(
            std::io::stderr(),
            "NOT CHECKED over ssh: there is no {SSHD}"
        )
        .ok();
    }
    found
}

/// A server with keys of its own, and what a client needs to reach it.
pub struct Server {
    folder: tempfile::TempDir,
    port: u16,
    child: Option<Child>,
}

impl Server {
    pub fn new() -> Server {
        let folder = tempfile::tempdir().unwrap();
        for key in ["host", "client"] {
            let made = Command::new("ssh-keygen")
                .args(["-q", "-t", "ed25519", "-N", "", "-f"])
                .arg(folder.path().join(key))
                .status();
            assert!(made.unwrap().success());
        }
        // As root sshd wants a folder that Debian's service would make.
        fs::create_dir_all("/run/sshd").ok();
        let port = TcpListener::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap()
            .port();
        let at = folder.path().display();
        let configuration = format!(
            "Port {port}\nListenAddress 127.0.0.1\nHostKey {at}/host\nAuthorizedKeysFile {at}/client.pub\n\
             PidFile none\nStrictModes no\nUsePAM no\nPasswordAuthentication no\nPermitRootLogin yes\n"
        );
        fs::write(folder.path().join("sshd.conf"), configuration).unwrap();
        let mut server = Server {
            folder,
            port,
            child: None,
        };
        server.begin();
        server
    }

    pub fn begin(&mut self) {
        let mut command = Command::new(SSHD);
        command
            .arg("-D")
            .arg("-f")
            .arg(self.folder.path().join("sshd.conf"));
        command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        self.child = Some(command.process_group(0).spawn().unwrap());
        let begin = Instant::now();
        while TcpStream::connect(("127.0.0.1", self.port)).is_err() {
            assert!(begin.elapsed() < Duration::from_secs(20), "sshd listens");
            thread::sleep(Duration::from_millis(20));
        }
    }

    /// Ends the server and every link through it; what was started apart from them goes on.
    pub fn end(&mut self) {
        let Some(mut child) = self.child.take() else {
            return;
        };
        let group = child.id().to_string();
        let mut links = children_of(child.id());
        links.push(child.id());
        for id in links {
            Command::new("kill")
                .args(["-KILL", &id.to_string()])
                .stderr(Stdio::null())
                .status()
                .ok();
        }
        // By the shell's own kill: that of procps takes `-123` for `-1`, which is everyone.
        Command::new("sh")
            .args(["-c", &format!("kill -s KILL -- -{group}")])
            .stderr(Stdio::null())
            .status()
            .ok();
        child.wait().ok();
    }

    /// The command with which ssh reaches it.
    pub fn ssh(&self) -> String {
        self.words().join(" ")
    }

    /// The same, word by word.
    pub fn words(&self) -> Vec<String> {
        let at = self.folder.path().display();
        let text = format!(
            "ssh -p {} -i {at}/client -o IdentitiesOnly=yes -o UserKnownHostsFile={at}/known \
             -o StrictHostKeyChecking=accept-new -F none",
            self.port
        );
        text.split_whitespace().map(str::to_owned).collect()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.end();
    }
}

/// All processes below one, by the parent that each tells.
fn children_of(parent: u32) -> Vec<u32> {
    let mut all = Vec::new();
    for entry in fs::read_dir("/proc").unwrap().flatten() {
        let Some(id) = entry
            .file_name()
            .to_str()
            .and_then(|name| name.parse().ok())
        else {
            continue;
        };
        let stat = fs::read_to_string(entry.path().join("stat")).unwrap_or_default();
        let told = stat
            .rsplit_once(')')
            .and_then(|(_, rest)| rest.split_whitespace().nth(1)?.parse().ok());
        let name = fs::read_to_string(entry.path().join("comm")).unwrap_or_default();
        if told == Some(parent) && name.starts_with("sshd") {
            all.push(id);
            all.extend(children_of(id));
        }
    }
    all
}
