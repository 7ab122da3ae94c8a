//! The nodes of Python's syntax trees: one table, from which the kinds, the classes of `_ast` and
//! the checks of trees that a program made derive.
//!
//! A row is a node with its fields, each `type name`. A type may end in `?` (None if absent),
//! `*` (a list) or `?*` (a list that may hold None).

use std::sync::LazyLock;

/// A family of nodes: a class of its own if it `is_sum`, and otherwise the name of its only node.
pub struct Family {
    pub name: &'static str,
    pub is_sum: bool,
    /// Its nodes say where they stand in the source.
    pub has_place: bool,
    pub nodes: &'static [Kind],
}

macro_rules! nodes {
    ($($family:literal $shape:ident $place:ident { $($name:ident $fields:literal)* })*) => {
        /// Which node it is.
        #[allow(non_camel_case_types)]
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        #[repr(u8)]
        pub enum Kind { $($($name),*),* }

        pub const FAMILIES: &[Family] = &[$(Family {
            name: $family,
            is_sum: nodes!(@ $shape),
            has_place: nodes!(@ $place),
            nodes: &[$(Kind::$name),*],
        }),*];

        /// Name and fields of each kind, in the order of the kinds.
        const ROWS: &[(&str, &str)] = &[$($((stringify!($name), $fields)),*),*];

        /// Every kind.
        pub const KINDS: &[Kind] = &[$($(Kind::$name),*),*];
    };
    (@ sum) => { true };
    (@ product) => { false };
    (@ placed) => { true };
    (@ unplaced) => { false };
}

nodes! {
    "mod" sum unplaced {
        Module "stmt* body, type_ignore* type_ignores"
        Interactive "stmt* body"
        Expression "expr body"
        FunctionType "expr* argtypes, expr returns"
    }
    "stmt" sum placed {
        FunctionDef "identifier name, arguments args, stmt* body, expr* decorator_list, expr? returns, string? type_comment, type_param* type_params"
        AsyncFunctionDef "identifier name, arguments args, stmt* body, expr* decorator_list, expr? returns, string? type_comment, type_param* type_params"
        ClassDef "identifier name, expr* bases, keyword* keywords, stmt* body, expr* decorator_list, type_param* type_params"
        Return "expr? value"
        Delete "expr* targets"
        Assign "expr* targets, expr value, string? type_comment"
        TypeAlias "expr name, type_param* type_params, expr value"
        AugAssign "expr target, operator op, expr value"
        AnnAssign "expr target, expr annotation, expr? value, int simple"
        For "expr target, expr iter, stmt* body, stmt* orelse, string? type_comment"
        AsyncFor "expr target, expr iter, stmt* body, stmt* orelse, string? type_comment"
        While "expr test, stmt* body, stmt* orelse"
        If "expr test, stmt* body, stmt* orelse"
        With "withitem* items, stmt* body, string? type_comment"
        AsyncWith "withitem* items, stmt* body, string? type_comment"
        Match "expr subject, match_case* cases"
        Raise "expr? exc, expr? cause"
        Try "stmt* body, excepthandler* handlers, stmt* orelse, stmt* finalbody"
        TryStar "stmt* body, excepthandler* handlers, stmt* orelse, stmt* finalbody"
        Assert "expr test, expr? msg"
        Import "alias* names"
        ImportFrom "identifier? module, alias* names, int? level"
        Global "identifier* names"
        Nonlocal "identifier* names"
        Expr "expr value"
        Pass ""
        Break ""
        Continue ""
    }
    "expr" sum placed {
        BoolOp "boolop op, expr* values"
        NamedExpr "expr target, expr value"
        BinOp "expr left, operator op, expr right"
        UnaryOp "unaryop op, expr operand"
        Lambda "arguments args, expr body"
        IfExp "expr test, expr body, expr orelse"
        Dict "expr?* keys, expr* values"
        Set "expr* elts"
        ListComp "expr elt, comprehension* generators"
        SetComp "expr elt, comprehension* generators"
        DictComp "expr key, expr value, comprehension* generators"
        GeneratorExp "expr elt, comprehension* generators"
        Await "expr value"
        Yield "expr? value"
        YieldFrom "expr value"
        Compare "expr left, cmpop* ops, expr* comparators"
        Call "expr func, expr* args, keyword* keywords"
        FormattedValue "expr value, int conversion, expr? format_spec"
        Interpolation "expr value, constant str, int conversion, expr? format_spec"
        JoinedStr "expr* values"
        TemplateStr "expr* values"
        Constant "constant value, string? kind"
        Attribute "expr value, identifier attr, expr_context ctx"
        Subscript "expr value, expr slice, expr_context ctx"
        Starred "expr value, expr_context ctx"
        Name "identifier id, expr_context ctx"
        List "expr* elts, expr_context ctx"
        Tuple "expr* elts, expr_context ctx"
        Slice "expr? lower, expr? upper, expr? step"
    }
    "expr_context" sum unplaced { Load "" Store "" Del "" }
    "boolop" sum unplaced { And "" Or "" }
    "operator" sum unplaced {
        Add "" Sub "" Mult "" MatMult "" Div "" Mod "" Pow "" LShift "" RShift "" BitOr ""
        BitXor "" BitAnd "" FloorDiv ""
    }
    "unaryop" sum unplaced { Invert "" Not "" UAdd "" USub "" }
    "cmpop" sum unplaced {
        Eq "" NotEq "" Lt "" LtE "" Gt "" GtE "" Is "" IsNot "" In "" NotIn ""
    }
    "comprehension" product unplaced {
        comprehension "expr target, expr iter, expr* ifs, int is_async"
    }
    "excepthandler" sum placed {
        ExceptHandler "expr? type, identifier? name, stmt* body"
    }
    "arguments" product unplaced {
        arguments "arg* posonlyargs, arg* args, arg? vararg, arg* kwonlyargs, expr?* kw_defaults, arg? kwarg, expr* defaults"
    }
    "arg" product placed { arg "identifier arg, expr? annotation, string? type_comment" }
    "keyword" product placed { keyword "identifier? arg, expr value" }
    "alias" product placed { alias "identifier name, identifier? asname" }
    "withitem" product unplaced { withitem "expr context_expr, expr? optional_vars" }
    "match_case" product unplaced { match_case "pattern pattern, expr? guard, stmt* body" }
    "pattern" sum placed {
        MatchValue "expr value"
        MatchSingleton "constant value"
        MatchSequence "pattern* patterns"
        MatchMapping "expr* keys, pattern* patterns, identifier? rest"
        MatchClass "expr cls, pattern* patterns, identifier* kwd_attrs, pattern* kwd_patterns"
        MatchStar "identifier? name"
        MatchAs "pattern? pattern, identifier? name"
        MatchOr "pattern* patterns"
    }
    "type_ignore" sum unplaced { TypeIgnore "int lineno, string tag" }
    "type_param" sum placed {
        TypeVar "identifier name, expr? bound, expr? default_value"
        ParamSpec "identifier name, expr? default_value"
        TypeVarTuple "identifier name, expr? default_value"
    }
}

/// The names of a node's place, in the order of [`super::Place`].
pub const PLACE: [&str; 4] = ["lineno", "col_offset", "end_lineno", "end_col_offset"];

/// What a field holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Type {
    Identifier,
    String,
    Int,
    Constant,
    /// A node of the family with this index.
    Node(usize),
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Field {
    pub name: &'static str,
    /// The type without its mark.
    pub type_name: &'static str,
    pub holds: Type,
    pub is_optional: bool,
    pub is_list: bool,
}

/// Everything about one kind.
pub struct Node {
    pub name: &'static str,
    /// The fields as the table has them.
    pub text: &'static str,
    pub family: usize,
    pub fields: Vec<Field>,
}

static NODES: LazyLock<Vec<Node>> = LazyLock::new(|| {
    KINDS
        .iter()
        .zip(ROWS)
        .map(|(kind, &(name, text))| Node {
            name,
            text,
            family: FAMILIES
                .iter()
                .position(|family| family.nodes.contains(kind))
                .unwrap_or_default(),
            fields: text.split(", ").filter_map(field).collect(),
        })
        .collect()
});

/// A field from its text.
fn field(text: &'static str) -> Option<Field> {
    let (marked, name) = text.split_once(' ')?;
    let type_name = marked.trim_end_matches(['?', '*']);
    let holds = match type_name {
        "identifier" => Type::Identifier,
        "string" => Type::String,
        "int" => Type::Int,
        "constant" => Type::Constant,
        family => Type::Node(FAMILIES.iter().position(|f| f.name == family)?),
    };
    Some(Field {
        name,
        type_name,
        holds,
        is_optional: marked.contains('?'),
        is_list: marked.ends_with('*'),
    })
}

impl Kind {
    pub fn node(self) -> &'static Node {
        &NODES[self as usize]
    }

    pub fn family(self) -> &'static Family {
        &FAMILIES[self.node().family]
    }
}
