//! Compiles and verifies every Python file under the given folders; prints what fails. With
//! ROUND_TRIPS set, the code is also written and read in both its forms.

use std::path::{Path, PathBuf};

fn collect(path: &Path, to: &mut Vec<PathBuf>) {
    if path.is_dir() {
        for entry in std::fs::read_dir(path).into_iter().flatten().flatten() {
            collect(&entry.path(), to);
        }
    } else if path.extension().is_some_and(|e| e == "py") {
        to.push(path.to_owned());
    }
}

fn comes_back(code: &bytecode::Code) -> bool {
    let text = bytecode::parse(&bytecode::print(code));
    if let Err(error) = &text {
        println!("{error}");
    }
    bytecode::Code::from_bytes(&code.to_bytes()).as_ref() == Ok(code) && text.as_ref() == Ok(code)
}

fn main() {
    let run = || {
        let mut files = Vec::new();
        for path in std::env::args().skip(1) {
            collect(Path::new(&path), &mut files);
        }
        files.sort();
        let round_trips = std::env::var_os("ROUND_TRIPS").is_some();
        let (mut bytes, mut failed) = (0, 0);
        let start = std::time::Instant::now();
        for path in &files {
            let Ok(source) = std::fs::read_to_string(path) else {
                continue;
            };
            bytes += source.len();
            let name = path.display().to_string();
            let options = compile::Options::module();
            match compile::compile(&source, &name, compile::Mode::Exec, options) {
                Ok(code) => {
                    if let Err(error) = bytecode::verify(&code) {
                        println!("{name}: {error}");
                        failed += 1;
                    }
                    if round_trips && !comes_back(&code) {
                        println!("{name}: does not survive being written and read");
                        failed += 1;
                    }
                }
                Err(error) => {
                    println!("{name}:{}:{}: {}", error.line, error.column, error.message);
                    failed += 1;
                }
            }
        }
        let time = start.elapsed();
        println!(
            "{} files, {bytes} bytes, {failed} failed, {time:?}",
            files.len()
        );
    };
    if let Ok(thread) = std::thread::Builder::new().stack_size(512 << 20).spawn(run) {
        let _ = thread.join();
    }
}
