# test: run
# Views and arrays of numbers compared and packed into: by their items, which NaNs are not equal to.
import array
import re
import struct

nan = float("nan")
ints = array.array("i", [1, 2, 3])
view = memoryview(ints)
print(view == ints, ints == view, view == array.array("i", [1, 2, 3]), view == array.array("h", [1, 2, 3]))
print(view == array.array("i", [1, 2]), view == view[:], view[::2] == array.array("i", [1, 3]), view == "abc")
zeros, others = array.array("d", [0.0, -0.0]), array.array("d", [-0.0, 0.0])
print(memoryview(zeros) == memoryview(others), zeros == others)
nans = array.array("d", [1.0, nan])
print(memoryview(nans) == memoryview(nans), nans == nans, nans != nans, nans < nans, nans <= nans)
print(array.array("d", [1, 2]) == array.array("f", [1, 2]), array.array("d", [1, 2]) < array.array("d", [1, 3, 0]))
print(array.array("f", [1]) < array.array("f", [1, nan]), array.array("f", [nan, 1]) > array.array("f", [0]))


def equal(count):
    return sum(array.array("d", [n, nan]) != array.array("d", [n, nan]) for n in range(count))


print(equal(300))

small, wide = array.array("b", bytes(8)), array.array("i", [0, 0])
struct.pack_into("<i", small, 2, 77)
struct.pack_into("=i", wide, 4, 77)
struct.pack_into("=i", memoryview(wide), 0, 5)
print(small, wide)
for target in (array.array("b", bytes(3)), b"abcd", [1]):
    try:
        struct.pack_into("<i", target, 0, 1)
    except (struct.error, TypeError) as error:
        print(type(error).__name__)


class Index:
    def __init__(self, n):
        self.n = n

    def __index__(self):
        return self.n


found = re.match("(a)(?P<b>b)", "ab")
print(found.group(Index(1)), found[Index(2)], found.group(Index(0), "b"))
try:
    found.group(Index(3))
except IndexError as error:
    print(error)

for a in (b"a", bytearray(b"a"), memoryview(b"a")):
    for b in (b"b", bytearray(b"b"), memoryview(b"b"), memoryview(b"a")):
        for name, call in (("<", lambda: a < b), (">=", lambda: a >= b), ("==", lambda: a == b), ("!=", lambda: a != b)):
            try:
                print(type(a).__name__, name, type(b).__name__, call())
            except TypeError as error:
                print(error)
