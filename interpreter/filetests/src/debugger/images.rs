//! Moments that are images: a session that goes back and forth among them is shown what one is
//! shown that only ever went forwards.

use std::fs;

use super::{Bench, Outcome, Recording, has, told};

/// A program that runs some seconds and whose data are of all kinds: small objects that come and go,
/// containers that grow, large blocks that are mapped on their own and given back, generators in the
/// middle of their work, deep calls, and a finaliser.
const VARIED: &str = "\
class Node:
    made = 0

    def __init__(self, below):
        self.below = below
        Node.made += 1

    def __del__(self):
        Node.made -= 1


def depth(n):
    if n == 0:
        return state['round']
    return depth(n - 1) + 1


def counter():
    n = 0
    while True:
        n += 1
        yield n


state = {'round': 0, 'texts': [], 'table': {}}
counted = counter()
chain = None
for number in range(ROUNDS):
    state['round'] = number
    total = sum(i * i for i in range(1500))
    chain = Node(chain if number % 50 else None)
    state['texts'].append(str(number) * 3)
    state['table'][number % 700] = [number, float(number), next(counted)]
    if number % 400 == 0:
        block = bytearray(number * 1000 + 1)
        block[-1] = number % 256
        more = [block[:], 'x' * number]
        found = depth(300)
print(total, found)
";

/// What is looked at at each time.
const LOOKS: &[&str] = &[
    "p state['round'], len(state['texts']), state['texts'][-3:]",
    "p sorted(state['table'].items())[-4:]",
    "p sum(sum(row) for row in state['table'].values())",
    "p Node.made, hash(tuple(state['texts']))",
    "p globals().get('total'), len(globals().get('block', '')), globals().get('found')",
    "p sum(globals().get('block', b'')), len(repr(globals().get('more')))",
    "backtrace",
    "when",
];
/// How many times are gone to.
const TIMES: u64 = 14;
/// After so many sessions that go the same ways, one keeps nothing more.
const SESSIONS: usize = 4;
/// Where they are kept for a later session, and where pages begin in that file.
const MOMENTS: &str = "varied.rdb.moments";
const PAGES_BEGIN: usize = 4096;
/// What is said, once, where that file turns out to be damaged.
const ANEW: &str = "varied.rdb.moments is damaged: its moments are made anew";

/// How often it goes round: some seconds, natively and under an emulator.
const ROUNDS: [u32; 2] = [6000, 400];

/// The program.
fn program(bench: &Bench) -> String {
    let [natively, emulated] = ROUNDS;
    let rounds = match bench.setup.words.len() {
        1 => natively,
        _ => emulated,
    };
    VARIED.replace("ROUNDS", &rounds.to_string())
}

/// The recording of that program, and times in it.
fn varied(bench: &Bench) -> Result<(Recording, Vec<u64>), String> {
    let recording = bench.record("varied", &program(bench))?;
    let ended = bench.session(&recording, &["go end", "when", "info paused"])?;
    if ended.contains("images take 0.0 MB") {
        return Err(format!("no images were written:\n{ended}"));
    }
    let numbers = ended.split(|c: char| !c.is_ascii_digit());
    let end: u64 = numbers.filter_map(|n| n.parse().ok()).max().unwrap_or(0);
    let times = (1..=TIMES).map(|n| n * (end / (TIMES + 2)) + n * 7);
    Ok((recording, times.collect()))
}

/// What a session shows at times, after some commands.
fn asked(
    bench: &Bench,
    recording: &Recording,
    first: &[&str],
    times: &[u64],
) -> Result<String, String> {
    let mut commands: Vec<String> = first.iter().map(|line| (*line).to_owned()).collect();
    for time in times {
        commands.push(format!("go {time}"));
        commands.extend(LOOKS.iter().map(|look| (*look).to_owned()));
    }
    let commands: Vec<&str> = commands.iter().map(String::as_str).collect();
    Ok(told(&bench.session_with(recording, &commands)?))
}

/// Whether at each time the same is shown.
fn compare(expected: &str, found: &str, times: &[u64]) -> Outcome {
    let (expected, found) = (answers(expected), answers(found));
    for (at, time) in times.iter().enumerate() {
        let there = found.iter().rev().find(|(t, _)| t == time);
        let before = expected.iter().rev().find(|(t, _)| t == time);
        if there.is_none() || there != before {
            return Err(format!(
                "at the {at}th time, {time}, there is\n{there:?}\nand was\n{before:?}"
            ));
        }
    }
    Ok(())
}

/// The times in another order.
fn leaping(times: &[u64]) -> Vec<u64> {
    (0..times.len())
        .map(|n| times[n * 5 % times.len()])
        .collect()
}

/// Takes away what sessions have left.
fn forget(bench: &Bench) {
    for file in [MOMENTS, "varied.rdb.session"] {
        // It may not be there.
        let _ = fs::remove_file(bench.path(file));
    }
}

pub(super) fn back_and_forth(bench: &Bench) -> Outcome {
    let (recording, times) = varied(bench)?;
    forget(bench);
    // Forwards only, a new process for each step.
    let expected = asked(bench, &recording, &[], &times)?;
    forget(bench);
    let times = leaping(&times);
    let found = asked(bench, &recording, &["go end"], &times)?;
    compare(&expected, &found, &times)
}

pub(super) fn in_later_sessions(bench: &Bench) -> Outcome {
    let (recording, times) = varied(bench)?;
    forget(bench);
    let expected = asked(bench, &recording, &[], &times)?;
    let paused = bench.session(&recording, &["info paused"])?;
    if paused.contains("for this session only") {
        // The system gives each process addresses of its own, whoever asks.
        println!("addresses cannot be settled here: moments do not outlive their session");
        return Ok(());
    }
    let leaping = leaping(&times);
    let whole = fs::read(bench.path(MOMENTS)).map_err(|e| format!("no moments were kept: {e}"))?;
    let found = asked(bench, &recording, &[], &leaping)?;
    compare(&expected, &found, &leaping)?;
    // That one kept moments between those of the first. Sessions that go the same ways come to find
    // all that they need.
    let length = || fs::metadata(bench.path(MOMENTS)).map_or(0, |data| data.len());
    let mut lengths = vec![length()];
    loop {
        let found = asked(bench, &recording, &[], &leaping)?;
        compare(&expected, &found, &leaping)?;
        let before = lengths[lengths.len() - 1];
        lengths.push(length());
        if length() <= before + before / 10 {
            break;
        }
        if lengths.len() > SESSIONS {
            return Err(format!("the file goes on growing: {lengths:?} bytes"));
        }
    }
    let wrong = |bytes: &[u8], says: &str| {
        fs::write(bench.path(MOMENTS), bytes).map_err(|e| e.to_string())?;
        let found = asked(bench, &recording, &[], &leaping)?;
        has(&found, &[says])?;
        compare(&expected, &found, &leaping)
    };
    // Some byte in every few pages and lists, and one of the index.
    let mut flipped = whole.clone();
    let pages = PAGES_BEGIN..whole.len() - whole.len() / 4;
    pages.step_by(999).for_each(|at| flipped[at] ^= 0x10);
    wrong(&flipped, ANEW)?;
    let mut flipped = whole.clone();
    let last = flipped.len() - 9;
    flipped[last] ^= 1;
    wrong(&flipped, "is damaged: it was removed, and is made anew")?;
    wrong(&whole[..whole.len() / 2], "is damaged: it was removed")?;
    wrong(b"something else", "is no file of krait's")?;
    if fs::read(bench.path(MOMENTS)).ok().as_deref() != Some(b"something else") {
        return Err(String::from("a file of somebody else was not left alone"));
    }
    // Of another recording under the same name.
    fs::write(bench.path(MOMENTS), &whole).map_err(|e| e.to_string())?;
    let another = bench.record("varied", &format!("{}print('more')\n", program(bench)))?;
    let found = told(&bench.session_with(&another, &["p 6 * 7"])?);
    has(
        &found,
        &["42", "varied.rdb.moments is about another recording"],
    )
}

/// The times that were gone to, each with what was shown there.
fn answers(session: &str) -> Vec<(u64, String)> {
    let parts = session.split(")$ go ").skip(1);
    let told = parts.filter_map(|part| {
        let (time, shown) = part.split_once('\n')?;
        let shown = shown.rsplit_once('(')?.0;
        let shown = shown.lines().filter(|line| !line.ends_with(ANEW));
        let shown: Vec<&str> = shown.collect();
        Some((time.trim().parse().ok()?, shown.join("\n")))
    });
    told.collect()
}
