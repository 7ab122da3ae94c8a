//! Tests of the collector: what is reachable stays, what is not goes, and memory stays bounded.

use super::*;
use crate::kinds::{CodeObject, Dict, List, Str, Tuple};
use crate::value::Value;

/// Collects with one root.
fn collect_keeping(full: bool, root: Value) {
    collect(full, &mut |marker| marker.visit(root));
}

#[test]
fn what_a_root_reaches_survives() {
    let list = List::new();
    for i in 0..1000 {
        list.push(Tuple::new(&[Value::small(i), Str::new(&format!("text {i}")).into()]).into());
    }
    for round in 0..4 {
        collect_keeping(round % 2 == 1, list.into());
        // Fresh objects must not land on live ones.
        for i in 0..1000 {
            let _ = Str::new(&format!("garbage {i}"));
        }
    }
    for i in 0..1000 {
        let pair = list
            .item(i)
            .and_then(|v| v.cast::<Tuple>())
            .expect("a pair");
        assert_eq!(pair.items()[0], Value::small(i as i64));
        let text = pair.items()[1].cast::<Str>().expect("a text");
        assert!(text.equals_text(&format!("text {i}")));
    }
}

#[test]
fn what_is_referred_to_more_often_than_the_marker_puts_off_survives_once() {
    let many = 300_000;
    let shared: Value = Tuple::new(&[Str::new("shared by all").into()]).into();
    let list = List::new();
    for i in 0..many {
        let held = Str::new("held by one").into();
        list.push(Tuple::new(&[shared, Value::small(i), held]).into());
    }
    let before = count_objects(Kind::Tuple);
    for full in [false, true, false, true] {
        collect_keeping(full, list.into());
        assert_eq!(count_objects(Kind::Tuple), before);
    }
    for i in (0..many).step_by(997) {
        let tuple = list.item(i as usize).and_then(|v| v.cast::<Tuple>());
        let tuple = tuple.expect("a tuple");
        assert_eq!(tuple.items()[..2], [shared, Value::small(i)]);
        let text = tuple.items()[2].cast::<Str>().expect("a text");
        assert!(text.equals_text("held by one"));
    }
    collect(true, &mut |_| ());
    assert_eq!(count_objects(Kind::Tuple), before - many as usize - 1);
}

#[test]
fn what_is_reached_through_a_long_chain_survives() {
    // One object after the other, and a few of them at a time.
    for width in [1, 2, 7, 8, 9, 20] {
        let mut chains = vec![Value::NONE; width];
        for i in 0..1000 {
            for chain in &mut chains {
                *chain = Tuple::new(&[Value::small(i), *chain]).into();
            }
        }
        let root: Value = Tuple::new(&chains).into();
        collect_keeping(false, root);
        collect_keeping(true, root);
        assert_eq!(count_objects(Kind::Tuple), width * 1000 + 1);
        for _ in 0..5000 {
            let _ = Tuple::new(&[Value::small(-1), Value::NONE]);
        }
        for mut link in chains {
            for i in (0..1000).rev() {
                let tuple = link.cast::<Tuple>().expect("a link");
                assert_eq!(tuple.items()[0], Value::small(i));
                link = tuple.items()[1];
            }
            assert_eq!(link, Value::NONE);
        }
    }
}

#[test]
fn an_old_object_keeps_a_young_one_that_was_written_into_it() {
    let list = List::new();
    collect_keeping(true, list.into());
    list.push(Str::new("young, and only reachable from an old list").into());
    collect_keeping(false, list.into());
    for _ in 0..10_000 {
        let _ = Str::new("something to land on a freed cell, if there is one");
    }
    let text = list
        .item(0)
        .and_then(|v| v.cast::<Str>())
        .expect("the text");
    assert!(text.equals_text("young, and only reachable from an old list"));
}

/// A text that only the container has.
fn fresh(n: usize) -> Value {
    Str::new(&format!("text {n} of an old container")).into()
}

/// Texts that land on freed cells, if there are any.
fn churn() {
    for i in 0..10_000 {
        let _ = Str::new(&format!("garbage {i:020}"));
    }
}

fn expect_texts(list: Gc<List>, count: usize) {
    assert_eq!(list.len(), count);
    for (n, item) in list.items().iter().enumerate() {
        let text = item.cast::<Str>().expect("a text");
        assert!(text.equals_text(&format!("text {n} of an old container")));
    }
}

#[test]
fn what_is_appended_to_old_lists_is_kept() {
    for full in [false, true] {
        let list = List::new();
        let mut count = 0;
        for round in 0..40 {
            for _ in 0..round * 5 {
                list.push(fresh(count));
                count += 1;
            }
            list.extend(&[fresh(count), fresh(count + 1)]);
            count += 2;
            if round % 3 == 1 {
                // Taken off and appended anew, below where it grew from.
                for _ in 0..count.min(7) {
                    list.pop();
                    count -= 1;
                }
                list.push(fresh(count));
                count += 1;
            }
            if round % 5 == 2 {
                list.set_item(3, fresh(3));
                list.splice(count - 1, count, &[]);
                count -= 1;
            }
            collect_keeping(full && round % 4 == 0, list.into());
            churn();
            expect_texts(list, count);
        }
    }
}

#[test]
fn what_is_inserted_into_old_dictionaries_is_kept() {
    let dict = Dict::new();
    let key = |n: usize| Str::new(&format!("key {n}"));
    for round in 0..30 {
        for n in round * 20..(round + 1) * 20 {
            dict.set_str(key(n), fresh(n));
        }
        for n in (round * 20 + 15..(round + 1) * 20).rev() {
            dict.remove_str(key(n));
        }
        for n in round * 20 + 15..(round + 1) * 20 {
            dict.set_str(key(n), fresh(n));
        }
        dict.set_str(key(round), fresh(round));
        collect_keeping(false, dict.into());
        churn();
        for n in 0..(round + 1) * 20 {
            let text = dict.get_str(key(n)).and_then(|v| v.cast::<Str>());
            let text = text.expect("a text");
            assert!(text.equals_text(&format!("text {n} of an old container")));
        }
    }
}

#[test]
fn garbage_is_reused() {
    let keep = Dict::new();
    let live = |rounds: usize| {
        for _ in 0..rounds {
            for i in 0..10_000 {
                let _ = List::from_slice(&[Value::small(i); 4]);
            }
            collect_keeping(false, keep.into());
        }
        stats().live_bytes
    };
    let early = live(2);
    let late = live(20);
    assert!(late < early + (1 << 20), "{early} bytes live, then {late}");
}

#[test]
fn blocks_that_hold_few_dead_cells_are_found_by_a_full_collection() {
    // Texts of one size after the other, of which a few outlive one collection.
    let mut most = 0;
    for round in 0..120usize {
        let size = 512 + round * 61 % 7000;
        let kept = List::new();
        for i in 0..NURSERY_BYTES / size {
            let text = Str::new(&"x".repeat(size));
            if i % 40 == 0 {
                kept.push(text.into());
            }
        }
        collect_keeping(false, kept.into());
        // SAFETY: the heap is this thread's own.
        most = most.max(unsafe { (*heap()).blocks.bytes_in_use() });
    }
    assert!(most <= FULL_MIN_BLOCK_BYTES + NURSERY_BYTES, "{most}");
}

#[test]
fn memory_outside_of_the_heap_leads_to_a_full_collection() {
    // Code of which each outlives one collection and then dies.
    let name = Str::new("code").into();
    let mut last = Value::NONE;
    let mut most = 0;
    for _ in 0..1000 {
        let code = bytecode::Code {
            instrs: vec![bytecode::Instr::abc(bytecode::Op::Return, 0, 0, 0, 0); 1 << 16],
            ..bytecode::Code::default()
        };
        let code = CodeObject::new(Box::new(code), Tuple::new(&[]), name, name, name);
        if collection_due() {
            let roots = [name, last, code.into()];
            collect(false, &mut |marker| {
                roots.iter().for_each(|&root| marker.visit(root));
            });
        }
        last = code.into();
        most = most.max(outside::held());
    }
    assert!(most <= FULL_MIN_HELD_BYTES + (4 << 20), "{most}");
    collect(true, &mut |_| {});
    assert_eq!(outside::held(), 0);
}

#[test]
fn large_objects_are_freed_and_grown_in_place() {
    let list = List::new();
    for i in 0..200_000 {
        list.push(Value::small(i));
    }
    collect_keeping(true, list.into());
    assert_eq!(list.len(), 200_000);
    assert_eq!(list.item(199_999), Some(Value::small(199_999)));
    let with_list = stats().live_bytes;
    assert!(with_list >= 1_600_000);
    collect(true, &mut |_| {});
    assert!(stats().live_bytes <= with_list - 1_600_000);
}

#[test]
fn the_native_stack_is_a_root() {
    let base = 0u64;
    set_stack_base(&raw const base as *const u8);
    let kept = inner();
    let text = kept.cast::<Str>().expect("a text");
    assert!(text.equals_text("held by a local variable only"));

    #[inline(never)]
    fn inner() -> Value {
        let value: Value = std::hint::black_box(Str::new("held by a local variable only").into());
        collect(true, &mut |_| {});
        for _ in 0..10_000 {
            let _ = Str::new("something to land on a freed cell, if there is one");
        }
        std::hint::black_box(value)
    }
}
