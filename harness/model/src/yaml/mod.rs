//! Reading experiments and the catalogue of benchmarks.
//!
//! Two steps: `typed` says which keys there are and what form their values have; `meaning`
//! says how they go together. Both report a [`Problem`], which points at a place in the file and
//! says what to do. A wrong key never passes unnoticed: an option that is silently ignored costs
//! a night of measuring.

mod executors;
mod hosts;
mod meaning;
mod parameters;
mod typed;

use indexmap::IndexMap;
use miette::{Diagnostic, NamedSource, SourceSpan};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::Experiment;

/// What is wrong with a file, where, and what to do about it.
#[derive(Debug, thiserror::Error, Diagnostic)]
#[error("{message}")]
pub struct Problem {
    pub message: String,
    #[help]
    pub help: Option<String>,
    #[source_code]
    file: NamedSource<String>,
    #[label("here")]
    at: Option<SourceSpan>,
    /// Line in the file, from 1.
    pub line: Option<u64>,
}

/// What is known of each benchmark: its version, what it must print, what it is usually asked.
/// It lives beside the expected digests, so that experiments need not repeat it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Catalogue(IndexMap<String, Entry>);

/// The catalogues of an experiment.
#[derive(Clone, Debug, Default)]
pub struct Catalogues {
    /// Of suites that name none.
    pub usual: Catalogue,
    /// Of those that do, by the file's name as they give it.
    pub named: IndexMap<String, Catalogue>,
}

/// One benchmark of the catalogue.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    pub version: u32,
    pub default_size: u64,
    pub default_iterations: u32,
    /// A size that takes milliseconds.
    pub test_size: u64,
    /// By size.
    pub digests: IndexMap<u64, String>,
    pub description: String,
    /// Where the benchmark was described first.
    pub source: String,
}

impl Catalogue {
    /// Reads `expected/digests.yaml`. `file` is only used in messages.
    ///
    /// # Errors
    /// The file is no mapping of benchmarks to entries.
    pub fn parse(file: &str, text: &str) -> Result<Catalogue, Box<Problem>> {
        parse(file, text).map(Catalogue)
    }

    pub fn get(&self, benchmark: &str) -> Option<&Entry> {
        self.0.get(benchmark)
    }

    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }
}

/// A file with its text. The name is only used in messages.
#[derive(Clone, Copy, Debug)]
pub struct Source<'a> {
    pub file: &'a str,
    pub text: &'a str,
}

/// Other files that an experiment refers to, as it names them: relative to its own.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct References {
    /// The catalogue.
    pub expected: Option<String>,
    /// Files with further suites and executors.
    pub include: Vec<String>,
    /// Catalogues of single suites.
    pub catalogues: Vec<String>,
}

/// What the harness must read before it can read an experiment.
///
/// # Errors
/// The first thing that is wrong with the form of the file.
pub fn references(of: Source<'_>) -> Result<References, Box<Problem>> {
    let typed: typed::Experiment = parse(of.file, of.text)?;
    Ok(References {
        catalogues: catalogues(typed.suites.as_ref()),
        expected: typed.expected,
        include: typed.include,
    })
}

/// The catalogues that an included file refers to, as the experiment itself would.
///
/// # Errors
/// The first thing that is wrong with the form of the file.
pub fn catalogues_of_included(of: Source<'_>) -> Result<Vec<String>, Box<Problem>> {
    let typed: typed::Included = parse(of.file, of.text)?;
    Ok(catalogues(typed.suites.as_ref()))
}

fn catalogues(suites: Option<&serde_saphyr::Spanned<Vec<typed::Suite>>>) -> Vec<String> {
    let suites = suites.iter().flat_map(|list| &list.value);
    suites.filter_map(|suite| suite.expected.clone()).collect()
}

/// Reads an experiment that includes nothing. `file` is only used in messages.
///
/// # Errors
/// The first thing that is wrong with it.
pub fn experiment(
    file: &str,
    text: &str,
    catalogue: &Catalogue,
) -> Result<Experiment, Box<Problem>> {
    let catalogues = Catalogues {
        usual: catalogue.clone(),
        named: IndexMap::new(),
    };
    experiment_with(Source { file, text }, &[], &catalogues)
}

/// Reads an experiment with the files that it includes, in their order. Their hosts, suites and
/// executors go before its own; they include nothing themselves, and the files that they name are
/// relative to the experiment's.
///
/// # Errors
/// The first thing that is wrong, with its place in the file that it is in.
pub fn experiment_with(
    own: Source<'_>,
    included: &[Source<'_>],
    catalogues: &Catalogues,
) -> Result<Experiment, Box<Problem>> {
    let typed: typed::Experiment = parse(own.file, own.text)?;
    let files = included.iter();
    let files: Vec<typed::Included> = files
        .map(|file| parse(file.file, file.text))
        .collect::<Result<_, _>>()?;
    let files = included.iter().zip(&files).map(|(file, typed)| {
        let part = meaning::Part {
            hosts: &typed.hosts,
            suites: typed.suites.as_ref(),
            executors: typed.executors.as_ref(),
        };
        (*file, part)
    });
    let part = meaning::Part {
        hosts: &typed.hosts,
        suites: typed.suites.as_ref(),
        executors: typed.executors.as_ref(),
    };
    let parts: Vec<_> = files.chain([(own, part)]).collect();
    let mut lists = meaning::Lists::default();
    // Suites name executors, also those of files that come after.
    for (of, part) in &parts {
        meaning::runners(*part, &mut lists)
            .map_err(|wrong| Box::new(wrong.into_problem(of.file, of.text)))?;
    }
    for (of, part) in &parts {
        meaning::suites(*part, &typed, catalogues, &mut lists)
            .map_err(|wrong| Box::new(wrong.into_problem(of.file, of.text)))?;
    }
    meaning::experiment(&typed, lists)
        .map_err(|wrong| Box::new(wrong.into_problem(own.file, own.text)))
}

/// Reads what was typed in any YAML file of the harness; `file` is only used in messages.
///
/// # Errors
/// The first thing that is wrong with the form of the file.
pub fn parse<T: DeserializeOwned>(file: &str, text: &str) -> Result<T, Box<Problem>> {
    let options = serde_saphyr::options! { with_snippet: false };
    serde_saphyr::from_str_with_options(text, options)
        .map_err(|error| Box::new(problem_of(file, text, &error)))
}

fn problem_of(file: &str, text: &str, error: &serde_saphyr::Error) -> Problem {
    use serde_saphyr::Error as E;
    let (message, help) = match error.without_snippet() {
        E::SerdeUnknownField {
            field, expected, ..
        } => (
            format!("unknown key `{field}`"),
            Some(suggestion("keys", field, expected)),
        ),
        E::SerdeUnknownVariant {
            variant, expected, ..
        } => (
            format!("unknown value `{variant}`"),
            Some(suggestion("values", variant, expected)),
        ),
        E::SerdeMissingField { field, .. } => (
            format!("the key `{field}` is missing"),
            Some(format!("add `{field}: …` to this mapping")),
        ),
        other => (without_place(&other.to_string()), None),
    };
    let at = error.location();
    let span = at.as_ref().and_then(|location| span_of(text, location));
    Problem {
        message,
        help,
        file: source(file, text),
        at: span,
        line: at.map(|location| location.line()).filter(|line| *line > 0),
    }
}

/// The parser's own texts end in a place that the snippet shows anyhow.
fn without_place(message: &str) -> String {
    let end = message
        .find(" at line ")
        .or_else(|| message.find("\n"))
        .or_else(|| message.find(" (line "))
        .unwrap_or(message.len());
    message[..end].trim_end().to_owned()
}

fn source(file: &str, text: &str) -> NamedSource<String> {
    NamedSource::new(file, text.to_owned())
}

fn span_of(text: &str, location: &serde_saphyr::Location) -> Option<SourceSpan> {
    let span = location.span();
    let (start, length) = (span.byte_offset()?, span.byte_len().unwrap_or(0));
    let start = usize::try_from(start).ok()?.min(text.len());
    let end = start
        .saturating_add(usize::try_from(length).ok()?)
        .min(text.len());
    // A span of a whole mapping would mark pages: its first line says enough.
    let line_end = text
        .get(start..end)?
        .find('\n')
        .map_or(end, |newline| start + newline);
    Some(SourceSpan::new(start.into(), line_end - start))
}

/// "did you mean", and the list in any case.
fn suggestion(what: &str, typed: &str, known: &[&str]) -> String {
    let list = known
        .iter()
        .map(|name| format!("`{name}`"))
        .collect::<Vec<_>>()
        .join(", ");
    match nearest(typed, known) {
        Some(name) => format!("did you mean `{name}`? The known {what} here are {list}"),
        None => format!("the known {what} here are {list}"),
    }
}

fn nearest<'a>(typed: &str, known: &[&'a str]) -> Option<&'a str> {
    let (distance, name) = known
        .iter()
        .map(|name| (edit_distance(typed, name), *name))
        .min_by_key(|pair| pair.0)?;
    (distance <= 1 + typed.len() / 3).then_some(name)
}

/// Levenshtein's distance, one row at a time.
fn edit_distance(left: &str, right: &str) -> usize {
    let right: Vec<char> = right.chars().collect();
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (i, a) in left.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, b) in right.iter().enumerate() {
            let replaced = diagonal + usize::from(a != *b);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[right.len()]
}
