# test: run
# Sequence patterns: lengths, stars, nesting, what counts as a sequence.
def shape(value):
    match value:
        case []:
            return "empty"
        case [one]:
            return f"one {one}"
        case [first, [second, third]]:
            return f"nested {first} {second} {third}"
        case [1, *middle, 9]:
            return f"1..9 {middle}"
        case ["cmd", *_, last] if last:
            return f"cmd to {last}"
        case (a, b):
            return f"pair {a} {b}"
        case [first, *rest]:
            return f"first {first} rest {rest}"
        case str(text):
            return f"text {text}"
        case _:
            return "no sequence"
for value in ([], (), [1], (1,), [1, [2, 3]], [1, (2, 3)], [1, 9], [1, 2, 3, 9], ["cmd", 1, 2], ["cmd", 0], [1, 2], (3, 4, 5), "ab", b"ab", bytearray(b"ab"), {1, 2}, {1: 2}, range(3), range(2), iter([1, 2]), 5, None, [[], []]):
    try:
        print(type(value).__name__, shape(value))
    except Exception as error:
        print(error)
class Seq:
    def __len__(self): return 2
    def __getitem__(self, i): return i
print(shape(Seq()))
from collections import deque
from collections.abc import Sequence
class Registered(Sequence):
    def __init__(self, *items): self.items = items
    def __len__(self): return len(self.items)
    def __getitem__(self, i): return self.items[i]
print(shape(deque([1, 9])), shape(Registered("p", "q")), shape(Registered()))
match [1, 2, 3, 4, 5]:
    case [a, b, *c]:
        print(a, b, c)
match (1, 2, 3):
    case (*start, end):
        print(start, end)
match [[1, 2], [3, [4, 5, 6]]]:
    case [[a, *_], [b, [*c, d]]]:
        print(a, b, c, d)
def partial(value):
    match value:
        case [a, b, 5]:
            return a, b
        case [a, *b]:
            return a, b
print(partial([1, 2, 5]), partial([1, 2, 6]))
for point in [(0, 0), (0, 5), (5, 0), (2, 2), (3, 4), "not a point"]:
    match point:
        case (0, 0): print("origin")
        case (0, y): print("y axis", y)
        case (x, 0): print("x axis", x)
        case (x, y) if x == y: print("diagonal", x)
        case (x, y): print("point", x, y)
        case _: print("none")
