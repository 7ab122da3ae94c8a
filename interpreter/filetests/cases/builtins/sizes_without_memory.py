# test: run
# Sizes that no memory has are refused before anything is done.
import array
import collections
import io
import itertools


def show(what):
    try:
        print(what, "->", repr(eval(what))[:60])
    except BaseException as raised:
        print(what, "->", type(raised).__name__, *raised.args)


for what in """
[1] * (1 << 60)
[1] * (1 << 62)
[1] * (1 << 63)
[1] * (-1 << 62)
[1] * (-1 << 70)
[] * (1 << 60)
[None] * (1 << 38)
(None,) * (1 << 38)
(1, 2) * (1 << 60)
() * (1 << 60)
"ab" * (1 << 61)
"" * (1 << 61)
b"ab" * (1 << 60)
bytes(1 << 60)
bytes(1 << 63)
bytes(-1 << 62)
bytearray(1 << 60)
bytearray(b"abc") * (1 << 60)
bytearray().__init__(1 << 60)
"a".__mul__(1 << 60)
array.array("i", [1]) * (1 << 60)
itertools.tee([1], 1 << 60)
list(range(1 << 40))
list(range(1 << 62))
tuple(range(1 << 62))
list(range(1 << 70))
("b" * 10000000).join(["a"] * 10000000)
(b"b" * 10000000).join([b"a"] * 10000000)
""".strip().splitlines():
    show(what)

for file, data in (io.BytesIO(b"abc"), b"x"), (io.StringIO("abc"), "x"):
    file.seek(1 << 42)
    try:
        file.write(data)
    except MemoryError:
        print("no room", file.getvalue(), file.tell() == 1 << 42)
