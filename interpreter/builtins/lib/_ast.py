"""The classes of syntax trees, made from the grammar of the tree below."""

PyCF_ONLY_AST = 1024
PyCF_OPTIMIZED_AST = 33792
PyCF_TYPE_COMMENTS = 4096
PyCF_ALLOW_TOP_LEVEL_AWAIT = 8192

# A line is a sum (`name = alternatives`, attributes behind a bar) or continues one. A field's
# type may end in `*` (a list) or `?` (None if absent).
_GRAMMAR = """
mod: Module(stmt* body, type_ignore* type_ignores) Interactive(stmt* body) Expression(expr body)
mod: FunctionType(expr* argtypes, expr returns)
stmt+: FunctionDef(identifier name, arguments args, stmt* body, expr* decorator_list, expr? returns, string? type_comment, type_param* type_params)
stmt+: AsyncFunctionDef(identifier name, arguments args, stmt* body, expr* decorator_list, expr? returns, string? type_comment, type_param* type_params)
stmt+: ClassDef(identifier name, expr* bases, keyword* keywords, stmt* body, expr* decorator_list, type_param* type_params)
stmt+: Return(expr? value) Delete(expr* targets) Assign(expr* targets, expr value, string? type_comment)
stmt+: TypeAlias(expr name, type_param* type_params, expr value) AugAssign(expr target, operator op, expr value)
stmt+: AnnAssign(expr target, expr annotation, expr? value, int simple)
stmt+: For(expr target, expr iter, stmt* body, stmt* orelse, string? type_comment)
stmt+: AsyncFor(expr target, expr iter, stmt* body, stmt* orelse, string? type_comment)
stmt+: While(expr test, stmt* body, stmt* orelse) If(expr test, stmt* body, stmt* orelse)
stmt+: With(withitem* items, stmt* body, string? type_comment) AsyncWith(withitem* items, stmt* body, string? type_comment)
stmt+: Match(expr subject, match_case* cases) Raise(expr? exc, expr? cause)
stmt+: Try(stmt* body, excepthandler* handlers, stmt* orelse, stmt* finalbody)
stmt+: TryStar(stmt* body, excepthandler* handlers, stmt* orelse, stmt* finalbody)
stmt+: Assert(expr test, expr? msg) Import(alias* names) ImportFrom(identifier? module, alias* names, int? level)
stmt+: Global(identifier* names) Nonlocal(identifier* names) Expr(expr value) Pass() Break() Continue()
expr+: BoolOp(boolop op, expr* values) NamedExpr(expr target, expr value) BinOp(expr left, operator op, expr right)
expr+: UnaryOp(unaryop op, expr operand) Lambda(arguments args, expr body) IfExp(expr test, expr body, expr orelse)
expr+: Dict(expr?* keys, expr* values) Set(expr* elts) ListComp(expr elt, comprehension* generators)
expr+: SetComp(expr elt, comprehension* generators) DictComp(expr key, expr value, comprehension* generators)
expr+: GeneratorExp(expr elt, comprehension* generators) Await(expr value) Yield(expr? value) YieldFrom(expr value)
expr+: Compare(expr left, cmpop* ops, expr* comparators) Call(expr func, expr* args, keyword* keywords)
expr+: FormattedValue(expr value, int conversion, expr? format_spec) Interpolation(expr value, constant str, int conversion, expr? format_spec)
expr+: JoinedStr(expr* values) TemplateStr(expr* values) Constant(constant value, string? kind)
expr+: Attribute(expr value, identifier attr, expr_context ctx) Subscript(expr value, expr slice, expr_context ctx)
expr+: Starred(expr value, expr_context ctx) Name(identifier id, expr_context ctx) List(expr* elts, expr_context ctx)
expr+: Tuple(expr* elts, expr_context ctx) Slice(expr? lower, expr? upper, expr? step)
expr_context: Load() Store() Del()
boolop: And() Or()
operator: Add() Sub() Mult() MatMult() Div() Mod() Pow() LShift() RShift() BitOr() BitXor() BitAnd() FloorDiv()
unaryop: Invert() Not() UAdd() USub()
cmpop: Eq() NotEq() Lt() LtE() Gt() GtE() Is() IsNot() In() NotIn()
comprehension-: comprehension(expr target, expr iter, expr* ifs, int is_async)
excepthandler+: ExceptHandler(expr? type, identifier? name, stmt* body)
arguments-: arguments(arg* posonlyargs, arg* args, arg? vararg, arg* kwonlyargs, expr?* kw_defaults, arg? kwarg, expr* defaults)
arg-+: arg(identifier arg, expr? annotation, string? type_comment)
keyword-+: keyword(identifier? arg, expr value)
alias-+: alias(identifier name, identifier? asname)
withitem-: withitem(expr context_expr, expr? optional_vars)
match_case-: match_case(pattern pattern, expr? guard, stmt* body)
pattern+: MatchValue(expr value) MatchSingleton(constant value) MatchSequence(pattern* patterns)
pattern+: MatchMapping(expr* keys, pattern* patterns, identifier? rest)
pattern+: MatchClass(expr cls, pattern* patterns, identifier* kwd_attrs, pattern* kwd_patterns)
pattern+: MatchStar(identifier? name) MatchAs(pattern? pattern, identifier? name) MatchOr(pattern* patterns)
type_ignore: TypeIgnore(int lineno, string tag)
type_param+: TypeVar(identifier name, expr? bound, expr? default_value)
type_param+: ParamSpec(identifier name, expr? default_value) TypeVarTuple(identifier name, expr? default_value)
"""

_PLACE = ("lineno", "col_offset", "end_lineno", "end_col_offset")


class AST:
    """A node of a syntax tree."""

    _fields = ()
    _attributes = ()
    _lists = _optional = frozenset()
    __match_args__ = ()
    _field_types = {}

    def __init__(self, *args, **kwargs):
        cls = type(self)
        fields = cls._fields
        if len(args) > len(fields):
            plural = "" if len(fields) == 1 else "s"
            raise TypeError(
                f"{cls.__name__} constructor takes at most {len(fields)} positional "
                f"argument{plural}"
            )
        for name, value in zip(fields, args):
            if name in kwargs:
                raise TypeError(f"{cls.__name__} got multiple values for argument {name!r}")
            setattr(self, name, value)
        for name, value in kwargs.items():
            setattr(self, name, value)
        for name in fields[len(args):]:
            if name in kwargs:
                continue
            if name in cls._lists:
                setattr(self, name, [])
            elif name == "ctx" and "ctx" in fields:
                self.ctx = Load()

    def __reduce_ex__(self, protocol):
        return (_remake, (type(self), dict(self.__dict__)))

    def __replace__(self, **changes):
        return type(self)(**{**self.__dict__, **changes})

    def __repr__(self):
        parts = [f"{name}={_short(getattr(self, name, None))}" for name in self._fields]
        return f"{type(self).__name__}({', '.join(parts)})"


def _short(value):
    if isinstance(value, list):
        shown = [_short(item) for item in value]
        return f"[{', '.join(shown if len(shown) < 3 else [shown[0], '...', shown[-1]])}]"
    if isinstance(value, AST) and value._fields and any(
            isinstance(item, (AST, list)) for item in value.__dict__.values()):
        return f"{type(value).__name__}(...)"
    return repr(value)


def _remake(cls, state):
    made = cls.__new__(cls)
    made.__dict__.update(state)
    return made


AST.__module__ = "ast"


def _define(name, base, fields, has_place, is_sum):
    names, lists, optional = [], set(), set()
    for field in filter(None, fields.split(", ")):
        kind, _, field_name = field.partition(" ")
        names.append(field_name)
        if kind.endswith("*"):
            lists.add(field_name)
        elif kind.endswith("?"):
            optional.add(field_name)
    space = {
        "__module__": "ast",
        "_fields": tuple(names),
        "__match_args__": tuple(names),
        "_lists": frozenset(lists),
        "_optional": frozenset(optional),
        "__doc__": f"{name}({fields})" if fields else name,
    }
    if has_place:
        space["_attributes"] = _PLACE
        space["end_lineno"] = space["end_col_offset"] = None
    for field in optional:
        space[field] = None
    globals()[name] = type(name, (base,), space)


def _read_grammar():
    for line in _GRAMMAR.strip().splitlines():
        head, _, rest = line.partition(": ")
        sum_name = head.rstrip("+-")
        has_place, is_sum = "+" in head, "-" not in head
        base = AST
        if is_sum:
            if sum_name not in globals():
                globals()[sum_name] = type(sum_name, (AST,), {
                    "__module__": "ast",
                    "_attributes": _PLACE if has_place else (),
                })
            base = globals()[sum_name]
        for part in rest.replace(") ", ")\n").splitlines():
            name, _, fields = part.rstrip(")").partition("(")
            _define(name, base, fields, has_place, is_sum)


_read_grammar()
