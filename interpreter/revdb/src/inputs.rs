//! What a watched expression is: a place, a computation on places, or something else.
//!
//! A *place* is an object's name or a module's variable, with attributes and constant items behind it.
//! A *computation* has besides places only constants, operators, and calls of builtin functions that
//! do nothing but compute; so its value follows from what its places hold, and need not be computed
//! anew while these are not written to. Everything else may look at anything: it is evaluated at each
//! stop point.
//!
//! This reads words, not grammar: what it does not know makes an expression *something else*, which
//! is always right.

use crate::protocol::{Named, Path, Step};
use bytecode::{Code, Const, Op};

/// Builtin functions whose value follows from their arguments, if these are numbers, texts or
/// containers of such.
const COMPUTES: &[&str] = &[
    "abs", "all", "any", "ascii", "bin", "bool", "chr", "divmod", "float", "hex", "int", "len",
    "list", "max", "min", "oct", "ord", "repr", "reversed", "round", "sorted", "str", "sum",
    "tuple",
];
/// No list is as long.
const INDEX_MAX: u64 = 1 << 48;
const WORDS: &[&str] = &[
    "and", "or", "not", "in", "is", "if", "else", "None", "True", "False",
];

/// What is watched.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Watched {
    Place(Path),
    Computation(Vec<Path>),
    Anything,
}

type Objects<'a> = &'a [(String, Named)];

/// Tells what an expression is. Its objects have the names of `objects`.
pub(crate) fn tell(python: &str, objects: Objects<'_>) -> Watched {
    let mut rest = python.trim();
    let mut paths = Vec::new();
    let is_place = match place(rest, objects) {
        Some((path, "")) if !path.steps.is_empty() => Some(path),
        _ => None,
    };
    if let Some(path) = is_place {
        return Watched::Place(path);
    }
    while let Some(first) = rest.chars().next() {
        rest = match first {
            ' ' | '+' | '-' | '*' | '/' | '%' | '<' | '>' | '=' | '!' | '(' | ')' | '[' | ']'
            | ',' | '&' | '|' | '^' | '~' => &rest[1..],
            '0'..='9' => match number(rest) {
                Some(rest) => rest,
                None => return Watched::Anything,
            },
            '\'' | '"' => match text(rest) {
                Some((_, rest)) => rest,
                None => return Watched::Anything,
            },
            c if begins_name(c) => {
                if let Some((path, behind)) = place(rest, objects) {
                    if behind.starts_with(['(', '.', '[']) {
                        return Watched::Anything;
                    }
                    paths.push(path);
                    behind
                } else {
                    let (name, behind) = name(rest);
                    let calls = behind.trim_start().starts_with('(');
                    let known = match calls {
                        true => COMPUTES.contains(&name) || WORDS.contains(&name),
                        false => WORDS.contains(&name),
                    };
                    if !known || behind.starts_with(['.', '\'', '"']) {
                        return Watched::Anything;
                    }
                    behind
                }
            }
            _ => return Watched::Anything,
        };
        if rest.starts_with('.') {
            return Watched::Anything;
        }
    }
    match paths.is_empty() {
        true => Watched::Anything,
        false => Watched::Computation(paths),
    }
}

/// The names that an expression looks up, each once; none, if it is no expression.
pub(crate) fn free_names(python: &str) -> Vec<String> {
    let options = compile::Options::module();
    let mut names = Vec::new();
    if let Ok(code) = compile::compile(python, "<expression>", compile::Mode::Eval, options) {
        collect_names(&code, &mut names);
    }
    names
}

fn collect_names(code: &Code, names: &mut Vec<String>) {
    for &instr in &code.instrs {
        let looks_up = matches!(instr.op(), Op::LoadName | Op::LoadGlobal);
        let constant = bytecode::named_constant(code, instr).filter(|_| looks_up);
        if let Some(Const::Str(points)) = constant.and_then(|at| code.constants.get(at as usize)) {
            let name: String = points.iter().filter_map(|&p| char::from_u32(p)).collect();
            if !names.contains(&name) {
                names.push(name);
            }
        }
    }
    for constant in &code.constants {
        if let Const::Code(inner) = constant {
            collect_names(inner, names);
        }
    }
}

fn begins_name(c: char) -> bool {
    c.is_alphabetic() || c == '_'
}

/// A name, and what is behind it.
fn name(text: &str) -> (&str, &str) {
    let end = text.find(|c: char| !c.is_alphanumeric() && c != '_');
    text.split_at(end.unwrap_or(text.len()))
}

/// What is behind a number.
fn number(text: &str) -> Option<&str> {
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.');
    let behind = &text[end.unwrap_or(text.len())..];
    (!behind.starts_with(begins_name)).then_some(behind)
}

/// A plain string's contents, and what is behind it.
fn text(text: &str) -> Option<(&str, &str)> {
    let quote = text.chars().next()?;
    let (contents, behind) = text[1..].split_once(quote)?;
    (!contents.contains('\\') && !behind.starts_with(quote)).then_some((contents, behind))
}

/// A place, and what is behind it.
fn place<'a>(from: &'a str, objects: Objects<'_>) -> Option<(Path, &'a str)> {
    let (first, mut rest) = name(from);
    let (_, named) = objects.iter().find(|(known, _)| known == first)?;
    let (object, mut steps) = match named {
        Named::Object(object) => (object, Vec::new()),
        Named::Variable(space) => (space, vec![Step::Key(first.to_owned())]),
        Named::Immediate(_) => return None,
    };
    while let Some((step, behind)) = step(rest) {
        steps.push(step);
        rest = behind;
    }
    let path = Path {
        object: *object,
        steps,
    };
    Some((path, rest))
}

/// `.name`, `[number]` or `['text']`, and what is behind it.
fn step(from: &str) -> Option<(Step, &str)> {
    if let Some(behind) = from.strip_prefix('.') {
        let (name, behind) = name(behind);
        let is_name = name.starts_with(begins_name) && !behind.starts_with('(');
        return is_name.then(|| (Step::Attribute(name.to_owned()), behind));
    }
    let inside = from.strip_prefix('[')?;
    if inside.starts_with(['\'', '"']) {
        let (key, behind) = text(inside)?;
        return Some((Step::Key(key.to_owned()), behind.strip_prefix(']')?));
    }
    let (number, behind) = inside.split_once(']')?;
    let number: i64 = number.trim().parse().ok()?;
    (number.unsigned_abs() < INDEX_MAX).then_some((Step::Index(number), behind))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str) -> Watched {
        let objects = [
            (String::from("_revdb_0"), Named::Object(70)),
            (String::from("_revdb_1"), Named::Immediate("7".into())),
            (String::from("total"), Named::Variable(80)),
        ];
        tell(text, &objects)
    }

    fn attribute(name: &str) -> Path {
        Path {
            object: 70,
            steps: vec![Step::Attribute(name.into())],
        }
    }

    #[test]
    fn chains_are_places() {
        assert_eq!(told("_revdb_0.value"), Watched::Place(attribute("value")));
        let steps = vec![
            Step::Attribute("a".into()),
            Step::Key("k".into()),
            Step::Index(-3),
        ];
        let path = Path { object: 70, steps };
        assert_eq!(told(" _revdb_0.a['k'][-3] "), Watched::Place(path));
    }

    #[test]
    fn variables_are_places_in_their_namespaces() {
        let path = |steps: &[Step]| Path {
            object: 80,
            steps: [&[Step::Key("total".into())], steps].concat(),
        };
        assert_eq!(told("total"), Watched::Place(path(&[])));
        let attribute = Step::Attribute("a".into());
        assert_eq!(told("total.a"), Watched::Place(path(&[attribute])));
        let computed = Watched::Computation(vec![path(&[])]);
        assert_eq!(told("len(total) + 1"), computed);
        assert_eq!(told("total(1)"), Watched::Anything);
    }

    #[test]
    fn free_names_are_those_that_are_looked_up() {
        let names = free_names("len(total) + a.b + [x for x in c if x][0] + (lambda y: y + d)(a)");
        assert_eq!(names, ["len", "total", "a", "c", "d"]);
        assert!(free_names("1 +").is_empty() && free_names("'a' + 1 .real").is_empty());
    }

    #[test]
    fn computations_are_known_by_their_words() {
        let computations = [
            "_revdb_0.a + 1",
            "repr(_revdb_0.a)",
            "_revdb_0.a > 2.5 and not _revdb_0.a == 'x y'",
            "len(sorted([_revdb_0.a, 3]))",
        ];
        for text in computations {
            let Watched::Computation(paths) = told(text) else {
                panic!("{text}");
            };
            assert!(paths.iter().all(|path| *path == attribute("a")), "{text}");
        }
        let own = Path {
            object: 70,
            steps: vec![],
        };
        assert_eq!(told("len(_revdb_0)"), Watched::Computation(vec![own]));
    }

    #[test]
    fn everything_else_is_anything() {
        let others = [
            "1 + 1",
            "_revdb_1 + 1",
            "_revdb_0.a()",
            "_revdb_0.a.b()",
            "_revdb_0[i]",
            "_revdb_0[1:2]",
            "_revdb_0.",
            "_revdb_0['a\\n']",
            "_revdb_0.a if x else 1",
            "open(_revdb_0.a)",
            "len(_revdb_0.a).real",
            "(_revdb_0.a).b",
            "[x for x in _revdb_0.a]",
            "f'{_revdb_0.a}'",
            "lambda: _revdb_0.a",
            "len (_revdb_0.a) + f(2)",
            "_revdb_0.a := 3",
            "eval('1' + _revdb_0.a)",
        ];
        for text in others {
            assert_eq!(told(text), Watched::Anything, "{text}");
        }
    }
}
