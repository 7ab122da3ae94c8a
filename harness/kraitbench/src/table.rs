//! Tables on a terminal, and the JSON of figures.

use serde_json::{Value, json};
use stats::Estimate;

/// Lines of cells with a heading, each column as wide as its widest cell.
pub fn table(heading: &[&str], rows: &[Vec<String>]) -> String {
    let mut widths: Vec<usize> = heading.iter().map(|cell| cell.chars().count()).collect();
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(shown(cell).chars().count());
        }
    }
    let line = |cells: &mut dyn Iterator<Item = String>| {
        let mut line = String::new();
        for (cell, width) in cells.zip(&widths) {
            line.push_str(&format!("{cell:<width$}  "));
        }
        line.trim_end().to_owned() + "\n"
    };
    let mut text = line(&mut heading.iter().map(|cell| (*cell).to_owned()));
    for row in rows {
        text.push_str(&line(&mut row.iter().map(|cell| shown(cell))));
    }
    text
}

/// Text from a program may hold anything; a terminal gets printable characters, and not too many.
fn shown(cell: &str) -> String {
    let plain = |c: char| if c.is_control() { ' ' } else { c };
    cell.chars().take(120).map(plain).collect()
}

/// A ratio as a change: `+3.1 % (+2.0 to +4.2)`.
pub fn change(estimate: Option<Estimate>) -> String {
    let per_cent = |ratio: f64| format!("{:+.1}", 100.0 * (ratio - 1.0));
    match estimate {
        None => "-".to_owned(),
        Some(Estimate { value, interval }) => match interval {
            Some(interval) => format!(
                "{} % ({} to {})",
                per_cent(value),
                per_cent(interval.low),
                per_cent(interval.high)
            ),
            None => format!("{} %", per_cent(value)),
        },
    }
}

pub fn estimate_json(estimate: Option<Estimate>) -> Value {
    match estimate {
        None => Value::Null,
        Some(Estimate { value, interval }) => json!({
            "value": value,
            "low": interval.map(|interval| interval.low),
            "high": interval.map(|interval| interval.high),
        }),
    }
}
