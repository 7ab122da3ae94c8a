//! Syntax errors: class, message, line, column, end line, end column, as CPython tells them.

use crate::{ErrorKind, Mode, Options, compile};

type Told = (&'static str, u32, u32, u32, i32, &'static str);

/// A program and what is told of it.
const SYNTAX: &[Told] = &[
    ("x = ", 1, 5, 1, 6, "invalid syntax"),
    ("a b", 1, 3, 1, 4, "invalid syntax"),
    ("foo(", 1, 4, 1, 0, "'(' was never closed"),
    ("x = [1, 2\ny = 3", 1, 5, 1, 0, "'[' was never closed"),
    ("x = )", 1, 5, 1, 5, "unmatched ')'"),
    (
        "x = (1]",
        1,
        7,
        1,
        7,
        "closing parenthesis ']' does not match opening parenthesis '('",
    ),
    (
        "x='abc",
        1,
        3,
        1,
        3,
        "unterminated string literal (detected at line 1)",
    ),
    (
        "'''a\nb",
        1,
        1,
        1,
        1,
        "unterminated triple-quoted string literal (detected at line 2)",
    ),
    (
        "f'abc",
        1,
        1,
        1,
        1,
        "unterminated f-string literal (detected at line 1)",
    ),
    ("f'}'", 1, 3, 1, 3, "f-string: single '}' is not allowed"),
    (
        "f'{}'",
        1,
        4,
        1,
        5,
        "f-string: valid expression required before '}'",
    ),
    ("f'{a'", 1, 5, 1, 5, "f-string: expecting '}'"),
    ("if x\n    pass", 1, 5, 1, 6, "expected ':'"),
    ("def f() pass", 1, 9, 1, 13, "expected ':'"),
    ("while True print(1)", 1, 12, 1, 17, "invalid syntax"),
    (
        "if x = 3: pass",
        1,
        4,
        1,
        9,
        "invalid syntax. Maybe you meant '==' or ':=' instead of '='?",
    ),
    (
        "f() = 1",
        1,
        1,
        1,
        4,
        "cannot assign to function call here. Maybe you meant '==' instead of '='?",
    ),
    (
        "x + 1 = 2",
        1,
        1,
        1,
        6,
        "cannot assign to expression here. Maybe you meant '==' instead of '='?",
    ),
    ("(a, 1) = 2", 1, 5, 1, 6, "cannot assign to literal"),
    ("None = 1", 1, 1, 1, 5, "cannot assign to None"),
    ("del f()", 1, 5, 1, 8, "cannot delete function call"),
    (
        "f() += 1",
        1,
        1,
        1,
        4,
        "'function call' is an illegal expression for augmented assignment",
    ),
    (
        "print 1",
        1,
        1,
        1,
        8,
        "Missing parentheses in call to 'print'. Did you mean print(...)?",
    ),
    (
        "print(a b)",
        1,
        7,
        1,
        10,
        "invalid syntax. Perhaps you forgot a comma?",
    ),
    (
        "f(a=1, 2)",
        1,
        9,
        1,
        10,
        "positional argument follows keyword argument",
    ),
    ("f(a=1, a=2)", 1, 8, 1, 11, "keyword argument repeated: a"),
    (
        "f(a.b=1)",
        1,
        3,
        1,
        7,
        "expression cannot contain assignment, perhaps you meant \"==\"?",
    ),
    (
        "def f(a=1, b): pass",
        1,
        12,
        1,
        13,
        "parameter without a default follows parameter with a default",
    ),
    (
        "def f(a, a): pass",
        1,
        10,
        1,
        11,
        "duplicate parameter 'a' in function definition",
    ),
    (
        "def f(*): pass",
        1,
        7,
        1,
        8,
        "named arguments must follow bare *",
    ),
    (
        "{1:}",
        1,
        3,
        1,
        4,
        "expression expected after dictionary key and ':'",
    ),
    (
        "x = a if b",
        1,
        5,
        1,
        11,
        "expected 'else' after 'if' expression",
    ),
    (
        "try: x\ny",
        2,
        1,
        2,
        2,
        "expected 'except' or 'finally' block",
    ),
    ("0777", 1, 1, 1, 2, LEADING_ZEROS),
    ("1a", 1, 1, 1, 1, "invalid decimal literal"),
    ("0b2", 1, 3, 1, 3, "invalid digit '2' in binary literal"),
    (
        "\u{e9}=\u{20ac}",
        1,
        3,
        1,
        3,
        "invalid character '\u{20ac}' (U+20AC)",
    ),
    (
        "x = \\ y",
        1,
        6,
        1,
        0,
        "unexpected character after line continuation character",
    ),
    (
        "b'\u{e9}'",
        1,
        1,
        1,
        5,
        "bytes can only contain ASCII literal characters",
    ),
    ("return 1", 1, 1, 1, 9, "'return' outside function"),
    ("break", 1, 1, 1, 6, "'break' outside loop"),
    ("continue", 1, 1, 1, 9, "'continue' not properly in loop"),
    ("yield 1", 1, 1, 1, 8, "'yield' outside function"),
    ("await x", 1, 1, 1, 8, "'await' outside function"),
    (
        "def f():\n    await x",
        2,
        5,
        2,
        12,
        "'await' outside async function",
    ),
    (
        "def f():\n    nonlocal x",
        2,
        5,
        2,
        15,
        "no binding for nonlocal 'x' found",
    ),
    (
        "nonlocal x",
        1,
        1,
        1,
        11,
        "nonlocal declaration not allowed at module level",
    ),
    (
        "def f():\n    x = 1\n    global x",
        3,
        5,
        3,
        13,
        "name 'x' is assigned to before global declaration",
    ),
    (
        "def f():\n    print(x)\n    global x",
        3,
        5,
        3,
        13,
        "name 'x' is used prior to global declaration",
    ),
    (
        "def f(x):\n    global x",
        2,
        5,
        2,
        13,
        "name 'x' is parameter and global",
    ),
    (
        "async def f():\n    yield 1\n    return 2",
        3,
        5,
        3,
        13,
        "'return' with value in async generator",
    ),
    (
        "a, *b, *c = x",
        1,
        1,
        1,
        10,
        "multiple starred expressions in assignment",
    ),
    (
        "*a = x",
        1,
        1,
        1,
        3,
        "starred assignment target must be in a list or tuple",
    ),
    (
        "match x:\n    case y: pass\n    case 1: pass",
        2,
        10,
        2,
        11,
        "name capture 'y' makes remaining patterns unreachable",
    ),
];

const LEADING_ZEROS: &str = "leading zeros in decimal integer literals are not permitted; use an \
                             0o prefix for octal integers";

const INDENTATION: &[Told] = &[
    ("    x=1", 1, 4, 1, -1, "unexpected indent"),
    (
        "if x:\n    y\n  z",
        3,
        4,
        3,
        -1,
        "unindent does not match any outer indentation level",
    ),
    (
        "if 1:\nfoo()",
        2,
        1,
        2,
        4,
        "expected an indented block after 'if' statement on line 1",
    ),
    (
        "def f(x):",
        1,
        10,
        1,
        -1,
        "expected an indented block after function definition on line 1",
    ),
];

fn check(kind: ErrorKind, table: &[Told]) {
    for &(source, line, column, end_line, end_column, message) in table {
        let error = compile(source, "t.py", Mode::Exec, Options::module())
            .expect_err(&format!("{source:?} is refused"));
        assert_eq!(error.message, message, "{source:?}");
        assert_eq!(
            (error.line, error.column, error.end_line, error.end_column),
            (line, column, end_line, end_column),
            "{source:?}: {message}"
        );
        assert_eq!(error.kind, kind, "{source:?}");
        assert_eq!(error.filename, "t.py");
    }
}

#[test]
fn messages_and_places_are_python_s() {
    check(ErrorKind::Syntax, SYNTAX);
}

#[test]
fn indentation_errors_are_their_own_class() {
    check(ErrorKind::Indentation, INDENTATION);
    check(
        ErrorKind::Tab,
        &[(
            "if x:\n\ty\n        z",
            3,
            1,
            3,
            0,
            "inconsistent use of tabs and spaces in indentation",
        )],
    );
}

#[test]
fn an_error_carries_its_line() {
    let error =
        compile("x = 1\ny = = 2\n", "t.py", Mode::Exec, Options::module()).expect_err("refused");
    assert_eq!(error.text.as_deref(), Some("y = = 2\n"));
}
