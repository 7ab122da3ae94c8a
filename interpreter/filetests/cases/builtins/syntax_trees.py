# test: run
# Every kind of node with the place it has, in lines and in bytes.
import ast

SOURCE = """\
@dec
# comment

# another
@ dec2(1)
def f(a, /, b: int=1, *args: *Ts, c, d=2, **kw: str) -> x: pass
x = f"a{{b{x!r:>{w}}c{y=}d{z = !s}e{q=:x}f" 'tail' u"k"
y = u'a' 'b'
y = ('a' u'b'
   'c')
f(x for x in y)
f(*a, **k, z=1)
a[1:2, ::3, *b]
(a, b), c = 1, 2
(a)
if a: pass;
elif b:
    z
else:
    y; z;
class A[T: int, *Ts, **P](B, metaclass=C):
    '''doc'''
lambda: (yield)
match x:
    case (1): pass
    case -1 | 2+3j | None | "a" "b": pass
    case (a, *b): pass
    case [a, *_]: pass
    case {"x": 1, **r}: pass
    case A.B(x, y=z) as q if q: pass
    case a, b: pass
    case _: pass
try: pass
except* (A, B) as e: pass
async def g():
    async with a as b, (c) as (d): pass
    async for x in y: pass
    [x async for x in y if a if b]
with (a as b, c as d,): pass
with (a, b): pass
with (a): pass
import a.b.c as d, e
from . import (a as b, c)
from ..x import *
x: int
(x): int = 3
x.y: int
type X[T] = int
1 < 2 < 3; not a; -1; a if b else c; {**a, 'b': 1}
é = "é" + é[ñ]
f'{x:}' ; f'' ; f'a' ; f'{x:{y}}'
f\"\"\"
{
x = }
\"\"\"
for x in *a, b: pass
print(b'a' b'b', 1_000, 0xff, 1e3, 2j, ..., 123456789012345678901234567890, "\\ud800")
return_ = lambda *, a, **k: 0
del (a), b
while 1: break
else: continue
raise A from b
assert a, b
global zz
ﬁ = 1
f'{lambda_!r}' f'{(lambda: 1)}'
x = (yield)
x = a[b, c]
f(a)(b).c
f(**{})
f((x for x in y))
f(a, (x for x in y))
class Z(): pass
"""


def show(node, indent=0):
    edge = " " * indent
    if isinstance(node, ast.AST):
        place = [getattr(node, name) for name in node._attributes]
        print(edge + type(node).__name__, *place)
        for field in node._fields:
            value = getattr(node, field)
            if isinstance(value, (ast.AST, list)):
                print(f"{edge} {field}:")
                show(value, indent + 2)
            elif value is not None:
                print(f"{edge} {field} = {ascii(value)}")
    else:
        for item in node:
            if isinstance(item, ast.AST):
                show(item, indent)
            else:
                print(edge + ascii(item))


show(ast.parse(SOURCE))
show(ast.parse("(a,\n b) ", mode="eval"))
show(ast.parse("a; b = 1;", mode="single"))
show(ast.parse(b"\xef\xbb\xbf# byte order mark\r\n\r\nif x:\r\n  y\r\n"))
tree = ast.parse("a + b; c + d; del e; f")
one, two = tree.body[0].value, tree.body[1].value
print(one.op is two.op, one.left.ctx is two.right.ctx, one.left.ctx is tree.body[2].targets[0].ctx)
for bad in "1 +", "f() = 1", "def f(:", "'a' 1", " x", "(", "x = (1", "f(a=1, 2)", "a\0b":
    try:
        ast.parse(bad)
    except (SyntaxError, ValueError) as error:
        print(ascii(bad), "->", type(error).__name__)
for fine in "return 1", "break", "def f(a, a): pass", "nonlocal x", "await x", "yield":
    print(fine, "->", type(ast.parse(fine).body[0]).__name__)
