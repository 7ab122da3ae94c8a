# test: run
# A subclass of int keeps its type where it says so, and is int elsewhere.
class Money(int):
    unit = "cents"

    def __new__(cls, value, note=""):
        self = super().__new__(cls, value)
        self.note = note
        return self

    def __add__(self, other):
        return Money(int(self) + int(other), "sum")

    __radd__ = __add__

    def __repr__(self):
        return f"Money({int(self)})"

a = Money(5, "first")
print(a, repr(a), str(a), a + 1, 1 + a, a - 1, type(a - 1), type(a + 1), a.note, (a + 1).note)
print(sum([a, a], Money(0)), a == 5, hash(a) == hash(5), {5: "x"}[a], [10, 20, 30, 40, 50, 60][a], a * 2, -a, type(-a))
print(isinstance(a, int), int(a), type(int(a)), bool(Money(0)), a < 6, max(a, 3), f"{a}", f"{a:3d}|", "%d" % a, a.unit)
print(sorted([Money(3), Money(1), 2]), range(10)[Money(4)], "ab" * Money(2))

class Index:
    def __init__(self, n):
        self.n = n
    def __index__(self):
        return self.n

class Whole:
    def __int__(self):
        return 77

print([1, 2, 3][Index(1)], bin(Index(5)), "abc"[Index(-1)], range(Index(3)), hex(Index(255)), int(Index(9)), int(Whole()), [0] * Index(2), 1 << 3)
try:
    [1][Whole()]
except TypeError as error:
    print(error)
