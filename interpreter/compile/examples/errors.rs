//! Compiles the programs of a file, which NUL bytes separate, and prints one line for each: the
//! error's class, positions and message, or `ok`. For comparing with another compiler.

fn main() {
    let run = || {
        let Some(path) = std::env::args().nth(1) else {
            return;
        };
        let Ok(text) = std::fs::read_to_string(path) else {
            return;
        };
        for source in text.split('\0') {
            let options = compile::Options::module();
            match compile::compile(source, "t.py", compile::Mode::Exec, options) {
                Ok(_) => println!("ok"),
                Err(e) => println!(
                    "{}\t{}\t{}\t{}\t{}\t{}",
                    e.kind.class_name(),
                    e.line,
                    e.column,
                    e.end_line,
                    e.end_column,
                    e.message.replace('\n', "\\n")
                ),
            }
        }
    };
    if let Ok(thread) = std::thread::Builder::new().stack_size(512 << 20).spawn(run) {
        let _ = thread.join();
    }
}
