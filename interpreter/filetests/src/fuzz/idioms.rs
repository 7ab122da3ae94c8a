//! Idioms: short runs of statements with holes.
//!
//! Random statements hardly ever send to a generator or define a descriptor in
//! a way that does something. These do, in the ways programs do it; what varies
//! is what they work on and where they stand. Those of `changes.txt` go round
//! until a JIT with its default thresholds has compiled them, and then change
//! what the machine code relies on.

use super::program::Statement;
use super::scope::{Generator, Type};

/// Divided by lines of three dashes. A first line `@once` gives the idiom a
/// name that nothing else has, at `$N`. Other holes: `$I` an integer, `$S` a
/// string, `$L` a list of integers, `$W` one of strings, `$T` a pair, `$K` a
/// small number; in small letters the name of a variable.
const IDIOMS: &str = include_str!("idioms.txt");
const CHANGES: &str = include_str!("changes.txt");

/// By estimate, the statements that the dearest of each executes.
const COST: usize = 120;
const COST_CHANGES: usize = 900;

impl Generator {
    /// An idiom with its holes filled, in a block of its own.
    pub fn idiom(&mut self) -> Option<Statement> {
        let (all, cost) = if self.random.chance(30) {
            (CHANGES, COST_CHANGES)
        } else {
            (IDIOMS, COST)
        };
        if !self.affords(cost) {
            return None;
        }
        self.charge(cost);
        let all: Vec<&str> = all.split("---\n").collect();
        let idiom = *self.random.pick(&all);
        let text = match idiom.strip_prefix("@once\n") {
            Some(rest) => {
                let name = self.fresh("Idiom");
                rest.replace("$N", &name)
            }
            None => idiom.to_string(),
        };
        let filled = self.fill(&text);
        let lines: Vec<&str> = filled.lines().collect();
        Some(Statement::Compound(vec![(
            "if True".into(),
            block(&lines, 0),
        )]))
    }

    fn fill(&mut self, text: &str) -> String {
        let mut parts = text.split('$');
        let mut filled = parts.next().unwrap_or_default().to_string();
        for part in parts {
            let hole = part.chars().next().unwrap_or_default();
            let value = match hole {
                'I' => self.expression(Type::Int, 1),
                'S' => self.expression(Type::Str, 1),
                'L' => format!("{}[:9]", self.expression(Type::Ints, 1)),
                'W' => self.expression(Type::Strs, 1),
                'T' => self.expression(Type::Pair, 1),
                'K' => self.random.between(1, 6).to_string(),
                'i' => self.variable(Type::Int),
                's' => self.variable(Type::Str),
                'f' => self.variable(Type::Float),
                _ => self.variable(Type::Ints),
            };
            filled.push_str(&value);
            filled.push_str(&part[hole.len_utf8().min(part.len())..]);
        }
        filled
    }
}

/// Turns indented lines into statements.
fn block(lines: &[&str], depth: usize) -> Vec<Statement> {
    let indent = |line: &str| (line.len() - line.trim_start().len()) / 4;
    let mut statements: Vec<Statement> = Vec::new();
    let mut at = 0;
    while at < lines.len() {
        let length = 1 + lines[at + 1..]
            .iter()
            .take_while(|line| indent(line) > depth)
            .count();
        let text = lines[at].trim();
        match text.strip_suffix(':') {
            Some(header) if length > 1 => {
                let part = (
                    header.to_string(),
                    block(&lines[at + 1..at + length], depth + 1),
                );
                let continues = ["else", "elif", "except", "finally"]
                    .iter()
                    .any(|word| header.split([' ', ':']).next() == Some(word));
                match statements.last_mut() {
                    Some(Statement::Compound(parts)) if continues => parts.push(part),
                    _ => statements.push(Statement::Compound(vec![part])),
                }
            }
            _ => statements.push(Statement::Line(text.to_string())),
        }
        at += length;
    }
    statements
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fuzz::program::Program;

    #[test]
    fn an_idiom_keeps_its_shape() {
        let text = "try:\n    a\nexcept X:\n    if b:\n        c\n    d\ne\n";
        let lines: Vec<&str> = text.lines().collect();
        let program = Program {
            top: block(&lines, 0),
        };
        assert_eq!(program.len(), 6);
        assert!(program.text().ends_with(text));
    }
}
