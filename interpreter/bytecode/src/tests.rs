//! Tests of the forms in which code is written, and of the verifier.

use crate::{
    Code, CodeFlags, Const, DecodeError, ENTRY, EXIT, ExceptionEntry, Instr, LINE, LiveTable,
    Location, OPS, Op, ParamSpec, Pc, ROUND, Reg, Site, parse, print, stop_kinds, stop_places,
    stops, verify,
};

fn live_at(points: &[(Pc, &[Reg])]) -> LiveTable {
    let mut table = LiveTable::default();
    for (pc, registers) in points {
        table.push(*pc, registers.iter().copied());
    }
    table
}

/// A code object that uses every table.
fn sample() -> Code {
    let inner = Code {
        name: "inner".into(),
        qualname: "f.<locals>.inner".into(),
        filename: "t.py".into(),
        free_names: vec!["x".into()],
        registers: 2,
        instrs: vec![
            Instr::wide(Op::LoadClosure, 0, 0, 0),
            Instr::abc(Op::LoadCell, 1, 1, 0, 0),
            Instr::abc(Op::Return, 0, 1, 0, 0),
        ],
        constants: vec![Const::str("x")],
        ..Code::default()
    };
    Code {
        name: "f".into(),
        qualname: "f".into(),
        filename: "a \"quoted\"\\ name.py".into(),
        first_line: 3,
        flags: CodeFlags {
            optimized: true,
            has_docstring: true,
            ..CodeFlags::default()
        },
        params: ParamSpec {
            positional: 1,
            varkw: true,
            ..ParamSpec::default()
        },
        registers: 7,
        instrs: vec![
            Instr::wide(Op::MakeCell, 0, 0, 0),
            Instr::wide(Op::LoadInt, 0, 2, -5),
            Instr::abc(Op::AddImm, 1, 2, 2, -3i16 as u16),
            Instr::abc(Op::JumpLtImm, 1, 2, -1i16 as u16, 1),
            Instr::wide(Op::JumpBack, 0, 0, -3),
            Instr::abc(Op::Move, 0, 4, 0, 0),
            Instr::abc(Op::BuildTuple, 0, 3, 4, 1),
            Instr::abc(Op::MakeFunction, 8, 2, 3, 5),
            Instr::wide(Op::LoadGlobal, 0, 2, 0),
            Instr::abc(Op::Call, 1, 2, 2, 0),
            Instr::abc(Op::Return, 0, 2, 0, 0),
            Instr::abc(Op::Reraise, 0, 6, 0, 0),
        ],
        constants: vec![
            Const::str("Doc\nstring \u{1F40D}"),
            Const::Str([0xD800, 0x41].into()),
            Const::Tuple(Box::new([
                Const::None,
                Const::Bool(true),
                Const::Bool(false),
                Const::Ellipsis,
                Const::Int(i64::MIN),
                Const::BigInt("-36893488147419103232".into()),
                Const::Tuple(Box::default()),
            ])),
            Const::Complex((-0.0f64).to_bits(), f64::INFINITY.to_bits()),
            Const::FrozenSet(Box::new([
                Const::Float(f64::NAN.to_bits() | 1),
                Const::Float(1),
            ])),
            Const::Code(Box::new(inner)),
            Const::Bytes(Box::new([0, 34, 92, 255])),
        ],
        sites: vec![Site { name: 0 }],
        local_names: vec!["x".into(), "kw".into()],
        cell_registers: vec![0],
        exceptions: vec![ExceptionEntry {
            start: 1,
            end: 9,
            target: 11,
            reg: 6,
        }],
        locations: vec![
            (0, Location::default()),
            (
                1,
                Location {
                    line: 4,
                    end_line: 5,
                    column: 2,
                    end_column: 1,
                },
            ),
            (
                10,
                Location {
                    line: 3,
                    end_line: 3,
                    column: 0,
                    end_column: 300,
                },
            ),
        ],
        liveness: live_at(&[(2, &[0, 2]), (10, &[2]), (11, &[])]),
        self_attributes: vec!["a".into()],
        ..Code::default()
    }
}

#[test]
fn the_sample_is_valid() {
    assert_eq!(verify(&sample()), Ok(()));
}

#[test]
fn text_reads_back_as_it_was() {
    let text = print(&sample());
    assert_eq!(parse(&text).as_ref(), Ok(&sample()), "{text}");
}

#[test]
fn every_op_reads_back_from_text() {
    for info in OPS {
        let mut code = sample();
        code.instrs = vec![
            Instr::abc(info.op, 0, 1, 2, 3),
            Instr::abc(Op::Nop, 0, 0, 0, 0),
        ];
        // The parser keeps the fields that the format has; a second trip must change nothing.
        let once = parse(&print(&code)).expect(info.name);
        assert_eq!(parse(&print(&once)).as_ref(), Ok(&once), "{}", info.name);
        assert_eq!(once.instrs[0].op(), info.op);
    }
}

#[test]
fn text_errors_name_the_line() {
    let text = print(&sample()).replace("return r2", "retrun r2");
    let error = parse(&text).expect_err("an unknown op");
    assert_eq!(error.message, "unknown op `retrun`");
    let line = text
        .lines()
        .position(|line| line.contains("retrun"))
        .expect("the line");
    assert_eq!(error.line as usize, line + 1);
    assert!(parse("").is_err());
    assert!(parse("code \"f").is_err());
}

#[test]
fn bytes_read_back_as_they_were() {
    assert_eq!(Code::from_bytes(&sample().to_bytes()), Ok(sample()));
}

#[test]
fn the_byte_form_is_fixed() {
    let code = Code {
        name: "f".into(),
        instrs: vec![Instr(0x0102)],
        ..Code::default()
    };
    let bytes = code.to_bytes();
    assert_eq!(&bytes[..9], b"krb2\x02\x01f\x00\x00");
    assert!(bytes.windows(8).any(|w| w == [2, 1, 0, 0, 0, 0, 0, 0]));
}

#[test]
fn damaged_bytes_are_refused() {
    let bytes = sample().to_bytes();
    assert_eq!(Code::from_bytes(b"\x7fELF"), Err(DecodeError::Foreign));
    for length in 4..bytes.len() {
        assert!(Code::from_bytes(&bytes[..length]).is_err(), "{length}");
    }
    // Whatever a flipped bit makes of it, reading ends in an answer.
    for at in 4..bytes.len() {
        for bit in 0..8 {
            let mut damaged = bytes.clone();
            damaged[at] ^= 1 << bit;
            if let Ok(code) = Code::from_bytes(&damaged) {
                let _ = verify(&code);
            }
        }
    }
}

#[test]
fn the_verifier_says_what_is_wrong() {
    let told = |change: &dyn Fn(&mut Code)| {
        let mut code = sample();
        change(&mut code);
        verify(&code).expect_err("invalid").to_string()
    };
    assert_eq!(
        told(&|c| c.registers = 6),
        "f at 11: reraise: register r6 of 6"
    );
    assert_eq!(
        told(&|c| c.instrs.truncate(10)),
        "f: execution falls off the end"
    );
    assert_eq!(
        told(&|c| c.instrs[4] = Instr::wide(Op::Jump, 0, 0, -3)),
        "f at 4: jump: jumps to 2, the wrong way"
    );
    assert_eq!(
        told(&|c| c.instrs[3] = Instr::abc(Op::JumpLtImm, 1, 2, 0, 99)),
        "f at 3: jump_lt_imm: jumps to 103, behind the end"
    );
    assert_eq!(
        told(&|c| c.instrs[8] = Instr::wide(Op::LoadGlobal, 0, 2, 1)),
        "f at 8: load_global: site 1 is not there"
    );
    assert_eq!(
        told(&|c| c.instrs[9] = Instr::abc(Op::Call, 1, 2, 2, 9)),
        "f at 9: call: register r12 of 7"
    );
    assert_eq!(
        told(&|c| c.instrs[0] = Instr(255)),
        "f at 0: unknown op 255"
    );
    assert_eq!(
        told(&|c| c.exceptions[0].end = 99),
        "f: protected range 1..99 of 12"
    );
    assert_eq!(
        told(&|c| c.instrs[7] = Instr::abc(Op::MakeFunction, 0, 2, 3, 5)),
        "f at 7: make_function: closure and free variables of f.<locals>.inner differ"
    );
    assert_eq!(
        told(&|c| c.constants[0] = Const::None),
        "f: the first constant is no docstring"
    );
    assert_eq!(
        told(&|c| c.liveness = live_at(&[(2, &[2, 0])])),
        "f: liveness at 2"
    );
}

/// Code whose lines begin at the instructions given.
fn of_lines(instrs: &[Instr], lines: &[(u32, u32)]) -> Code {
    let location = |&(pc, line): &(u32, u32)| {
        let location = Location {
            line,
            ..Location::default()
        };
        (pc, location)
    };
    Code {
        instrs: instrs.to_vec(),
        locations: lines.iter().map(location).collect(),
        ..Code::default()
    }
}

#[test]
fn stops_stand_before_lines_rounds_and_exits_and_lead_to_the_originals() {
    let instrs = [
        Instr::wide(Op::LoadInt, 0, 0, 1),
        Instr::wide(Op::LoadInt, 0, 1, 2),
        Instr::abc(Op::AddImm, 0, 1, 1, 1),
        Instr::wide(Op::JumpBack, 0, 0, -2),
        Instr::abc(Op::Return, 0, 0, 0, 0),
    ];
    // One line, then another.
    let code = of_lines(&instrs, &[(0, 1), (4, 2)]);
    let kinds = [ENTRY | LINE, 0, LINE, 0, LINE | EXIT];
    assert_eq!(stop_kinds(&code), kinds);
    let stopped = stops(&code);
    let original = |at: usize| match stopped[at].is_stop() {
        true => stopped[at + stopped[at].bc() as usize],
        false => stopped[at],
    };
    // The round is a stop for the jump back alone.
    for (pc, kinds) in [ENTRY | LINE, 0, 0, 0, LINE | EXIT].into_iter().enumerate() {
        let first = stopped[pc];
        assert_eq!(if first.is_stop() { first.x() } else { 0 }, kinds);
        assert_eq!(first.with_a(7).bc(), first.bc());
        if pc != 3 {
            assert_eq!(original(pc), instrs[pc]);
        }
    }
    let round = 3 + 1 + original(3).bc() as usize;
    assert_eq!(stopped[round].x(), LINE | ROUND);
    let jump = original(round);
    assert_eq!(jump.op(), Op::Jump);
    assert_eq!(round as i32 + 1 + jump.bc(), 2);
    let sizes = (stopped.len(), instrs.len());
    assert_eq!(stop_places(sizes, 2, |at| stopped[at]), [round]);
    assert_eq!(stop_places(sizes, 0, |at| stopped[at]), [0]);
}

#[test]
fn a_header_is_one_stop_a_round() {
    let instrs = [
        // A header of two instructions, of which the second is gone back to; the body.
        Instr::wide(Op::LoadInt, 0, 0, 1),
        Instr::abc(Op::AddImm, 0, 0, 0, 1),
        Instr::abc(Op::AddImm, 0, 0, 0, 1),
        Instr::wide(Op::JumpBack, 0, 0, -3),
        Instr::abc(Op::Return, 0, 0, 0, 0),
    ];
    let code = of_lines(&instrs, &[(0, 1), (2, 2), (3, 1), (4, 3)]);
    let kinds = [ENTRY | LINE, LINE, LINE, 0, LINE | EXIT];
    assert_eq!(stop_kinds(&code), kinds);
    // A function that begins with its loop is entered once.
    let instrs = [
        Instr::abc(Op::AddImm, 0, 0, 0, 1),
        Instr::wide(Op::JumpBack, 0, 0, -2),
    ];
    let code = of_lines(&instrs, &[(0, 1)]);
    let stopped = stops(&code);
    assert_eq!(stopped[0].x(), ENTRY | LINE);
    assert_eq!((stopped[4].x(), stopped[4].a()), (ROUND, 1));
    assert_eq!(stop_places((stopped.len(), 2), 0, |at| stopped[at]), [0]);
}
