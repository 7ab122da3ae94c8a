//! What a user types: expressions that misbehave, interrupts, and what is no command at all.

use std::time::{Duration, Instant};

use super::talk::{Surface, Talk};
use super::{Bench, COUNTING, Outcome, has, has_not};

/// What is in use of one's own: it raises, loops, or has effects when it is shown.
const HOSTILE: &str = "\
class Bad:
    seen = []

    def __repr__(self):
        raise ValueError('no text')


class Slow:
    def __repr__(self):
        while True:
            pass


def deeper(n):
    return deeper(n + 1)


numbers = [1, 2, 3]
bad, slow = Bad(), Slow()
numbers.append(4)
numbers.append(5)
numbers = numbers[:]
";

pub(super) fn hostile(bench: &Bench) -> Outcome {
    let recording = bench.record("hostile", HOSTILE)?;
    let cases = [
        ("p 1 / 0", "ZeroDivisionError: division by zero"),
        ("p deeper(0)", "RecursionError: "),
        ("p bad", "ValueError: no text"),
        ("p numbers.clear()", "None"),
        ("p raise SystemExit(3)", "SystemExit"),
        ("p raise KeyboardInterrupt", "KeyboardInterrupt"),
        ("p __import__('os')._exit(1)", "Attempted to do I/O"),
        (
            "p __import__('os').kill(__import__('os').getpid(), 9)",
            "Attempted to do I/O",
        ),
        ("p open('made-by-the-debugger', 'w')", "Attempted to do I/O"),
        ("p __import__('time').sleep(1000)", "Attempted to do I/O"),
        ("p 'x' * (1 << 45)", "MemoryError"),
        ("p [0] * (1 << 40)", "MemoryError"),
        ("p import numpy", "Attempted to do I/O"),
        ("p lambda:", "SyntaxError"),
        ("p \"\"\"", "SyntaxError"),
        ("pp numbers", "[1, 2, 3, 4, 5]"),
        ("p print('said'), 7", "said"),
    ];
    let mut commands = vec!["go end"];
    for (command, _) in &cases {
        commands.extend([*command, "p len(numbers) + 1000"]);
    }
    let session = bench.session(&recording, &commands)?;
    let mut parts = Vec::new();
    for (command, told) in &cases {
        parts.extend([*command, *told, "1005"]);
    }
    has(&session, &parts)?;
    if bench.path("made-by-the-debugger").exists() {
        return Err(String::from("an expression made a file"));
    }
    Ok(())
}

/// A program with enough to run that a search takes a while.
const LONG: &str = "\
def work(n):
    total = 0
    for i in range(n):
        total += i & 3
    return total


box = [0]
box[0] = 1
print(work(6000000), flush=True)
";

pub(super) fn interrupts(bench: &Bench) -> Outcome {
    let recording = bench.record("long", LONG)?;
    let mut talk = Talk::start(
        bench,
        &["--replay", super::text(&recording.log)],
        Surface::Pipes,
    )?;
    talk.expect("(1)$ ")?;
    talk.send("break work\n")?;
    talk.expect("$ ")?;
    for endless in [
        "p [None for _ in iter(int, 1)]",
        "p sum(1 for _ in iter(int, 1))",
    ] {
        talk.send(&format!("{endless}\n"))?;
        std::thread::sleep(Duration::from_millis(400));
        let asked = Instant::now();
        talk.interrupt()?;
        talk.expect("interrupted")?;
        if asked.elapsed() > Duration::from_secs(5) {
            return Err(format!(
                "{:?} from an interrupt to the prompt",
                asked.elapsed()
            ));
        }
        talk.expect("$ ")?;
    }
    talk.send("continue\n")?;
    talk.expect("Hit breakpoint 1")?;
    talk.expect("$ ")?;
    talk.send("when\n")?;
    talk.expect("when\n")?;
    let time = talk.expect("\n")?;
    talk.send("delete 1\ncontinue\n")?;
    talk.expect("continue\n")?;
    std::thread::sleep(Duration::from_millis(60));
    talk.interrupt()?;
    // On a fast machine it may have been at the end by then, which is no fault.
    let said = talk.expect("$ ")?;
    if said.contains("interrupted") {
        has(&said, &["you are where you were"])?;
        talk.send("when\n")?;
        talk.expect("when\n")?;
        let now = talk.expect("\n")?;
        if now.trim() != time.trim() {
            return Err(format!("at {now} after an interrupt, was at {time}"));
        }
    }
    // One that comes while nothing runs does nothing to what runs next.
    talk.send("p 40 + 1\n")?;
    talk.expect("41")?;
    talk.expect("$ ")?;
    for _ in 0..20 {
        talk.interrupt()?;
        talk.send("p 6 * 7\n")?;
        talk.expect("42")?;
        talk.expect("$ ")?;
    }
    talk.send("p box\nquit\n")?;
    talk.expect("= [1]")?;
    talk.left(0)?;
    recording.unaltered()
}

pub(super) fn watched_effects(bench: &Bench) -> Outcome {
    let recording = bench.record("hostile", HOSTILE)?;
    let session = bench.session(
        &recording,
        &[
            "go end",
            "bstep 3",
            "p numbers",
            "go start",
            "watch $0.append(9) or len($0)",
            "continue",
            "p $0",
            "continue",
            "p $0",
            "bcontinue",
            "p $0",
            "delete 1",
            "go end",
            "p $0",
            "watch 1 / 0",
            "watch [None for _ in range(1000)]",
            "watch $7",
            "watch",
            "watch x =",
            "p 6 * 7",
        ],
    )?;
    has_not(&session, "9]")?;
    has_not(&session, "bug of krait")?;
    has(&session, &["p 6 * 7", "42"])
}

pub(super) fn no_commands(bench: &Bench) -> Outcome {
    let recording = bench.record("counting", COUNTING)?;
    let session = bench.session(
        &recording,
        &[
            "nxet",
            "frobnicate",
            "step -1",
            "step 99999999999999999999",
            "go nowhere",
            "go 18446744073709551615",
            "bstep 18446744073709551615",
            "list 9 x",
            "break",
            "break if",
            "break f if x =",
            "break 1:2:x y",
            "condition 9",
            "hits 1 what",
            "log fill",
            "delete",
            "delete 77",
            "undisplay 4",
            "info nothing",
            "help nothing",
            "up 1000",
            "down 1000",
            "output -t no such text",
            "import",
            "import nosuchmodule",
            "mark",
            "mark 12",
            "note",
            "p",
            "!",
            "$",
            "\u{1F40D} \u{0}",
            "p 6 * 7",
        ],
    )?;
    has(
        &session,
        &["did you mean `next`", "unknown command 'frobnicate'"],
    )?;
    has(
        &session,
        &[
            "is neither a time nor a mark",
            "[end of the recording",
            "[start of the recording]",
        ],
    )?;
    has(&session, &["p 6 * 7", "42"])?;
    // What is no text is left out, and the end of the input is the end of the session.
    let mut talk = Talk::start(
        bench,
        &["--replay", super::text(&recording.log)],
        Surface::Pipes,
    )?;
    talk.expect("(1)$ ")?;
    talk.send_bytes(b"p '\xff\xfe'\np 6 * 7\n")?;
    talk.expect("42\n")?;
    talk.send("p 40 +")?;
    talk.close()?;
    talk.left(0)?;
    recording.unaltered()
}
