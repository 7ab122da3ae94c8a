# test: run
# Rich comparison: reflection, defaults, NotImplemented, total order by hand, hash.
class N:
    def __init__(self, n):
        self.n = n
        self.log = []
    def __eq__(self, other):
        if not isinstance(other, N):
            return NotImplemented
        return self.n == other.n
    def __lt__(self, other):
        if not isinstance(other, N):
            return NotImplemented
        return self.n < other.n
    def __le__(self, other):
        return self.n <= other.n
    def __hash__(self):
        return hash(self.n)
    def __repr__(self):
        return f"N{self.n}"
a, b = N(1), N(2)
print(a == N(1), a != N(1), a < b, a > b, a <= b, a >= b, a == 1, a != 1, b > a, sorted([b, a, N(0)]), max(a, b), {a: 1}[N(1)], N(2) in [a, b], [a, b].index(N(2)))
for action in (lambda: a < 5, lambda: 5 > a, lambda: object() < object(), lambda: a > "x", lambda: None < 1, lambda: {} <= {}, lambda: 1j < 2j, lambda: [1] < ["a"], lambda: max([1, "a"])):
    try:
        print(action())
    except TypeError as error:
        print(error)
class Loud:
    def __init__(self, name): self.name = name
    def __eq__(self, other): print(self.name, "=="); return NotImplemented
    def __lt__(self, other): print(self.name, "<"); return NotImplemented
    def __gt__(self, other): print(self.name, ">"); return "gt result"
    def __ne__(self, other): print(self.name, "!="); return "ne result"
x, y = Loud("x"), Loud("y")
print(x == y, x < y, x != y, 5 < x, x == x)
class Base:
    def __eq__(self, other): return "base"
class Derived(Base):
    def __eq__(self, other): return "derived"
print(Base() == Derived(), Derived() == Base(), Base() == 5, 5 == Base(), Base() != 1)
class Text:
    def __eq__(self, other): return "truthy text"
    def __bool__(self): return False
print(Text() == 1, 1 if Text() == 1 else 0, not (Text() == 1), [1] == [Text()], Text() in [5], (1, 2) == (1, Text()))
class Chain:
    def __init__(self, v): self.v = v
    def __lt__(self, other): print("lt", self.v, other.v); return self.v < other.v
print(Chain(1) < Chain(2) < Chain(3), Chain(2) < Chain(1) < Chain(3))
class EqNoHash:
    def __eq__(self, other): return True
class HashAgain(EqNoHash):
    __hash__ = object.__hash__
print(EqNoHash.__hash__, hash(HashAgain()) is not None, isinstance(hash(HashAgain()), int))
print((1).__lt__("x"), "a".__eq__(1), [].__lt__(()), object().__eq__(1), object.__ne__(1, 1), (1).__gt__(0), {1} .__le__({1, 2}))
