//! Moments that are images: a session that goes back and forth among them is shown what one is
//! shown that only ever went forwards.

use super::{Bench, Outcome};

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
for number in range(6000):
    state['round'] = number
    total = sum(i * i for i in range(60))
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

pub(super) fn back_and_forth(bench: &Bench) -> Outcome {
    let recording = bench.record("varied", VARIED)?;
    let ended = bench.session(&recording, &["go end", "when", "info paused"])?;
    if ended.contains("images take 0.0 MB") {
        return Err(format!("no images were written:\n{ended}"));
    }
    let numbers = ended.split(|c: char| !c.is_ascii_digit());
    let end: u64 = numbers.filter_map(|n| n.parse().ok()).max().unwrap_or(0);
    let mut forwards: Vec<u64> = (1..=TIMES)
        .map(|n| n * (end / (TIMES + 2)) + n * 7)
        .collect();
    let ask = |times: &[u64], first: &[String]| {
        let mut commands = first.to_vec();
        for time in times {
            commands.push(format!("go {time}"));
            commands.extend(LOOKS.iter().map(|look| (*look).to_owned()));
        }
        let commands: Vec<&str> = commands.iter().map(String::as_str).collect();
        bench.session(&recording, &commands)
    };
    // Forwards only, a new process for each step.
    let expected = answers(&ask(&forwards, &[])?);
    let leap = |n: usize| n * 5 % TIMES as usize;
    forwards = (0..TIMES as usize).map(|n| forwards[leap(n)]).collect();
    let found = answers(&ask(&forwards, &[String::from("go end")])?);
    for (at, time) in forwards.iter().enumerate() {
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

/// The times that were gone to, each with what was shown there.
fn answers(session: &str) -> Vec<(u64, String)> {
    let parts = session.split(")$ go ").skip(1);
    let told = parts.filter_map(|part| {
        let (time, shown) = part.split_once('\n')?;
        Some((
            time.trim().parse().ok()?,
            shown.rsplit_once('(')?.0.to_owned(),
        ))
    });
    told.collect()
}
