//! What code comes out: registers, jumps, scopes, tables.

use super::{body_of_f, inner, module, with_large_stack};
use crate::{Mode, Options, compile, compile_with_warnings};
use bytecode::{Code, Const, Op};

#[test]
fn an_assignment_of_a_sum_is_one_instruction() {
    let body = body_of_f("def f(x, a, b):\n    x = a + b\n    return x\n");
    assert_eq!(body, ["add r0, r1, r2", "return r0"]);
}

#[test]
fn small_integers_are_immediates() {
    let body = body_of_f("def f(x):\n    x = x + 1\n    x -= 70000\n    return x[-1]\n");
    assert_eq!(
        body,
        [
            "add_imm r0, r0, 1",
            "load_int r1, 70000",
            "sub r0, r0, r1 x=1",
            "load_item_imm r1, r0, -1",
            "return r1",
        ]
    );
}

#[test]
fn a_while_loop_tests_with_one_jump() {
    let body = body_of_f("def f(i, n):\n    while i < n:\n        i += 1\n");
    assert_eq!(
        body,
        [
            "jump_lt r0, r1, ->3",
            "add_imm r0, r0, 1 x=1",
            "jump_back ->0",
            "load_common r2",
            "return r2",
        ]
    );
}

#[test]
fn a_rebound_operand_is_copied_first() {
    let body = body_of_f("def f(x):\n    return x + (x := 2)\n");
    assert_eq!(body[0], "move r2, r0");
    assert_eq!(
        body.iter().filter(|line| line.starts_with("add ")).count(),
        1
    );
    assert!(
        body.iter().any(|line| line.starts_with("add r1, r2,")),
        "{body:?}"
    );
}

#[test]
fn an_own_variable_is_not_touched_before_the_end() {
    // `x` must survive if `x.b` raises.
    let body = body_of_f("def f(x, a):\n    x = a and x.b\n    return x\n");
    assert_eq!(body[0], "move r2, r1");
    assert_eq!(body[body.len() - 2], "move r0, r2");
}

#[test]
fn bound_is_checked_only_where_it_is_in_doubt() {
    let checks = |source: &str| {
        body_of_f(source)
            .iter()
            .filter(|line| line.starts_with("check_bound"))
            .count()
    };
    assert_eq!(checks("def f(a):\n    b = a\n    return b\n"), 0);
    assert_eq!(
        checks("def f(a):\n    if a:\n        b = 1\n    return b, b\n"),
        1
    );
    assert_eq!(
        checks("def f(a):\n    if a:\n        b = 1\n    else:\n        b = 2\n    return b\n"),
        0
    );
    assert_eq!(
        checks("def f(a):\n    for x in a:\n        y = x\n    return y\n"),
        1
    );
    assert_eq!(checks("def f(a):\n    del a\n    return a\n"), 1);
    assert_eq!(
        checks("def f(a):\n    b = 1\n    while a:\n        print(b)\n        del b\n"),
        1
    );
    assert_eq!(
        checks("def f(a):\n    try:\n        b = a()\n    except E:\n        pass\n    return b\n"),
        1
    );
    assert_eq!(
        checks("def f(a):\n    while True:\n        b = 1\n        if a: break\n    return b\n"),
        0
    );
}

#[test]
fn only_back_edges_go_back() {
    let code = module("def f(a):\n    while a:\n        for b in a:\n            continue\n");
    let f = inner(&code, "f");
    for (pc, instr) in f.instrs.iter().enumerate() {
        if let Some(target) = bytecode::jump_target(pc as u32, *instr) {
            assert_eq!(target as usize <= pc, instr.op() == Op::JumpBack);
        }
    }
}

#[test]
fn far_jumps_are_lengthened() {
    let mut source = "def f(a, b):\n    for c in a:\n      while a < b:\n".to_owned();
    for _ in 0..40_000 {
        source.push_str("        a += 1\n");
    }
    let code = module(&source);
    let f = inner(&code, "f");
    assert!(f.instrs.len() > 40_000);
    assert_eq!(f.instrs.iter().filter(|i| i.op() == Op::Jump).count(), 4);
    assert_eq!(Code::from_bytes(&code.to_bytes()).as_ref(), Ok(&code));
}

#[test]
fn comprehensions_run_in_place() {
    let code = module("def f(xs):\n    return [x for x in xs], [lambda: y for y in xs]\n");
    let f = inner(&code, "f");
    assert!(
        f.constants
            .iter()
            .all(|c| !matches!(c, Const::Code(i) if &*i.name == "<listcomp>"))
    );
    let lambda = inner(f, "<lambda>");
    assert_eq!(lambda.free_names, ["y".into()]);
    assert_eq!(&*lambda.qualname, "f.<locals>.<lambda>");
}

#[test]
fn names_are_found_where_python_finds_them() {
    let source = "\
def outer(a):
    b = 1
    class C:
        b = b
        c = [a for a in b]
        def method(self):
            return a, b, __class__
    def inner():
        nonlocal b
        b = a
    return inner
";
    let code = module(source);
    let outer = inner(&code, "outer");
    assert_eq!(outer.cell_registers, [0, 1]);
    assert_eq!(outer.params.positional, 1);
    let method = inner(&code, "method");
    let mut free = method.free_names.clone();
    free.sort();
    assert_eq!(free, ["__class__".into(), "a".into(), "b".into()]);
    let class = inner(&code, "C");
    assert!(class.local_names.iter().any(|name| &**name == "__class__"));
    assert!(!class.flags.optimized && method.flags.method && method.flags.nested);
}

#[test]
fn private_names_carry_their_class() {
    let code =
        module("class _C:\n    def f(self):\n        self.__x = __y\n        return self.__z__\n");
    let f = inner(&code, "f");
    let text: Vec<String> = f.constants.iter().filter_map(Const::as_text).collect();
    assert_eq!(text, ["_C__y", "_C__x", "__z__"]);
    assert_eq!(f.self_attributes, ["_C__x".into()]);
}

#[test]
fn parameters_come_in_their_order() {
    let code = module("def f(a, /, b, *c, d=1, **e):\n    z = 1\n");
    let f = inner(&code, "f");
    let names: Vec<&str> = f.local_names.iter().map(|name| &**name).collect();
    assert_eq!(names, ["a", "b", "d", "c", "e", "z"]);
    assert_eq!(f.params.count(), 5);
}

#[test]
fn constants_are_folded() {
    let value = |source: &str| {
        let code = compile(source, "t", Mode::Eval, Options::default()).expect("compiles");
        code.constants.first().cloned()
    };
    assert_eq!(
        value("2 ** 64"),
        Some(Const::BigInt("18446744073709551616".into()))
    );
    assert_eq!(
        value("-7 // 2 * 10 ** 12"),
        Some(Const::Int(-4_000_000_000_000))
    );
    assert_eq!(value("'ab' * 2 + 'c'"), Some(Const::str("ababc")));
    assert_eq!(value("1.5 - 1"), Some(Const::Float(0.5f64.to_bits())));
    assert_eq!(value("-0.0"), Some(Const::Float((-0.0f64).to_bits())));
    assert_eq!(
        value("'\\ud800\u{FFFD}'"),
        Some(Const::Str([0xD800, 0xFFFD].into()))
    );
    assert_eq!(
        value("0xFFFF_FFFF_FFFF_FFFF"),
        Some(Const::BigInt("18446744073709551615".into()))
    );
    let untouched = compile("'a' * 5000", "t", Mode::Eval, Options::default()).expect("compiles");
    assert!(untouched.instrs.iter().any(|i| i.op() == Op::MulImm));
}

#[test]
fn doc_strings_lose_their_indentation() {
    let code = module("def f():\n    \"\"\"One.\n\n      Two.\n    Three.\n    \"\"\"\n");
    let f = inner(&code, "f");
    assert!(f.flags.has_docstring);
    assert_eq!(
        f.constants[0].as_text().as_deref(),
        Some("One.\n\n  Two.\nThree.\n")
    );
}

#[test]
fn live_registers_are_those_read_later() {
    let code = module("def f(a, b):\n    c = a()\n    return c + b\n");
    let f = inner(&code, "f");
    let call = f
        .instrs
        .iter()
        .position(|i| i.op() == Op::Call)
        .expect("a call") as u32;
    assert_eq!(f.liveness.get(call + 1), Some(&[1, 2][..]));
}

#[test]
fn places_are_those_of_the_tree() {
    let code = module("x = 1\ny = (x +\n     foo.bar(x))\n");
    let at = |op: Op| {
        let pc = code
            .instrs
            .iter()
            .position(|i| i.op() == op)
            .expect("the op");
        let l = code.location(pc as u32);
        (l.line, l.column, l.end_line, l.end_column)
    };
    assert_eq!(at(Op::Add), (2, 5, 3, 15));
    assert_eq!(at(Op::Call), (3, 5, 3, 15));
    assert_eq!(at(Op::LoadMethod), (3, 5, 3, 12));
}

#[test]
fn warnings_are_collected_in_order() {
    let source = "if x is 1: pass\nassert (x, 'm')\ny = '\\d'\n(1, 2)()\n";
    let (_, warnings) =
        compile_with_warnings(source, "t", Mode::Exec, Options::module()).expect("compiles");
    let texts: Vec<(u32, &str)> = warnings
        .iter()
        .map(|w| (w.line, w.message.as_str()))
        .collect();
    assert_eq!(
        texts,
        [
            (1, "\"is\" with 'int' literal. Did you mean \"==\"?"),
            (2, "assertion is always true, perhaps remove parentheses?"),
            (
                3,
                "\"\\d\" is an invalid escape sequence. Such sequences will not work in the \
                 future. Did you mean \"\\\\d\"? A raw string is also an option."
            ),
            (
                4,
                "'tuple' object is not callable; perhaps you missed a comma?"
            ),
        ]
    );
}

#[test]
fn deep_programs_are_refused_and_large_ones_compile() {
    with_large_stack(|| {
        let n = 30_000;
        let refused = [
            format!("{}1", "-".repeat(n)),
            format!("{}{}", "[".repeat(n), "]".repeat(n)),
            vec!["a"; n].join("+"),
            format!("a{}", ".b".repeat(n)),
            format!("{}1", "lambda:".repeat(n)),
        ];
        for source in refused {
            assert!(compile(&source, "t", Mode::Exec, Options::module()).is_err());
        }
        let fine = [
            format!("f({})", vec!["a"; n].join(",")),
            format!("[{}]", vec!["a"; n].join(",")),
            format!("{{{}}}", vec!["a:b"; n].join(",")),
            format!("if a: pass\n{}", "elif a: pass\n".repeat(n)),
            vec!["a"; n].join(" and "),
        ];
        for source in fine {
            module(&source);
        }
    });
}

#[test]
fn a_debug_field_shows_no_comment() {
    let code = module("x = f'''{a['#'] # why\n  =}'''\n");
    assert!(code.constants.contains(&Const::str("a['#'] \n  =")));
}

#[test]
fn a_template_string_is_a_call() {
    let body = body_of_f("def f(x):\n    return t'a {x!r:>{x}} b'\n");
    assert_eq!(
        body.iter().filter(|line| line.starts_with("call ")).count(),
        2
    );
    assert!(body.iter().any(|line| line.starts_with("format_value")));
}
