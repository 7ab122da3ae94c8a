# test: run
# Precedence, associativity, chaining, short circuits, conditional expressions.
one = 1
print(2 + 3 * 4, (2 + 3) * 4, 2**3**2, -2**2, 2**-1, 10 - 4 - 3, 100 / 10 / 2, 7 // 2 * 2, 7 % 4 + 1, 1 << 2 + 1, 1 | 2 & 3, 1 ^ 3 & 2, ~1 + 1, not 1 == 2, not True or True, 5 & 6 == 6, (5 & 6) == 4, -7 // 2, -(7 // 2), +-+3)
print(1 < 2 < 3, 1 < 3 < 2, 3 > 2 >= 2, 1 == 1 == 1, 1 != 2 != 1, 1 < 2 == True, (1 < 2) == True, 1 in [1] == True, one is one is not None, 0 < 1 > 0 < 5 != 3)
log = []
def v(name, value):
    log.append(name)
    return value
v("a", 1) < v("b", 0) < v("c", 5)
v("d", 0) and v("e", 1)
v("f", 1) or v("g", 2)
v("h", 1) if v("i", False) else v("j", 2)
v("k", 1) + v("l", 2) * v("m", 3)
v("n", [1, 2])[v("o", 0)]
print("".join(log))
print(1 if 0 else 2 if 0 else 3, (1 if 1 else 2) + 1, [1 if x else 0 for x in (0, 1)], 0 or [] or "end", 1 and 2 and 3, None and 1, "" or "default", not not 5, 0 == False, one is True)
print("a" in "abc" and "z" not in "abc", not "a" in "b", 3 not in [1, 2], None is not one, (lambda: 1)() + 1, (lambda x: x if x else -1)(0))
class Matrix:
    def __init__(self, name):
        self.name = name
    def __matmul__(self, other):
        return f"{self.name}@{other.name}"
    def __rmatmul__(self, other):
        return f"{other}@@{self.name}"
    def __imatmul__(self, other):
        return f"{self.name}@={other.name}"
p, q = Matrix("p"), Matrix("q")
print(p @ q, 5 @ q)
p @= q
print(p)
try:
    5 @ 6
except TypeError as error:
    print(error)
print(*(x + y for x, y in [(1, 2)]), *[1] or [2], 1, 2 if True else 3, (yes := 1) + yes)
if (n := len("hello")) > 3 and (m := n * 2):
    print(n, m)
while (n := n - 1) > 2:
    print(n)
print((a := 1, b := 2), a, b, [c := 3, c + 1], {(d := 4): (e := 5)}, d, e, f"{(h := 8)}", h)
