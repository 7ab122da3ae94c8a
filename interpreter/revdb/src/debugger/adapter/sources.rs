//! Files as the editor names them, and as the recording does.
//!
//! The recorded text is what counts. Where the editor's file has the same text, the editor is given
//! its path; where the file has changed, is gone, or was never there, the recorded text itself, by
//! a number.

use super::wire::Request;
use super::{Adapter, Fault, Outcome};
use crate::debugger::session::refusal;
use crate::debugger::show::Kept;
use crate::protocol::{self, Reply};
use serde_json::{Value, json};
use std::collections::HashMap;

/// What is known of files.
pub(super) struct Sources {
    /// Folders as the recording and as the editor names them.
    pub(super) mappings: Vec<(String, String)>,
    /// The answers for files by their recorded names.
    pub(super) known: HashMap<String, Value>,
    /// What `sourceReference`s stand for, from 1: the recorded name and text.
    pub(super) texts: Vec<(String, String)>,
}

impl Sources {
    /// Takes in `pathMappings`, each with `remoteRoot` (recorded) and `localRoot` (here).
    pub(super) fn map(&mut self, mappings: &Value) {
        for mapping in mappings.as_array().into_iter().flatten() {
            if let (Some(recorded), Some(here)) = (
                mapping["remoteRoot"].as_str(),
                mapping["localRoot"].as_str(),
            ) {
                self.mappings.push((recorded.to_owned(), here.to_owned()));
            }
        }
    }

    fn here(&self, recorded: &str) -> String {
        let mut all = self.mappings.iter();
        let found =
            all.find_map(|(from, to)| Some(format!("{to}{}", recorded.strip_prefix(from)?)));
        found.unwrap_or_else(|| recorded.to_owned())
    }

    fn recorded(&self, here: &str) -> String {
        let mut all = self.mappings.iter();
        let found = all.find_map(|(to, from)| Some(format!("{to}{}", here.strip_prefix(from)?)));
        found.unwrap_or_else(|| here.to_owned())
    }
}

impl Adapter {
    /// The recorded name of a file that the editor names.
    pub(super) fn recorded_file(&self, source: &Value) -> Result<String, Fault> {
        if let Some(number) = source["sourceReference"].as_u64().filter(|&n| n > 0) {
            return Ok(self.recorded_text(number)?.0.clone());
        }
        match source["path"].as_str().or_else(|| source["name"].as_str()) {
            Some(path) => Ok(self.sources.recorded(path)),
            None => Err(Fault::from(
                "a `source` needs a `path` or a `sourceReference`",
            )),
        }
    }

    fn recorded_text(&self, number: u64) -> Result<&(String, String), Fault> {
        let at = (number as usize).checked_sub(1);
        let text = at.and_then(|at| self.sources.texts.get(at));
        text.ok_or_else(|| Fault::from("there is no such source"))
    }

    /// A line as the editor counts, as the recording does.
    pub(super) fn line(&self, line: &Value) -> Result<u32, Fault> {
        let line = line.as_u64().and_then(|line| u32::try_from(line).ok());
        let line = line.ok_or("a line is a number")?;
        Ok(line + 1 - self.first_line)
    }

    /// The other way round.
    pub(super) fn shown_line(&self, line: u32) -> u32 {
        (line + self.first_line).saturating_sub(1)
    }

    /// What the editor is told of the file of a frame.
    pub(super) fn source_of(&mut self, frame: usize, file: &str) -> Value {
        if let Some(known) = self.sources.known.get(file) {
            return known.clone();
        }
        let lines = match self.session.ask(&protocol::Request::Source { frame }) {
            Ok(Reply::Source { lines, .. }) => lines,
            _ => Vec::new(),
        };
        let name = file.rsplit('/').next().unwrap_or(file);
        let here = self.sources.here(file);
        let source = match self.session.kept(&here, &lines) {
            Kept::AsRecorded => json!({"name": name, "path": here}),
            _ if lines.is_empty() => json!({"name": name, "presentationHint": "deemphasize"}),
            kept => {
                let text = lines.join("\n") + "\n";
                self.sources.texts.push((file.to_owned(), text));
                let origin = match kept {
                    Kept::Changed => "as recorded; the file has changed since",
                    Kept::Gone => "as recorded; the file is gone",
                    Kept::AsRecorded | Kept::Inside => "as recorded",
                };
                let reference = self.sources.texts.len();
                json!({"name": name, "path": file, "sourceReference": reference,
                    "origin": origin})
            }
        };
        self.sources.known.insert(file.to_owned(), source.clone());
        source
    }

    pub(super) fn source(&mut self, request: &Request) -> Outcome {
        let nested = request.arguments["source"]["sourceReference"].as_u64();
        let number = match nested {
            Some(number) if number > 0 => number,
            _ => request.number("sourceReference")?,
        };
        let (_, text) = self.recorded_text(number)?;
        Ok(json!({"content": text, "mimeType": "text/x-python"}).into())
    }

    /// Lines of what the session answers with instead of what was asked for.
    pub(super) fn other<T>(&self, reply: Reply) -> Result<T, Fault> {
        Err(refusal(reply).into())
    }
}
