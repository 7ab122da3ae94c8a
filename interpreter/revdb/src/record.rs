//! Recording: the tape that writes down.

use crate::log::{Header, Writer};
use crate::{LogError, build_id, target};
use std::path::Path;
use world::{Ending, Event, Question, Tail, Tape, Urgency};

/// After so many ticks the log is written out, with the time: this is how far a killed program is
/// replayed that asked the world for nothing. Some hundredths of a second.
const ALIVE_TICKS: u64 = 1 << 20;

/// Writes down what the world answers.
pub struct Recorder {
    log: Writer,
    alive_tick: u64,
}

impl Recorder {
    /// `without` names what was left out of the environment.
    pub fn create(
        path: &Path,
        words: Vec<String>,
        folder: String,
        without: &[String],
    ) -> Result<Recorder, LogError> {
        let header = Header {
            build: build_id(),
            target: target().to_owned(),
            words,
            folder,
            environment: match without.is_empty() {
                true => String::from("all"),
                false => format!("all but {}", without.join(", ")),
            },
        };
        Ok(Recorder {
            log: Writer::create(path, &header)?,
            alive_tick: ALIVE_TICKS,
        })
    }

    fn flush(&mut self) {
        self.log.flush();
        if let Some(text) = self.log.take_failure() {
            eprintln!("{text}");
        }
    }
}

impl Tape for Recorder {
    fn plays(&self) -> bool {
        false
    }

    fn asked(&mut self, question: &Question) {
        if question.op().urgency() == Urgency::Before {
            self.flush();
        }
    }

    fn answered(&mut self, question: &Question, head: &[u8], tail: Tail<'_>) {
        self.log.answer(question.op(), question.check(), head, tail);
        if question.op().urgency() == Urgency::After {
            self.flush();
        }
    }

    fn answer(&mut self, _question: &Question) -> Vec<u8> {
        unreachable!("a recording tape is not asked")
    }

    fn malformed(&mut self, _question: &Question) -> ! {
        unreachable!("a recording tape gives no answers")
    }

    fn wrote(&mut self, _stream: i32, _bytes: &[u8]) {}

    fn has_read(&mut self, _name: &[u8], _contents: &[u8]) {}

    fn divert(&mut self, _on: bool) {}

    fn event_tick(&self) -> u64 {
        self.alive_tick
    }

    fn happened(&mut self, tick: u64, event: &Event) {
        self.log.event(tick, event);
        if tick >= self.alive_tick {
            self.alive_tick = tick + ALIVE_TICKS;
            self.flush();
        }
    }

    fn event(&mut self, _tick: u64) -> Option<Event> {
        None
    }

    fn end(&mut self, ending: &Ending) {
        self.log.end(ending);
        self.flush();
    }
}
