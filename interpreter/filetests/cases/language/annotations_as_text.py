# test: run
# With the future import annotations are text that the tree gives, also a tree that a program made.
from __future__ import annotations

import ast

SOURCE = '''
from __future__ import annotations
def f(a: int|None, b: "list[ int ]", *c: dict[str, (int)], d: (1,) = 3, **e: x . y) -> (  None ): pass
def g(a: (1 + 2) * 3, b: -x ** -y, c: not (a or b) and c, d: a if b else (c if d else e),
      e: f(1, *g, k=2, **h), f: [1, 2.5, True, ...], g: {'k': 1, **z}, h: {1, 2}, i: (),
      j: a < b <= c, k: x[1:2, ::3], l: x[1:], m: "it's", n: 'a"b', o: b'by\\\\t', p: 1 .real,
      q: (a, b), r: Tuple[()], s: a | (b | c), t: (a ** b) ** c, u: ~(a & b ^ c), v: x[a, b],
      w: Literal["a\\\\n", 'b'], x: x is not None, y: a not in b): pass
class C:
    z: float = 3
    w: 'str'
    _v: Callable[[int,str],
                 None]
def h(*args: *Ts): pass
'''


def local(a: list[ int ], b: "x") -> None:
    pass


def show(code):
    space = {}
    exec(code, space)
    for name in ("f", "g", "C", "h"):
        for key, text in space[name].__annotations__.items():
            print(name, key, text)


print(local.__annotations__)
show(compile(SOURCE, "source", "exec"))
show(compile(ast.parse(SOURCE), "tree", "exec"))
