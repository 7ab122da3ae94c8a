//! Editors: the Debug Adapter Protocol, spoken badly by hand, and well by a client that others
//! wrote.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Command, Stdio};

use super::talk::{Surface, Talk};
use super::{Bench, COUNTING, Outcome, has, text};

/// Python's side of the checks.
const CLIENT: &str = include_str!("client.py");

fn framed(message: &str) -> String {
    format!("Content-Length: {}\r\n\r\n{message}", message.len())
}

fn request(seq: u32, command: &str, arguments: &str) -> String {
    framed(&format!(
        r#"{{"seq":{seq},"type":"request","command":"{command}","arguments":{arguments}}}"#
    ))
}

/// Requests that cannot be answered as they are, and what is said of each.
const REFUSED: &[(&str, &str, &str)] = &[
    ("flyToTheMoon", "{}", "there is no request `flyToTheMoon`"),
    ("scopes", "{}", "needs a number `frameId`"),
    ("scopes", "{\"frameId\": -1}", "needs a number `frameId`"),
    ("scopes", "{\"frameId\": 99}", "there is no such frame"),
    (
        "variables",
        "{\"variablesReference\": 7}",
        "of another moment",
    ),
    (
        "variables",
        "{\"variablesReference\": \"x\"}",
        "needs a number",
    ),
    (
        "evaluate",
        "{\"expression\": 5}",
        "needs a text `expression`",
    ),
    ("evaluate", "{\"expression\": \"1 +\"}", "SyntaxError"),
    (
        "evaluate",
        "{\"expression\": \"open('x', 'w')\"}",
        "Attempted to do I/O",
    ),
    (
        "evaluate",
        "{\"expression\": \":frobnicate\"}",
        "unknown command",
    ),
    (
        "source",
        "{\"sourceReference\": 9}",
        "there is no such source",
    ),
    ("setBreakpoints", "{}", "needs a `path`"),
    (
        "setBreakpoints",
        "{\"source\": {\"path\": \"x\"}, \"breakpoints\": 3}",
        "is a list",
    ),
    (
        "setBreakpoints",
        "{\"source\": {\"path\": \"x\"}, \"breakpoints\": [{}]}",
        "a line is a number",
    ),
    (
        "setFunctionBreakpoints",
        "{\"breakpoints\": [{\"name\": \"f\", \"condition\": \"1 +\"}]}",
        "SyntaxError",
    ),
    (
        "setFunctionBreakpoints",
        "{\"breakpoints\": [{\"name\": \"f\", \"hitCondition\": \"often\"}]}",
        "counts no hits",
    ),
    (
        "setExceptionBreakpoints",
        "{\"filters\": [\"x\"]}",
        "no such filter",
    ),
    (
        "setDataBreakpoints",
        "{\"breakpoints\": [{\"dataId\": \"$99\"}]}",
        "there is no $99",
    ),
    ("goto", "{\"targetId\": 0}", "no such target"),
    ("exceptionInfo", "{\"threadId\": 1}", "no exception"),
];

pub(super) fn nonsense(bench: &Bench) -> Outcome {
    let recording = bench.record("counting", COUNTING)?;
    let mut talk = Talk::start(bench, &["--dap", text(&recording.log)], Surface::Pipes)?;
    talk.send("nonsense\r\n\r\n")?;
    talk.expect("is no header")?;
    talk.send(&framed("{\"seq\": 1"))?;
    talk.expect("is no JSON")?;
    talk.send(&framed("[]"))?;
    talk.expect("only requests")?;
    talk.send(&request(2, "threads", "{}"))?;
    talk.expect("`threads` needs an open log")?;
    talk.send(&request(3, "initialize", "{\"adapterID\":\"x\"}"))?;
    talk.expect("supportsStepBack")?;
    talk.send(&request(4, "launch", "{}"))?;
    talk.expect("\"initialized\"")?;
    talk.send("Content-Length: many\r\n\r\n")?;
    talk.expect("is no length")?;
    talk.send(&request(5, "configurationDone", "{}"))?;
    talk.expect("\"stopped\"")?;
    for (command, arguments, told) in REFUSED {
        talk.send(&request(6, command, arguments))?;
        talk.expect(told)?;
    }
    talk.send(&request(7, "evaluate", "{\"expression\": \"6 * 7\"}"))?;
    talk.expect("\"result\":\"42\"")?;
    // A length beyond all measure is the end.
    talk.send("Content-Length: 99999999999999\r\n\r\n")?;
    talk.left(0)?;
    recording.unaltered()
}

pub(super) fn bad_logs(bench: &Bench) -> Outcome {
    let recording = bench.record("counting", COUNTING)?;
    bench.write("foreign.rdb", "this is no log, whatever else it is\n")?;
    let mut talk = Talk::start(bench, &["--dap"], Surface::Pipes)?;
    talk.send(&request(1, "initialize", "{}"))?;
    talk.expect("supportsStepBack")?;
    for (arguments, told) in [
        ("{}", "needs the recording's path"),
        ("{\"log\": \"missing.rdb\"}", "cannot read missing.rdb"),
        ("{\"log\": \"foreign.rdb\"}", "is no recording"),
    ] {
        talk.send(&request(2, "launch", arguments))?;
        talk.expect(told)?;
    }
    talk.send(&request(3, "launch", "{\"log\": \"counting.rdb\"}"))?;
    talk.expect("\"initialized\"")?;
    talk.send(&request(4, "disconnect", "{}"))?;
    talk.expect("\"terminated\"")?;
    talk.left(0)?;
    recording.unaltered()
}

pub(super) fn port(bench: &Bench) -> Outcome {
    let recording = bench.record("counting", COUNTING)?;
    let mut child = Command::new(&bench.setup.words[0])
        .args(&bench.setup.words[1..])
        .args(["--dap-port", "0", text(&recording.log)])
        .stdin(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|e| e.to_string())?;
    let mut line = String::new();
    let mut errors = child.stderr.take().map(BufReader::new);
    if let Some(errors) = &mut errors {
        errors.read_line(&mut line).map_err(|e| e.to_string())?;
    }
    let address = line.trim_end().rsplit(' ').next().unwrap_or_default();
    let talked = talk_to(address);
    if talked.is_err() {
        let _ = child.kill();
    }
    let status = child.wait().map_err(|e| e.to_string())?;
    talked.map_err(|e| format!("{e} (the debugger said '{line}')"))?;
    if !status.success() {
        return Err(format!("the debugger left with {status}"));
    }
    recording.unaltered()
}

fn talk_to(address: &str) -> Outcome {
    let explain = |e: std::io::Error| format!("cannot talk to {address}: {e}");
    let mut stream = TcpStream::connect(address).map_err(explain)?;
    let all = [
        request(1, "initialize", "{\"linesStartAt1\": false}"),
        request(2, "launch", "{\"stopOnEntry\": false}"),
        request(3, "configurationDone", "{}"),
        request(4, "disconnect", "{}"),
    ];
    stream.write_all(all.concat().as_bytes()).map_err(explain)?;
    let mut said = String::new();
    stream.read_to_string(&mut said).map_err(explain)?;
    has(
        &said,
        &["supportsStepBack", "\"initialized\"", "\"terminated\""],
    )
}

pub(super) fn client(bench: &Bench) -> Outcome {
    let Some(python) = &bench.setup.python else {
        eprintln!("NOT CHECKED with a real client: name a Python that has debugpy with --python");
        return Ok(());
    };
    let client = bench.write("client.py", CLIENT)?;
    let output = Command::new(python)
        .arg(&client)
        .arg(bench.folder.path())
        .args(&bench.setup.words)
        .output()
        .map_err(|e| format!("cannot start {}: {e}", python.display()))?;
    let said = String::from_utf8_lossy(&output.stdout).into_owned()
        + &String::from_utf8_lossy(&output.stderr);
    match output.status.success() {
        true => has(&said, &["all went well"]),
        false => Err(said),
    }
}
