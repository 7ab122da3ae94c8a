# test: run
# print with its options; repr of builtins and of the common objects.
import sys
import io
print()
print("")
print(1, "a", None, sep="-")
print(1, 2, sep="", end="|\n")
print("x", end="")
print("y", sep=None, end=None)
out = io.StringIO()
print("to", "file", file=out, end="!")
print(repr(out.getvalue()))
print(*[], sep=",")
print(*[1], *(2, 3), sep=", ")
for bad in ({"sep": 5}, {"end": 5}, {"file": 5}):
    try:
        print("x", **bad)
    except (TypeError, AttributeError) as error:
        print(error)
class Writer:
    def __init__(self): self.parts = []
    def write(self, text): self.parts.append(text)
w = Writer()
print("a", 1, file=w)
print(w.parts)
sys.stdout.write("direct\n")
print(len, int, type, print, None, ..., NotImplemented, True, range(3), slice(1, None, 2), [].append.__name__, str.join, object)
print(Exception("e"), ValueError, KeyError("k"), [KeyError("k")], {"e": ValueError(1, "x")}, StopIteration, BaseException())
print(type(None), type(...), type(lambda: 0), type(x for x in ""), type(print), type("".join), type({}.keys()), type(iter([])), type(sys), type(Writer), type(Writer.write), type(w.write), type(int.__add__), type((1).__add__), type(Writer.__dict__))
a = [1]
a.append(a)
d = {}
d[1] = d
t = ([],)
t[0].append(t)
s = [a, a]
print(a, d, t, s)
class R:
    def __repr__(self): return "R\nmultiline"
print(R(), [R()], (R(),), {R(): R()}, f"{R()!r:>12}|")
class L(list): pass
class D(dict): pass
class S(set): pass
class F(frozenset): pass
class T(tuple): pass
class St(str): pass
class By(bytes): pass
print(L([1]), D(a=1), S([1]), F([2]), T((1,)), St("x"), [St("x")], By(b"y"), S(), F(), [L(), D(), T()])
print([1.0, -0.0, 1e100, float("inf")], (True, None), {"a": [(1,), {2}]}, b"b", bytearray(b"c"), 1j, frozenset(), set(), "é\n", ["é\n"], range(0, 10, 2), memoryview(b"x").tolist())
print(repr(repr("a'b")), str(["a'b"]), repr('"'), repr("'\""), ascii(["é"]), f"{'q'!r}", "%r" % ("t",), repr(1 / 3), str(10**25), repr(-0.0))
