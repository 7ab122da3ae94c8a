//! Prints the bytecode of Python files.

fn main() {
    let run = || {
        for path in std::env::args().skip(1) {
            match std::fs::read_to_string(&path) {
                Ok(source) => print!("{}", compile::dump(&source, &path)),
                Err(error) => eprintln!("{path}: {error}"),
            }
        }
    };
    let thread = std::thread::Builder::new().stack_size(512 << 20).spawn(run);
    if let Ok(thread) = thread {
        let _ = thread.join();
    }
}
