//! Reads the section `jit-summary` that PyPy and krait write at their end.
//!
//! Lines are `label:` blanks or tabs, a count, and for some of them a number of seconds. They are
//! read by label: versions differ in which lines they have, and a line that is not understood
//! spoils nothing. Counts keep their label; seconds get the label with ` seconds` after it.

/// Labels and values in the order of the text; of several sections, the last.
pub(crate) fn parse(text: &str) -> Vec<(String, f64)> {
    let mut values = Vec::new();
    let mut inside = false;
    for line in text.lines() {
        if line.ends_with("{jit-summary") {
            inside = true;
            values.clear();
        } else if line.ends_with("jit-summary}") {
            inside = false;
        } else if inside {
            values.extend(parse_line(line).into_iter().flatten());
        }
    }
    values
}

fn parse_line(line: &str) -> Option<Vec<(String, f64)>> {
    // Labels hold colons themselves ("abort: trace too long:"): the last one ends the label.
    let (label, rest) = line.rsplit_once(':')?;
    let label = label.trim();
    let mut values = Vec::new();
    for word in rest.split_whitespace() {
        let value: f64 = word.parse().ok()?;
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
