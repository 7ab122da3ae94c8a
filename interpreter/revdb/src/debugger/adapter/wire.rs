//! Messages as they travel: a header with the length, an empty line, JSON.
//!
//! Whatever arrives, reading goes on behind it where that can be: a header that is none is skipped
//! up to the next line that gives a length, and JSON that is no request is answered with what is
//! wrong with it. Only a length beyond all measure ends the session, as what follows cannot be told
//! from it.

use crate::moment::interrupt;
use serde_json::{Value, json};
use std::io::{self, BufRead, Read, Write};
use std::sync::mpsc::{self, Receiver};
use std::thread;

/// Longer messages are none of an editor's.
const MESSAGE_BYTES_MAX: usize = 64 << 20;
/// Longer lines are no headers.
const HEADER_BYTES_MAX: u64 = 4096;
/// How the only header that matters begins.
const LENGTH: &str = "Content-Length:";

/// Requests that end what runs, before they are answered in their turn.
const INTERRUPTING: &[&str] = &["pause", "cancel", "disconnect", "terminate"];

/// What the editor asks for.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Request {
    pub(super) seq: i64,
    pub(super) command: String,
    pub(super) arguments: Value,
}

/// What arrives.
#[derive(Clone, PartialEq, Debug)]
pub(super) enum Incoming {
    Request(Request),
    /// What is no request; with its number, if it has one.
    Malformed {
        seq: Option<i64>,
        why: String,
    },
    End,
}

impl Request {
    /// A number among the arguments.
    pub(super) fn number(&self, name: &str) -> Result<u64, String> {
        let wrong = || format!("`{}` needs a number `{name}`", self.command);
        self.arguments[name].as_u64().ok_or_else(wrong)
    }

    pub(super) fn text(&self, name: &str) -> Result<&str, String> {
        let wrong = || format!("`{}` needs a text `{name}`", self.command);
        self.arguments[name].as_str().ok_or_else(wrong)
    }

    /// A list among the arguments, which may be left out.
    pub(super) fn list(&self, name: &str) -> Result<&[Value], String> {
        match &self.arguments[name] {
            Value::Null => Ok(&[]),
            Value::Array(list) => Ok(list),
            _ => Err(format!("`{name}` of `{}` is a list", self.command)),
        }
    }
}

/// The side on which the editor's messages arrive.
pub(super) struct Input {
    stream: Box<dyn BufRead + Send>,
}

impl Input {
    pub(super) fn new(stream: Box<dyn BufRead + Send>) -> Input {
        Input { stream }
    }

    /// The next message.
    pub(super) fn read(&mut self) -> Incoming {
        match self.read_length() {
            Ok(Some(length)) if length > MESSAGE_BYTES_MAX => Incoming::End,
            Ok(Some(length)) => {
                let mut bytes = vec![0; length];
                match self.stream.read_exact(&mut bytes) {
                    Ok(()) => request(&bytes),
                    Err(_) => Incoming::End,
                }
            }
            Ok(None) => Incoming::End,
            Err(why) => Incoming::Malformed { seq: None, why },
        }
    }

    /// The length that a header gives; nothing at the end of the input. An error is a header
    /// without a length, which was skipped.
    fn read_length(&mut self) -> Result<Option<usize>, String> {
        let mut length = None;
        let mut wrong = None;
        loop {
            let mut line = Vec::new();
            let mut bounded = Read::by_ref(&mut self.stream).take(HEADER_BYTES_MAX);
            match bounded.read_until(b'\n', &mut line) {
                Ok(0) | Err(_) => return Ok(None),
                Ok(_) => {}
            }
            let text = String::from_utf8_lossy(&line);
            let text = text.trim_end_matches(['\r', '\n']);
            // Behind a message that was longer than it said, the next one's header is found again.
            let text = text.find(LENGTH).map_or(text, |at| &text[at..]);
            if text.is_empty() {
                match (length, wrong.take()) {
                    (Some(length), _) => return Ok(Some(length)),
                    (None, Some(why)) => return Err(why),
                    // Empty lines between messages.
                    (None, None) => continue,
                }
            }
            match text.split_once(':') {
                Some((name, value)) if name.eq_ignore_ascii_case("Content-Length") => {
                    match value.trim().parse() {
                        Ok(bytes) => length = Some(bytes),
                        Err(_) => wrong = Some(format!("'{}' is no length", value.trim())),
                    }
                }
                // Other headers say nothing that is needed.
                Some((name, _)) if name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-') => {}
                _ => wrong = Some(format!("'{}' is no header", short(text))),
            }
        }
    }

    /// Reads on in a thread, which also interrupts what runs where the editor wishes it.
    pub(super) fn in_thread(mut self) -> io::Result<Receiver<Incoming>> {
        let (sender, receiver) = mpsc::channel();
        let read_on = move || {
            loop {
                let message = self.read();
                let is_end = message == Incoming::End;
                let interrupts = match &message {
                    Incoming::Request(request) => INTERRUPTING.contains(&request.command.as_str()),
                    Incoming::Malformed { .. } => false,
                    Incoming::End => true,
                };
                if interrupts {
                    interrupt();
                }
                if sender.send(message).is_err() || is_end {
                    return;
                }
            }
        };
        thread::Builder::new()
            .name(String::from("editor"))
            .spawn(read_on)?;
        Ok(receiver)
    }
}

fn short(text: &str) -> String {
    text.chars().take(60).collect()
}

/// Reads the JSON of a message.
fn request(bytes: &[u8]) -> Incoming {
    let message: Value = match serde_json::from_slice(bytes) {
        Ok(message) => message,
        Err(error) => {
            return Incoming::Malformed {
                seq: None,
                why: format!("a message is no JSON: {error}"),
            };
        }
    };
    let seq = message["seq"].as_i64();
    let malformed = |why: &str| Incoming::Malformed {
        seq,
        why: why.to_owned(),
    };
    if message["type"] != "request" {
        return malformed("only requests are understood");
    }
    let Some(seq) = seq else {
        return malformed("a request needs a number `seq`");
    };
    let Some(command) = message["command"].as_str() else {
        return malformed("a request needs a text `command`");
    };
    match &message["arguments"] {
        Value::Null | Value::Object(_) => Incoming::Request(Request {
            seq,
            command: command.to_owned(),
            arguments: message["arguments"].clone(),
        }),
        _ => malformed("`arguments` is an object"),
    }
}

/// The side on which messages go to the editor.
pub(super) struct Outgoing {
    stream: Box<dyn Write>,
    seq: i64,
    is_broken: bool,
}

impl Outgoing {
    pub(super) fn new(stream: Box<dyn Write>) -> Outgoing {
        Outgoing {
            stream,
            seq: 0,
            is_broken: false,
        }
    }

    /// The editor is gone.
    pub(super) fn is_broken(&self) -> bool {
        self.is_broken
    }

    fn send(&mut self, mut message: Value) {
        self.seq += 1;
        message["seq"] = json!(self.seq);
        let text = message.to_string();
        let sent = write!(self.stream, "Content-Length: {}\r\n\r\n{text}", text.len());
        if sent.and_then(|()| self.stream.flush()).is_err() {
            self.is_broken = true;
        }
    }

    pub(super) fn event(&mut self, event: &str, body: &Value) {
        self.send(json!({"type": "event", "event": event, "body": body}));
    }

    pub(super) fn respond(&mut self, request: &Request, outcome: Result<Value, &str>) {
        self.answer(request.seq, &request.command, outcome);
    }

    fn answer(&mut self, seq: i64, command: &str, outcome: Result<Value, &str>) {
        let mut message = json!({
            "type": "response",
            "request_seq": seq,
            "command": command,
            "success": outcome.is_ok(),
        });
        match outcome {
            Ok(Value::Null) => {}
            Ok(body) => message["body"] = body,
            Err(text) => {
                message["message"] = json!(text);
                let error = json!({"id": 1, "format": "{text}", "variables": {"text": text},
                    "showUser": true});
                message["body"] = json!({"error": error});
            }
        }
        self.send(message);
    }

    /// Tells what is wrong with a message.
    pub(super) fn malformed(&mut self, seq: Option<i64>, why: &str) {
        match seq {
            Some(seq) => self.answer(seq, "", Err(why)),
            None => {
                let text = format!("krait: {why}\n");
                self.event("output", &json!({"category": "important", "output": text}));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8]) -> Vec<Incoming> {
        let mut input = Input::new(Box::new(io::Cursor::new(bytes.to_vec())));
        let mut all = Vec::new();
        loop {
            let message = input.read();
            all.push(message.clone());
            if message == Incoming::End {
                return all;
            }
        }
    }

    fn framed(text: &str) -> Vec<u8> {
        format!("Content-Length: {}\r\n\r\n{text}", text.len()).into_bytes()
    }

    fn whys(bytes: &[u8]) -> Vec<String> {
        let all = read(bytes).into_iter();
        all.filter_map(|message| match message {
            Incoming::Malformed { why, .. } => Some(why),
            _ => None,
        })
        .collect()
    }

    const GOOD: &str = r#"{"seq": 3, "type": "request", "command": "threads"}"#;

    fn is_good(message: &Incoming) -> bool {
        matches!(message, Incoming::Request(r) if r.seq == 3 && r.command == "threads")
    }

    #[test]
    fn requests_are_read_one_after_the_other() {
        let mut bytes = framed(GOOD);
        bytes.extend(framed(GOOD));
        // Other headers, another case, and no carriage return.
        bytes.extend(format!("Other: 1\ncontent-LENGTH:{}\n\n{GOOD}", GOOD.len()).bytes());
        let all = read(&bytes);
        assert!(all.len() == 4 && all[..3].iter().all(is_good), "{all:?}");
    }

    #[test]
    fn what_is_malformed_is_told_and_the_next_is_read() {
        for (bad, told) in [
            (&b"nonsense\r\n\r\n"[..], "is no header"),
            (b"Content-Length: many\r\n\r\n", "is no length"),
            (b"Content-Length: -4\r\n\r\n", "is no length"),
            (b"Content-Length: 3\r\n\r\n{a}", "is no JSON"),
            (b"Content-Length: 3\r\n\r\n{a}, \"more\": 4}", "is no JSON"),
            (b"Content-Length: 2\r\n\r\n\xff\xfe", "is no JSON"),
            (b"Content-Length: 0\r\n\r\n", "is no JSON"),
            (&framed("[1]"), "only requests"),
            (&framed(r#"{"type": "request", "command": "x"}"#), "`seq`"),
            (&framed(r#"{"type": "request", "seq": 1}"#), "`command`"),
            (
                &framed(r#"{"type":"request","seq":1,"command":"x","arguments":[]}"#),
                "an object",
            ),
        ] {
            let mut bytes = bad.to_vec();
            bytes.extend(framed(GOOD));
            let told_of = whys(&bytes);
            assert!(
                told_of.len() == 1 && told_of[0].contains(told),
                "{told_of:?}"
            );
            let all = read(&bytes);
            assert!(all.iter().any(is_good), "{all:?}");
        }
    }

    #[test]
    fn what_is_cut_off_or_too_long_is_the_end() {
        let long = format!("Content-Length: {}\r\n\r\n", u64::MAX);
        for bytes in [&framed(GOOD)[..40], b"Content-Le", b"", long.as_bytes()] {
            assert!(!read(bytes).iter().any(is_good));
        }
    }
}
