//! A generated program as a tree of statements, so that it can be cut down.

use std::ops::Range;

/// A statement: one line, or a compound of headers with their blocks.
#[derive(Clone, Debug)]
pub enum Statement {
    Line(String),
    Compound(Vec<(String, Vec<Statement>)>),
}

/// A program: definitions and cases, all between a fixed prelude and the calls.
#[derive(Clone, Debug)]
pub struct Program {
    pub top: Vec<Statement>,
}

/// What every program begins with.
const PRELUDE: &str = include_str!("prelude.py");

impl Program {
    pub fn text(&self) -> String {
        let mut text = PRELUDE.to_string();
        render(&self.top, 0, &mut text);
        text
    }

    /// How many statements there are, at any depth.
    pub fn len(&self) -> usize {
        count(&self.top)
    }

    /// The program without the statements of those numbers, in the order of the text.
    pub fn without(&self, numbers: Range<usize>) -> Program {
        Program {
            top: remove(&self.top, &mut 0, &numbers, Cut::Delete),
        }
    }

    /// The program with the compound statement of that number replaced by its
    /// first block.
    pub fn flattened(&self, number: usize) -> Program {
        Program {
            top: remove(&self.top, &mut 0, &(number..number + 1), Cut::Flatten),
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Cut {
    Delete,
    Flatten,
}

fn render(block: &[Statement], depth: usize, text: &mut String) {
    let indent = "    ".repeat(depth);
    if block.is_empty() {
        text.push_str(&format!("{indent}pass\n"));
    }
    for statement in block {
        match statement {
            Statement::Line(line) => text.push_str(&format!("{indent}{line}\n")),
            Statement::Compound(parts) => {
                for (header, block) in parts {
                    text.push_str(&format!("{indent}{header}:\n"));
                    render(block, depth + 1, text);
                }
            }
        }
    }
}

fn count(block: &[Statement]) -> usize {
    let inner = |statement: &Statement| match statement {
        Statement::Line(_) => 0,
        Statement::Compound(parts) => parts.iter().map(|(_, block)| count(block)).sum(),
    };
    block.iter().map(|statement| 1 + inner(statement)).sum()
}

/// Copies a block without the statements of those numbers.
fn remove(
    block: &[Statement],
    next: &mut usize,
    numbers: &Range<usize>,
    cut: Cut,
) -> Vec<Statement> {
    let mut kept = Vec::new();
    for statement in block {
        let here = numbers.contains(next);
        *next += 1;
        match statement {
            Statement::Compound(parts) => {
                let parts: Vec<(String, Vec<Statement>)> = parts
                    .iter()
                    .map(|(header, block)| (header.clone(), remove(block, next, numbers, cut)))
                    .collect();
                match cut {
                    _ if !here => kept.push(Statement::Compound(parts)),
                    Cut::Delete => {}
                    Cut::Flatten => {
                        kept.extend(
                            parts
                                .into_iter()
                                .next()
                                .map(|(_, block)| block)
                                .unwrap_or_default(),
                        );
                    }
                }
            }
            Statement::Line(_) if here => {}
            Statement::Line(_) => kept.push(statement.clone()),
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    fn program() -> Program {
        let line = |text: &str| Statement::Line(text.to_string());
        let inner = vec![line("b"), line("c")];
        let compound = Statement::Compound(vec![("if x".into(), inner), ("else".into(), vec![])]);
        Program {
            top: vec![line("a"), compound, line("d")],
        }
    }

    fn body(program: &Program) -> String {
        program.text()[PRELUDE.len()..].to_string()
    }

    #[test]
    fn blocks_are_indented_and_never_empty() {
        assert_eq!(
            body(&program()),
            "a\nif x:\n    b\n    c\nelse:\n    pass\nd\n"
        );
        assert_eq!(program().len(), 5);
    }

    #[test]
    fn a_statement_of_any_depth_can_be_cut() {
        assert_eq!(
            body(&program().without(0..1)),
            "if x:\n    b\n    c\nelse:\n    pass\nd\n"
        );
        assert_eq!(
            body(&program().without(3..4)),
            "a\nif x:\n    b\nelse:\n    pass\nd\n"
        );
        assert_eq!(body(&program().without(1..2)), "a\nd\n");
        assert_eq!(
            body(&program().without(4..5)),
            "a\nif x:\n    b\n    c\nelse:\n    pass\n"
        );
        assert_eq!(body(&program().flattened(1)), "a\nb\nc\nd\n");
    }
}
