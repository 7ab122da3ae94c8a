//! The krait executable: a command line in front of the machine.
//!
//! The machine runs on a thread of its own with a large stack, because Rust code that calls back
//! into Python (sorting with a key function, a method written in Python behind an operator)
//! recurses on it; its memory is committed as it is used.

mod arguments;
mod session;

use arguments::Request;
use std::process::ExitCode;

/// Enough for the deepest recursion that the machine allows through Rust code.
const STACK_BYTES: usize = 1 << 30;

fn main() -> ExitCode {
    let mut world = world::World::new();
    let words = world.command_line();
    let request = arguments::parse(words.get(1..).unwrap_or(&[]));
    let arguments = match request {
        Request::Print(text) => {
            let _ = world.write_all(1, text.as_bytes());
            return ExitCode::SUCCESS;
        }
        Request::Refuse(text) => {
            let _ = world.write_all(2, text.as_bytes());
            return ExitCode::from(2);
        }
        Request::Run(arguments) => arguments,
    };
    let machine = std::thread::Builder::new()
        .name(String::from("main"))
        .stack_size(STACK_BYTES)
        .spawn(move || session::run(world, &arguments));
    match machine.map(|thread| thread.join()) {
        Ok(Ok(code)) => ExitCode::from(code),
        Ok(Err(_)) => ExitCode::from(134),
        Err(error) => {
            eprintln!("krait: cannot start the machine's thread: {error}");
            ExitCode::from(1)
        }
    }
}
