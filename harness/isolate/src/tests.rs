//! What is applied is what is read back, and the harness is put back where it was.

use super::*;
use std::process::Stdio;

#[test]
fn a_process_gets_what_was_wished_and_the_record_says_so() {
    let wishes = Wishes {
        cpu: processor(),
        pad_bytes: 100,
        hash_seed: 3,
        address_space: AddressSpace::Random,
        environment: vec![("OWN".into(), "1".into())],
    };
    let mut command = Command::new("/bin/sh");
    command
        .args(["-c", "env; read wait"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped());
    prepare(&mut command, &wishes);
    let mut child = command.spawn().unwrap();
    let pid = Pid::from_child(&child);
    let isolation = applied(pid, &wishes);
    drop(child.stdin.take());
    let output = child.wait_with_output().unwrap();
    let printed = String::from_utf8(output.stdout).unwrap();

    assert_eq!(isolation.cpu, wishes.cpu);
    assert_eq!(isolation.hash_seed, Some(3));
    assert!(isolation.nice.is_some());
    assert!(printed.contains("PYTHONHASHSEED=3\n"), "{printed}");
    assert!(printed.contains("OWN=1\n"));
    assert!(printed.contains(&format!("KRAITBENCH_PAD={}\n", "x".repeat(100))));
    assert!(
        !printed.contains("CARGO"),
        "the rest of the environment is gone"
    );
}

#[test]
fn an_executors_variables_win() {
    let wishes = Wishes {
        environment: vec![("PYTHONHASHSEED".into(), "0".into())],
        hash_seed: 8,
        ..Wishes::default()
    };
    let last = environment(&wishes)
        .into_iter()
        .rfind(|(name, _)| name == "PYTHONHASHSEED");
    assert_eq!(last.unwrap().1, "0");
}

#[test]
fn standing_aside_ends() {
    let before = sched_getaffinity(None).unwrap();
    if let Some(cpu) = processor() {
        let aside = Aside::of(Some(cpu)).unwrap();
        assert!(!sched_getaffinity(None).unwrap().is_set(cpu as usize));
        drop(aside);
    }
    assert!(sched_getaffinity(None).unwrap() == before);
}

/// Where the first mapping of the shell lies in two processes.
fn addresses(address_space: AddressSpace) -> [String; 2] {
    [0, 1].map(|_| {
        let wishes = Wishes {
            cpu: processor(),
            address_space,
            ..Wishes::default()
        };
        let mut command = Command::new("/bin/sh");
        command
            .args(["-c", "read wait; head -n 1 /proc/$$/maps"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped());
        prepare(&mut command, &wishes);
        let mut child = command.spawn().unwrap();
        let isolation = applied(Pid::from_child(&child), &wishes);
        assert_eq!(
            isolation.address_space,
            Some(address_space),
            "{isolation:?}"
        );
        drop(child.stdin.take());
        String::from_utf8(child.wait_with_output().unwrap().stdout).unwrap()
    })
}

#[test]
fn addresses_are_fixed_for_counts_and_random_for_timings() {
    let [one, other] = addresses(AddressSpace::Fixed);
    assert!(!one.is_empty());
    assert_eq!(one, other);
    let system = std::fs::read_to_string("/proc/sys/kernel/randomize_va_space").unwrap();
    if system.trim() == "2" {
        let [one, other] = addresses(AddressSpace::Random);
        assert_ne!(one, other);
    }
}
