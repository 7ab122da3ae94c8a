//! A table as data, and its four forms: HTML through a template, Markdown, CSV and JSON.
//!
//! Whatever stands in a table of the site can be carried away: the three files lie beside the
//! pages under the table's name. Cells keep the number that they show next to its text, so that
//! CSV and JSON have full precision where the page has three digits.

use serde::Serialize;
use serde_json::{Map, Value};

#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct Sheet {
    /// Its name in file names: lower case, digits and `-`.
    pub id: String,
    pub title: String,
    pub heads: Vec<Head>,
    pub rows: Vec<SheetRow>,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct Head {
    pub name: String,
    pub hint: String,
    pub numeric: bool,
}

#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct SheetRow {
    /// Class of the row's colour; empty for none.
    pub colour: String,
    /// Further class: `failed`, `better`, `worse`, `total`.
    pub state: String,
    pub cells: Vec<SheetCell>,
}

#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct SheetCell {
    pub text: String,
    pub note: String,
    pub sort: Option<f64>,
    pub href: String,
}

impl Head {
    pub(crate) fn text(name: &str) -> Head {
        Head {
            name: name.to_owned(),
            hint: String::new(),
            numeric: false,
        }
    }

    pub(crate) fn number(name: &str, hint: &str) -> Head {
        Head {
            name: name.to_owned(),
            hint: hint.to_owned(),
            numeric: true,
        }
    }
}

impl SheetCell {
    pub(crate) fn text(text: impl Into<String>) -> SheetCell {
        SheetCell {
            text: text.into(),
            ..SheetCell::default()
        }
    }

    pub(crate) fn link(text: impl Into<String>, href: String) -> SheetCell {
        SheetCell {
            href,
            ..SheetCell::text(text)
        }
    }

    /// A number with the text that shows it.
    pub(crate) fn number(value: f64, text: impl Into<String>) -> SheetCell {
        SheetCell {
            sort: Some(value),
            ..SheetCell::text(text)
        }
    }

    pub(crate) fn none() -> SheetCell {
        SheetCell::text("–")
    }

    pub(crate) fn noted(self, note: impl Into<String>) -> SheetCell {
        SheetCell {
            note: note.into(),
            ..self
        }
    }

    /// A number through `show`, or a dash.
    pub(crate) fn maybe(value: Option<f64>, show: impl Fn(f64) -> String) -> SheetCell {
        value.map_or_else(SheetCell::none, |value| {
            SheetCell::number(value, show(value))
        })
    }
}

impl Sheet {
    /// The files that the table is beside its page.
    pub(crate) fn files(&self) -> Vec<(String, Vec<u8>)> {
        [
            ("md", self.markdown()),
            ("csv", self.csv()),
            ("json", self.json()),
        ]
        .into_iter()
        .map(|(ending, text)| (format!("tables/{}.{ending}", self.id), text.into_bytes()))
        .collect()
    }

    pub(crate) fn markdown(&self) -> String {
        let heads: Vec<&str> = self.heads.iter().map(|head| head.name.as_str()).collect();
        let numeric: Vec<usize> = (0..self.heads.len())
            .filter(|index| self.heads[*index].numeric)
            .collect();
        let rows: Vec<Vec<String>> = self.rows.iter().map(|row| row.texts()).collect();
        let mut text = String::new();
        crate::markdown::table(&heads, &numeric, &rows, &mut text);
        text
    }

    fn csv(&self) -> String {
        let mut lines = vec![self.heads.iter().map(|head| quoted(&head.name)).collect()];
        for row in &self.rows {
            let value = |cell: &SheetCell| match cell.sort {
                Some(number) => number.to_string(),
                None => quoted(&cell.text),
            };
            lines.push(row.cells.iter().map(value).collect::<Vec<_>>());
        }
        let lines: Vec<String> = lines.into_iter().map(|line| line.join(",")).collect();
        lines.join("\r\n") + "\r\n"
    }

    fn json(&self) -> String {
        let row = |row: &SheetRow| {
            let cells = self.heads.iter().zip(&row.cells).map(|(head, cell)| {
                let value = match (cell.sort, cell.text.as_str()) {
                    (Some(number), _) => Value::from(number),
                    (None, "–") => Value::Null,
                    (None, text) => Value::from(text),
                };
                (head.name.clone(), value)
            });
            Value::Object(cells.collect::<Map<_, _>>())
        };
        let rows: Vec<Value> = self.rows.iter().map(row).collect();
        serde_json::to_string_pretty(&rows).unwrap_or_default()
    }
}

impl SheetRow {
    fn texts(&self) -> Vec<String> {
        let text = |cell: &SheetCell| match cell.note.as_str() {
            "" => cell.text.clone(),
            note => format!("{} {note}", cell.text),
        };
        self.cells.iter().map(text).collect()
    }
}

/// A field of CSV (RFC 4180). Spreadsheets run what begins like a formula: such text gets an
/// apostrophe in front.
fn quoted(text: &str) -> String {
    let formula = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let text = match formula {
        true => format!("'{text}"),
        false => text.to_owned(),
    };
    if text.contains(['"', ',', '\n', '\r']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_is_carried_away_whole_and_harmless() {
        let row = |cells: Vec<SheetCell>| SheetRow {
            cells,
            ..SheetRow::default()
        };
        let sheet = Sheet {
            id: "t".to_owned(),
            title: "T".to_owned(),
            heads: vec![Head::text("who"), Head::number("time", "")],
            rows: vec![
                row(vec![
                    SheetCell::text("=cmd|'/c calc'!A1"),
                    SheetCell::number(0.123456789, "0.123"),
                ]),
                row(vec![SheetCell::text("a \"b\", c"), SheetCell::none()]),
            ],
        };
        let csv = "who,time\r\n'=cmd|'/c calc'!A1,0.123456789\r\n\"a \"\"b\"\", c\",–\r\n";
        assert_eq!(sheet.csv(), csv);
        let json: Value = serde_json::from_str(&sheet.json()).expect("JSON");
        assert_eq!(json[0]["time"], 0.123456789);
        assert_eq!(json[1]["time"], Value::Null);
        assert!(sheet.markdown().contains("| =cmd\\|'/c calc'!A1 | 0.123 |"));
        let names: Vec<String> = sheet.files().into_iter().map(|file| file.0).collect();
        assert_eq!(names, ["tables/t.md", "tables/t.csv", "tables/t.json"]);
    }
}
