# test: run
# Compiling trees, as parsed or as a program made them, and what is refused.
import ast


class Change(ast.NodeTransformer):
    def visit_Constant(self, node):
        if isinstance(node.value, int):
            return ast.copy_location(ast.Constant(node.value * 2), node)
        return node

    def visit_BinOp(self, node):
        self.generic_visit(node)
        return ast.BinOp(node.left, ast.Mult(), node.right)


tree = ast.parse("print(3 + 4)\ndef f(x, *, k=5): return x + k\nprint(f(1))")
exec(compile(ast.fix_missing_locations(Change().visit(tree)), "x", "exec"))

PROGRAM = '''
"""The module's documentation."""
import os.path as p, sys
from collections import OrderedDict as D, deque
x: int = 3
(y): str
def gen(a, /, b=2, *args, c, d=4, **kw):
    """doc"""
    global z
    z = a
    total = 0
    def inner():
        nonlocal total
        total += b
        return total
    for i in range(3):
        if i == 1: continue
        elif i == 5: break
        yield i, inner(), args, c, d, kw
    else:
        yield from "ab"
print(__doc__, gen.__doc__, __annotations__ if 0 else x)
print(list(gen(1, 7, 8, c=3, e=5)), z)
class C(D, metaclass=type):
    a = [i * j for i in range(3) for j in range(i) if j or i > 1]
    b = {k: v for k, v in zip("ab", range(2))}
    c = {*"a"}
    @property
    def p(self): return self.__q
    def __init__(self): super().__init__(); self.__q = 5
print(C.a, C.b, C.c, C().p, {**{1: 2}, 3: 4}, [*"ab", 1], (lambda *a, k=1: (a, k))(1, 2))
def g(v):
    match v:
        case 0 | 1: return "small"
        case -1: return "minus"
        case 1 + 2j: return "complex"
        case None: return "none"
        case [a, *rest, b]: return a, rest, b
        case {"k": w, **r}: return w, r
        case complex(real=r): return r
        case str() as s if len(s) > 2: return s
        case _: return "other"
print([g(v) for v in (1, -1, 1 + 2j, None, [1, 2, 3], {"k": 1, "l": 2}, 3j, "abc", "a")])
try:
    try: 1 / 0
    except ZeroDivisionError as e: raise KeyError("k") from e
    finally: print("finally")
except KeyError as e: print(repr(e), repr(e.__cause__))
try: raise ExceptionGroup("g", [ValueError(1), TypeError(2)])
except* ValueError as e: print(e.exceptions)
except* TypeError as e: print(e.exceptions)
class M:
    def __enter__(self): return 1, 2
    def __exit__(self, *a): print("exit"); return True
with M() as (a, b), M(): print(a, b); raise ValueError
print(f"{x!r:>{5}} {x=} {'é'} {x:{'>'}{4}}", "a" "b", b"c", 1_0, 0x10, 10 ** 30, 1.5, 2j, ...)
print(1 < 2 < 3, 1 if x else 2, not x, -x, ~x, x @ 2 if 0 else x // 2, x and 0 or 4, (q := 5), q)
a, *b = 1, 2, 3; a += 1; del b[0]; print(a, b, b[:1], [1, 2, 3][::2])
while x:
    x -= 1
    if x == 1: break
assert x, "no"
type A[T: int] = list[T]
def h[T](t: T) -> T: return t
print(A.__value__, h(1), h.__type_params__)
async def co():
    async def agen():
        yield 1
    async for i in agen(): print(i)
    return [i async for i in agen()]
try: co().send(None)
except StopIteration as e: print(e.value)
'''
tree = ast.parse(PROGRAM)
for made in tree, ast.parse(ast.unparse(tree)):
    exec(compile(made, "program", "exec"), {"__name__": "program"})
print(eval(compile(ast.parse("x + 1", mode="eval"), "e", "eval"), {"x": 2}))
exec(compile(ast.parse("3; None; 'a'", mode="single"), "s", "single"))
print(compile(tree, "x", "exec", ast.PyCF_ONLY_AST) is tree)

# Places come from the nodes.
source = "\n\nx = [\n 1,\n  y.a + 1 / 0]"
try:
    exec(compile(ast.parse(source), "nofile", "exec"), {"y": Change})
except (AttributeError, ZeroDivisionError) as error:
    code = error.__traceback__.tb_next.tb_frame.f_code
    print(error.__traceback__.tb_next.tb_lineno)
    places = list(code.co_positions())
    print((5, 5, 2, 5) in places, (4, 4, 1, 2) in places or "folded")
node = ast.parse("missing()").body[0]
ast.increment_lineno(node, 41)
try:
    exec(compile(ast.Module([node], []), "nofile", "exec"))
except NameError as error:
    print(error.__traceback__.tb_next.tb_lineno)


# What no source gives.
def value(node):
    return eval(compile(ast.fix_missing_locations(ast.Expression(node)), "v", "eval"), {"x": 3})


things = (1, (2, "a"), -5, -(10**30), "\ud800x\ufffd\udfff", b"a\0", 1.5, float("inf"), 2j, None, ...)
print(ascii(value(ast.Constant(things))))
spec = ast.JoinedStr([ast.Constant(">5")])
field = ast.FormattedValue(ast.Name("x"), -1, spec)
print(ascii(value(ast.JoinedStr([ast.Constant("a\ud800"), field]))), value(ast.FormattedValue(ast.Name("x"), 114)))


# What is refused.
def check(node, mode="exec"):
    try:
        compile(node, "x", mode)
        print("ok")
    except (TypeError, ValueError, SyntaxError, RecursionError) as error:
        print(type(error).__name__, str(error).partition(", but got")[0])


def expr(node):
    check(ast.fix_missing_locations(ast.Expression(node)), "eval")


def stmt(node):
    check(ast.fix_missing_locations(ast.Module([node], [])))


x, one, args = ast.Name("x"), ast.Constant(1), ast.arguments()
check(ast.Module([ast.Expr(one)], []))
stmt(ast.Expr(3))
expr(ast.Pass())
stmt(3)
stmt(None)
check(ast.Module(3, []))
check(ast.Expression(one))
check(ast.parse("x", mode="eval"), "exec")
check(3)
expr(ast.Name("x", ast.Store()))
expr(ast.Name("True"))
expr(ast.Name(3))
expr(ast.Constant([]))
expr(ast.BoolOp(ast.And(), [x]))
expr(ast.BinOp(x, ast.And(), x))
expr(ast.Compare(x, [], []))
expr(ast.Compare(x, [ast.Lt(), ast.Gt()], [x]))
expr(ast.Dict([x], []))
expr(ast.ListComp(x, []))
expr(ast.List([None]))
expr(ast.Lambda(ast.arguments(args=[], defaults=[x]), x))
expr(ast.NamedExpr(ast.Attribute(x, "y", ast.Store()), x))
stmt(ast.FunctionDef("f", args, []))
stmt(ast.Assign([], one))
stmt(ast.Assign([one], one))
stmt(ast.Assign([x], one))
stmt(ast.Delete([ast.Name("x", ast.Store())]))
stmt(ast.Try([ast.Pass()]))
stmt(ast.Try([ast.Pass()], [], [ast.Pass()], [ast.Pass()]))
stmt(ast.Raise(None, x))
stmt(ast.ImportFrom("m", [ast.alias("a")], -1))
stmt(ast.Import([]))
stmt(ast.AnnAssign(ast.Attribute(x, "y", ast.Store()), x, None, 1))
stmt(ast.Match(x, [ast.match_case(ast.MatchAs(ast.MatchStar(), None), None, [ast.Pass()])]))
stmt(ast.Match(x, [ast.match_case(ast.MatchValue(x), None, [ast.Pass()])]))
stmt(ast.Match(x, [ast.match_case(ast.MatchOr([]), None, [ast.Pass()])]))
stmt(ast.Return(x))
stmt(ast.Break())
stmt(ast.If(x, [ast.Pass()], [ast.If(x, [ast.Break()], [])]))
place = dict(lineno=5, col_offset=3)
check(ast.Module([ast.Pass(**place, end_lineno=3, end_col_offset=0)], []))
check(ast.Module([ast.Pass(**place, end_lineno=5, end_col_offset=0)], []))
check(ast.Module([ast.Pass(**place)], []))
check(ast.Module([ast.Pass(lineno=10**9, col_offset=10**9)], []))
