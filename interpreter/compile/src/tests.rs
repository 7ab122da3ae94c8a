//! Tests of the crate: what code comes out, which errors, and that no input brings it down.

mod code;
mod corpus;
mod errors;

use crate::{Mode, Options, compile};
use bytecode::{Code, Const};

/// The walks recurse deeply in builds without optimisation.
pub fn with_large_stack<T: Send + 'static>(run: impl FnOnce() -> T + Send + 'static) -> T {
    let thread = std::thread::Builder::new()
        .stack_size(256 << 20)
        .spawn(run)
        .expect("a thread");
    thread.join().expect("no panic")
}

pub fn module(source: &str) -> Code {
    let code = match compile(source, "t.py", Mode::Exec, Options::module()) {
        Ok(code) => code,
        Err(error) => panic!("{}: {}", error.line, error.message),
    };
    if let Err(error) = bytecode::verify(&code) {
        panic!("{error}\n{}", bytecode::print(&code));
    }
    code
}

/// The code object of that name anywhere inside.
pub fn inner<'c>(code: &'c Code, name: &str) -> &'c Code {
    fn find<'c>(code: &'c Code, name: &str) -> Option<&'c Code> {
        code.constants.iter().find_map(|constant| match constant {
            Const::Code(inner) if &*inner.name == name => Some(&**inner),
            Const::Code(inner) => find(inner, name),
            _ => None,
        })
    }
    find(code, name).expect("a code object of that name")
}

/// The instructions of function `f` as text, without places and comments.
pub fn body_of_f(source: &str) -> Vec<String> {
    let code = module(source);
    let text = bytecode::print(inner(&code, "f"));
    text.lines()
        .filter_map(|line| line.trim().split_once(": "))
        .filter(|(pc, _)| pc.bytes().all(|b| b.is_ascii_digit()))
        .map(|(_, rest)| {
            let end = rest.find(" @").unwrap_or(rest.len());
            let end = end.min(rest.find(" ;").unwrap_or(rest.len()));
            rest[..end].to_owned()
        })
        .collect()
}
