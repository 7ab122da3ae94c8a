//! A benchmark with parameters stands for several: one for each choice of a value for each.
//!
//! Each gets a name of its own, the program's with the values behind it, because a series, a row of
//! the report and a limit of the gate are found by the name. `size` is the size; any other
//! parameter is an option that the program is given, `--PARAMETER VALUE`.

use serde_saphyr::Spanned;

use super::meaning::Wrong;
use super::typed::{self, Parameter};

/// So many benchmarks one entry may stand for: a night is not planned by mistake.
const MOST: usize = 100;

/// One of them, as if it had been typed.
#[derive(Debug)]
pub(super) struct Chosen {
    pub typed: typed::Benchmark,
    /// What its name has behind the program's; empty without parameters.
    pub ending: String,
}

pub(super) fn expanded(typed: &typed::Benchmark) -> Result<Vec<Chosen>, Wrong> {
    let mut plain = typed.clone();
    let mut all = vec![];
    let Some(parameters) = plain.parameters.take() else {
        let ending = String::new();
        return Ok(vec![Chosen {
            typed: plain,
            ending,
        }]);
    };
    sound(typed, &parameters)?;
    all.push(Chosen {
        typed: plain,
        ending: String::new(),
    });
    for (name, values) in &parameters.value {
        let mut next = Vec::new();
        for before in &all {
            for value in values {
                next.push(before.with(name, value, &parameters)?);
            }
        }
        if next.len() > MOST {
            return Err(Wrong::at(
                &parameters,
                format!(
                    "`{}` stands for more than {MOST} benchmarks",
                    typed.name.value
                ),
                "give fewer values, or split the entry",
            ));
        }
        all = next;
    }
    Ok(all)
}

/// What is wrong whatever the values are.
fn sound(
    typed: &typed::Benchmark,
    parameters: &Spanned<indexmap::IndexMap<String, Vec<Parameter>>>,
) -> Result<(), Wrong> {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    for (name, values) in &parameters.value {
        if values.is_empty() {
            let message = format!("the parameter `{name}` has no value");
            return Err(Wrong::at(parameters, message, "list its values"));
        }
        if name.is_empty() || name.starts_with('-') || !name.chars().all(plain) {
            return Err(Wrong::at(
                parameters,
                format!("`{name}` is no name of a parameter"),
                "use letters, digits, `-` and `_`; the program is given `--NAME VALUE`",
            ));
        }
    }
    if parameters.value.contains_key("size") && typed.size.is_some() {
        return Err(Wrong::at(
            parameters,
            format!(
                "`{}` has both `size` and a parameter `size`",
                typed.name.value
            ),
            "keep one of the two",
        ));
    }
    Ok(())
}

impl Chosen {
    fn with(
        &self,
        name: &str,
        value: &Parameter,
        at: &Spanned<indexmap::IndexMap<String, Vec<Parameter>>>,
    ) -> Result<Chosen, Wrong> {
        let mut typed = self.typed.clone();
        let text = match value {
            Parameter::Number(number) => number.to_string(),
            Parameter::Text(text) => text.clone(),
        };
        match (name, value) {
            ("size", Parameter::Number(size)) => {
                typed.size = Some(Spanned::new(*size, at.referenced, at.defined));
            }
            ("size", Parameter::Text(text)) => {
                let message = format!("`{text}` is no size");
                return Err(Wrong::at(at, message, "a size is a whole number"));
            }
            _ => typed.arguments.extend([format!("--{name}"), text.clone()]),
        }
        let ending = format!("{}.{text}", self.ending);
        Ok(Chosen { typed, ending })
    }
}
