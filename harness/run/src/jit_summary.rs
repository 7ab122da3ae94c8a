//! Reads the section `jit-summary` that PyPy and krait write at their end.
//!
//! Lines are `label:` blanks or tabs, a count, and for some of them a number of seconds. They are
//! read by label: versions differ in which lines they have, and a line that is not understood
//! spoils nothing. Counts keep their label; seconds get the label with ` seconds` after it.
//!
//! The text comes from a process that may have been killed while it wrote, or that is hostile: a
//! label becomes the name of a criterion, so it is short and plain or the line is passed over, and
//! so is a value that is no finite number from 0 up. Of two lines with one label the last counts.

/// Longer labels are no labels.
const LABEL_CHARS: usize = 60;
/// More lines than any version has; what is beyond is passed over.
const LINES: usize = 500;
/// So much of the file is read at most.
pub(crate) const FILE_BYTES: u64 = 1 << 20;

/// Labels and values in the order of the text; of several sections, the last.
pub(crate) fn parse(text: &str) -> Vec<(String, f64)> {
    let mut values: Vec<(String, f64)> = Vec::new();
    let mut inside = false;
    for line in text.lines() {
        if line.ends_with("{jit-summary") {
            inside = true;
            values.clear();
        } else if line.ends_with("jit-summary}") {
            inside = false;
        } else if inside && values.len() < LINES {
            for (label, value) in parse_line(line).into_iter().flatten() {
                match values.iter_mut().find(|(known, _)| *known == label) {
                    Some(known) => known.1 = value,
                    None => values.push((label, value)),
                }
            }
        }
    }
    values
}

/// `None` if any part of the line is not as it should be.
fn parse_line(line: &str) -> Option<Vec<(String, f64)>> {
    // Labels hold colons themselves ("abort: trace too long:"): the last one ends the label.
    let (label, rest) = line.rsplit_once(':')?;
    let label = plain_label(label)?;
    let mut values = Vec::new();
    for word in rest.split_whitespace() {
        let value: f64 = word.parse().ok()?;
        if !value.is_finite() || value < 0.0 || values.len() == 2 {
            return None;
        }
        let is_seconds = word.contains('.');
        let label = if is_seconds {
            format!("{label} seconds")
        } else {
            label.to_owned()
        };
        values.push((label, value));
    }
    Some(values)
}

fn plain_label(label: &str) -> Option<&str> {
    let label = label.trim();
    let plain = |c: char| c.is_ascii_alphanumeric() || " #:-_()/.".contains(c);
    let is_plain = !label.is_empty() && label.len() <= LABEL_CHARS && label.chars().all(plain);
    is_plain.then_some(label)
}
