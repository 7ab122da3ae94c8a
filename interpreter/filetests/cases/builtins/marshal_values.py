# test: run
# Plain values to bytes and back, also those that another interpreter wrote.
import marshal

values = [None, True, ..., 0, -1, 2**31, -(2**100), 1.5, 1j, "text", "\u1234\ud800", b"bytes",
          (1, (2,)), [1, [2]], {"a": {1: 2}}, {1}, frozenset({"x"}), StopIteration]
for value in values:
    data = marshal.dumps(value, 2)
    print(data, marshal.loads(data) == value)
for bad in (b"", b"i\0", b"?"):
    try:
        marshal.loads(bad)
    except (EOFError, ValueError) as error:
        print(type(error).__name__)
try:
    marshal.dumps(object())
except ValueError as error:
    print(error)
