# test: run
# Binary operators: reflected forms, NotImplemented, subclass priority, in-place.
class V:
    def __init__(self, n):
        self.n = n
    def __repr__(self):
        return f"V({self.n})"
    def _other(self, other):
        return other.n if isinstance(other, V) else other
NAMES = ["add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "lshift", "rshift", "and", "or", "xor", "matmul", "divmod"]
for name in NAMES:
    setattr(V, f"__{name}__", lambda self, other, name=name: f"{self}.{name}({other})" if not isinstance(other, str) else NotImplemented)
    setattr(V, f"__r{name}__", lambda self, other, name=name: f"{self}.r{name}({other})" if not isinstance(other, list) else NotImplemented)
v, w = V(1), V(2)
print(v + w, v - w, v * 2, v / w, v // w, v % w, v**w, v << 1, v >> 1, v & w, v | w, v ^ w, v @ w, divmod(v, w))
print(5 + v, 5 - v, 5 * v, 5 / v, 5 // v, 5 % v, 5**v, 5 << v, 5 >> v, 5 & v, 5 | v, 5 ^ v, 5 @ v, divmod(5, v), 1.5 + v, None + v, "a" + v, "%s" % v)
for action in (lambda: v + "s", lambda: [1] + v, lambda: v @ "s", lambda: v**"s", lambda: divmod(v, "s"), lambda: object() + 1, lambda: 1 + object(), lambda: [] - [], lambda: -v, lambda: ~v, lambda: +object()):
    try:
        print(action())
    except TypeError as error:
        print(error)
class Sub(V):
    def __radd__(self, other):
        return f"Sub.radd({other})"
print(v + Sub(3), Sub(3) + v, Sub(3) + Sub(4), v - Sub(3))
class Acc:
    def __init__(self):
        self.items = []
    def __iadd__(self, other):
        self.items.append(other)
        return self
    def __isub__(self, other):
        return "replaced"
    def __mul__(self, other):
        return ("mul", other)
a = b = Acc()
a += 1
a += 2
print(a.items, a is b)
a *= 3
b -= 1
print(a, b)
x = V(1)
x += 5
print(x)
class Un:
    def __neg__(self): return "neg"
    def __pos__(self): return "pos"
    def __invert__(self): return "inv"
    def __abs__(self): return "abs"
    def __round__(self, n=None): return ("round", n)
    def __floor__(self): return "floor"
    def __ceil__(self): return "ceil"
    def __trunc__(self): return "trunc"
    def __pow__(self, other, modulo=None): return ("pow", other, modulo)
    def __index__(self): return 7
    def __complex__(self): return 1j
u = Un()
import math
print(-u, +u, ~u, abs(u), round(u), round(u, 2), math.floor(u), math.ceil(u), math.trunc(u), pow(u, 2), pow(u, 2, 3), u**4, hex(u), complex(u), [0, 1, 2, 3, 4, 5, 6, 7][u], "x" * u)
class OnlyR:
    def __rsub__(self, other): return ("rsub", other)
    def __rpow__(self, other, mod=None): return ("rpow", other)
print(10 - OnlyR(), 2**OnlyR(), [] - OnlyR())
