//! What is kept of a run so that a history need not be read sample by sample.
//!
//! The problem: two years of nights are 35 million samples. Every question about them (which
//! series changed, how a curve ran, how noisy a series is) asks for the same few numbers of each
//! series and night, and to take those anew each time is to read and classify everything again.
//! They depend on the run alone, and a run that is over does not change. So they are computed once
//! and laid beside the store, in two forms:
//!
//! - *figures*: of each series centre, range and middle over processes: [`History`] strings them up;
//! - *samples*: what is judged of each series, for comparing runs: [`decode_samples`] is
//!   [`crate::judged::Observations`] again.
//!
//! Both are functions of the samples and of the rules in this crate. [`VERSION`] stands for the
//! rules: whoever changes what a figure is raises it, and what was derived by older rules is derived
//! anew. Bytes that are not as they should be are `None`, which means the same.
//!
//! *Layout.* Little-endian. A series' key is JSON, once for all its measures; keys are the same
//! from night to night, so [`History`] looks their bytes up and parses each once.

use std::collections::HashMap;

use model::SeriesKey;
use stats::median;

use crate::figure::figure;
use crate::history::Series;
use crate::judged::Observations;
use crate::measure::{Followed, Measure, Observed};

/// Of the rules by which figures and samples are taken, and of the layout.
pub const VERSION: u32 = 3;

/// One series in one run, in the measure's unit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Figure {
    /// Mean over processes of their medians, or the best of them, as the measure wants.
    pub centre: f64,
    /// Least and greatest of these medians.
    pub low: f64,
    pub high: f64,
    /// Their median.
    pub middle: f64,
}

impl Figure {
    pub fn of(measure: Measure, side: &[Vec<f64>]) -> Option<Figure> {
        let medians: Result<Vec<f64>, _> = side.iter().map(|values| median(values)).collect();
        let medians = medians.ok()?;
        Some(Figure {
            centre: figure(measure, side)?,
            low: medians.iter().copied().reduce(f64::min)?,
            high: medians.iter().copied().reduce(f64::max)?,
            middle: median(&medians).ok()?,
        })
    }
}

/// The figures of a run; series that failed have none.
pub fn encode_figures(observations: &Observations) -> Vec<u8> {
    encode(observations, |out, measure, observed| {
        let side = observed.side.as_ref().ok();
        let figure = side.and_then(|side| Figure::of(measure, side));
        match figure {
            None => out.push(0),
            Some(figure) => {
                out.push(1);
                for value in [figure.centre, figure.low, figure.high, figure.middle] {
                    out.extend(value.to_le_bytes());
                }
            }
        }
    })
}

/// What is judged of a run.
pub fn encode_samples(observations: &Observations) -> Vec<u8> {
    encode(observations, |out, _, observed| {
        put_text(out, &observed.build);
        match &observed.side {
            Err(cause) => {
                out.push(0);
                put_text(out, cause);
            }
            Ok(invocations) => {
                out.push(1);
                put_count(out, invocations.len());
                for values in invocations {
                    put_count(out, values.len());
                    values
                        .iter()
                        .for_each(|value| out.extend(value.to_le_bytes()));
                }
            }
        }
    })
}

fn encode(observations: &Observations, put: impl Fn(&mut Vec<u8>, Measure, &Observed)) -> Vec<u8> {
    let mut out = Vec::new();
    put_count(&mut out, observations.len());
    let mut before: Option<&SeriesKey> = None;
    for (followed, observed) in observations {
        let is_same = before == Some(&followed.key);
        match is_same {
            // An empty key is that of the row before.
            true => put_text(&mut out, ""),
            false => put_text(
                &mut out,
                &serde_json::to_string(&followed.key).unwrap_or_default(),
            ),
        }
        before = Some(&followed.key);
        out.push(followed.measure as u8);
        put(&mut out, followed.measure, observed);
    }
    out
}

fn put_count(out: &mut Vec<u8>, count: usize) {
    out.extend(u32::try_from(count).unwrap_or(u32::MAX).to_le_bytes());
}

fn put_text(out: &mut Vec<u8>, text: &str) {
    put_count(out, text.len());
    out.extend(text.as_bytes());
}

/// What [`encode_samples`] was given.
pub fn decode_samples(bytes: &[u8]) -> Option<Observations> {
    let mut from = From(bytes);
    let mut all = Observations::new();
    let mut key: Option<SeriesKey> = None;
    for _ in 0..from.count()? {
        if let raw @ [_, ..] = from.bytes()? {
            key = Some(serde_json::from_slice(raw).ok()?);
        }
        let measure = *Measure::ALL.get(usize::from(from.byte()?))?;
        let build = from.text()?;
        let side = match from.byte()? {
            0 => Err(from.text()?),
            1 => Ok(from.invocations()?),
            _ => return None,
        };
        let key = key.clone()?;
        all.insert(Followed { key, measure }, Observed { build, side });
    }
    from.0.is_empty().then_some(all)
}

/// What is left to read.
struct From<'a>(&'a [u8]);

impl<'a> From<'a> {
    fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(taken)
    }

    fn byte(&mut self) -> Option<u8> {
        self.take(1).map(|bytes| bytes[0])
    }

    fn count(&mut self) -> Option<usize> {
        let bytes = self.take(4)?.try_into().ok()?;
        usize::try_from(u32::from_le_bytes(bytes)).ok()
    }

    fn bytes(&mut self) -> Option<&'a [u8]> {
        let count = self.count()?;
        self.take(count)
    }

    fn text(&mut self) -> Option<String> {
        String::from_utf8(self.bytes()?.to_vec()).ok()
    }

    fn value(&mut self) -> Option<f64> {
        let bytes = self.take(8)?.try_into().ok()?;
        Some(f64::from_le_bytes(bytes))
    }

    fn invocations(&mut self) -> Option<Vec<Vec<f64>>> {
        let mut invocations = Vec::new();
        for _ in 0..self.count()? {
            let count = self.count()?;
            let raw = self.take(count.checked_mul(8)?)?;
            let value = |bytes: &[u8]| bytes.try_into().map_or(f64::NAN, f64::from_le_bytes);
            invocations.push(raw.chunks_exact(8).map(value).collect());
        }
        Some(invocations)
    }

    fn figure(&mut self) -> Option<Figure> {
        Some(Figure {
            centre: self.value()?,
            low: self.value()?,
            high: self.value()?,
            middle: self.value()?,
        })
    }
}

/// Runs and figures, in the runs' order.
pub type Nights = Vec<(usize, Figure)>;

/// A row of a run: which key, which measure.
type Row = (usize, Measure, Figure);

/// The figures of many runs, series by series.
#[derive(Debug, Default)]
pub struct History<'a> {
    known: HashMap<&'a [u8], usize>,
    keys: Vec<SeriesKey>,
    /// By key, then by measure in the table's order: run and figure.
    nights: Vec<[Nights; Measure::ALL.len()]>,
}

impl<'a> History<'a> {
    /// Adds the figures of the run with this index; runs are added in their order. `None` if the
    /// bytes are no figures, and nothing is added.
    pub fn add(&mut self, run: usize, bytes: &'a [u8]) -> Option<()> {
        for (key, measure, figure) in self.rows(bytes)? {
            self.nights[key][measure as usize].push((run, figure));
        }
        Some(())
    }

    fn rows(&mut self, bytes: &'a [u8]) -> Option<Vec<Row>> {
        let mut from = From(bytes);
        let mut rows = Vec::new();
        let mut key = None;
        for _ in 0..from.count()? {
            if let raw @ [_, ..] = from.bytes()? {
                key = Some(self.key(raw)?);
            }
            let measure = *Measure::ALL.get(usize::from(from.byte()?))?;
            match from.byte()? {
                0 => {}
                1 => rows.push((key?, measure, from.figure()?)),
                _ => return None,
            }
        }
        from.0.is_empty().then_some(rows)
    }

    fn key(&mut self, raw: &'a [u8]) -> Option<usize> {
        if let Some(known) = self.known.get(raw) {
            return Some(*known);
        }
        let key: SeriesKey = serde_json::from_slice(raw).ok()?;
        // Text that differs and means the same is one series.
        let same = self.keys.iter().position(|known| *known == key);
        let at = same.unwrap_or_else(|| {
            self.keys.push(key);
            self.nights.push(Default::default());
            self.keys.len() - 1
        });
        self.known.insert(raw, at);
        Some(at)
    }

    /// The series of these measures, in the order of their keys.
    pub fn series(&self, measures: &[Measure]) -> Vec<Series> {
        let mut all = Vec::new();
        for (key, nights) in self.keys.iter().zip(&self.nights) {
            for measure in Measure::ALL {
                let nights = &nights[measure as usize];
                if nights.is_empty() || !measures.contains(&measure) {
                    continue;
                }
                let key = key.clone();
                all.push(Series {
                    followed: Followed { key, measure },
                    nights: nights
                        .iter()
                        .map(|(run, figure)| (*run, figure.centre))
                        .collect(),
                });
            }
        }
        all.sort_by(|one, other| one.followed.cmp(&other.followed));
        all
    }

    /// Each key with its figures: by measure, then run by run.
    pub fn nights(&self) -> impl Iterator<Item = (&SeriesKey, &[Nights; Measure::ALL.len()])> {
        self.keys.iter().zip(&self.nights)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::{BenchmarkName, ClockKind, Configuration, ExecutorName, SuiteName, Target};

    fn key(benchmark: &str) -> SeriesKey {
        SeriesKey {
            suite: SuiteName::new("s").unwrap(),
            suite_version: 1,
            benchmark: BenchmarkName::new(benchmark).unwrap(),
            benchmark_version: 2,
            size: 3,
            arguments: "--x \"y\"".to_owned(),
            executor: ExecutorName::new("e").unwrap(),
            configuration: Configuration::Jit,
            target: Target::S390x,
            host: "h".to_owned(),
            clock: ClockKind::QemuWall,
            build: String::new(),
        }
    }

    fn observations(level: f64) -> Observations {
        let mut all = Observations::new();
        let mut add = |benchmark: &str, measure, side| {
            let followed = Followed {
                key: key(benchmark),
                measure,
            };
            let build = format!("build {level}");
            all.insert(followed, Observed { build, side });
        };
        add(
            "a",
            Measure::Time,
            Ok(vec![
                vec![level, 3.0 * level, 2.0 * level],
                vec![5.0 * level],
            ]),
        );
        add("a", Measure::PeakMemory, Ok(vec![vec![7.5], vec![8.5]]));
        add("b", Measure::Time, Err("killed, \"why\"\n".to_owned()));
        add("c", Measure::Time, Ok(vec![vec![level]]));
        all
    }

    #[test]
    fn what_is_kept_is_what_was_observed() {
        let given = observations(1.5);
        let bytes = encode_samples(&given);
        assert_eq!(decode_samples(&bytes), Some(given));
        assert_eq!(
            decode_samples(&encode_samples(&Observations::new())),
            Some(Observations::new())
        );
    }

    #[test]
    fn a_history_of_figures_is_one_of_the_samples() {
        let runs = [observations(1.0), observations(2.0)];
        let bytes: Vec<Vec<u8>> = runs.iter().map(encode_figures).collect();
        let mut history = History::default();
        for (run, bytes) in bytes.iter().enumerate() {
            assert_eq!(history.add(run, bytes), Some(()));
        }
        let figures: Vec<std::collections::BTreeMap<Followed, f64>> = runs
            .iter()
            .map(|run| {
                let each = run.iter();
                each.filter_map(|(f, o)| {
                    Some((f.clone(), figure(f.measure, o.side.as_ref().ok()?)?))
                })
                .collect()
            })
            .collect();
        let expected = crate::history::series_of(&figures, &Measure::ALL);
        assert_eq!(history.series(&Measure::ALL), expected);
        let (_, nights) = history.nights().next().unwrap();
        let (run, figure) = nights[Measure::Time as usize][1];
        assert_eq!(run, 1);
        assert_eq!(
            (figure.centre, figure.low, figure.high, figure.middle),
            (7.0, 4.0, 10.0, 7.0)
        );
    }

    #[test]
    fn bytes_that_were_cut_or_changed_are_nothing() {
        for bytes in [
            encode_samples(&observations(1.0)),
            encode_figures(&observations(1.0)),
        ] {
            for length in 0..bytes.len() {
                assert_eq!(decode_samples(&bytes[..length]), None, "{length}");
                assert_eq!(
                    History::default().add(0, &bytes[..length]),
                    None,
                    "{length}"
                );
            }
            for at in 0..bytes.len() {
                // Whatever comes of it, nothing panics and no count takes the memory.
                let mut changed = bytes.clone();
                changed[at] = 0xff;
                let _ = decode_samples(&changed);
                let _ = History::default().add(0, &changed);
            }
        }
    }
}
