# test: run
# Plain data in all protocols: the bytes, and what is read of them.
import io
import pickle
import pickletools


def show(value, protocols=range(6)):
    for protocol in protocols:
        data = pickle.dumps(value, protocol)
        back = pickle.loads(data)
        assert pickle.load(io.BytesIO(data)) == back == value, value
        assert type(back) is type(value)
        print(protocol, data)


for number in [0, 1, 255, 256, 65535, 65536, -1, -129, 2**31 - 1, 2**31, -2**31, -2**31 - 1,
               2**40, -2**63, 2**63, 2**64, -2**64, 2**2031, -2**2040]:
    show(number, [0, 1, 2, 5])
for value in [0.0, -0.0, 1.5, 1e300, float("inf"), None, True, False, Ellipsis, NotImplemented]:
    if value is NotImplemented:
        print([pickle.dumps(value, protocol) for protocol in range(4)])
        continue
    show(value)
for text in ["", "a", "line\nbreak\\ \r\0\x1a", "\xe9\xff", "\u20ac\ud800", "\U0001f600", "x" * 256]:
    show(text)
for data in [b"", b"a", b"abc\xff", b"y" * 300]:
    show(data)
show(bytearray())
show(bytearray(b"abc"))
for value in [(), (1,), (1, 2), (1, 2, 3), (1, 2, 3, 4), [], [1], [1, "a", [2]], {}, {1: 2},
              {"a": [1], "b": (2, {"c": None})}, set(), {1}, frozenset(), frozenset([7])]:
    show(value)

text = "again"
show([text, text, (text,), (text,), {text: text}])

for protocol in range(6):
    for size in (999, 1000, 1001, 2000, 2001):
        numbers = list(range(size))
        data = pickle.dumps(numbers, protocol)
        codes = [op.name for op, *_ in pickletools.genops(data)]
        print(protocol, size, codes.count("APPENDS"), codes.count("APPEND"), codes.count("MARK"))
        table = dict.fromkeys(numbers)
        data = pickle.dumps(table, protocol)
        codes = [op.name for op, *_ in pickletools.genops(data)]
        print(protocol, size, codes.count("SETITEMS"), codes.count("SETITEM"), codes.count("MARK"))
        assert pickle.loads(data) == table
        assert pickle.loads(pickle.dumps(set(numbers), protocol)) == set(numbers)

# Frames.
for protocol in (3, 4, 5):
    value = ["%05d" % n * 30 for n in range(2000)] + [b"z" * 70000, "w" * 70000, bytearray(70000)]
    data = pickle.dumps(value, protocol)
    print(protocol, len(data), hash(tuple(data)) % 10007,
          [arg for op, arg, _ in pickletools.genops(data) if op.name == "FRAME"])

    class File:
        def __init__(self):
            self.sizes = []

        def write(self, piece):
            self.sizes.append(len(piece))

    file = File()
    pickle.dump(value, file, protocol)
    print(file.sizes)
    assert pickle.loads(data) == value == pickle.load(io.BytesIO(data))

# What contains itself.
for protocol in range(6):
    items = []
    items.append(items)
    back = pickle.loads(pickle.dumps(items, protocol))
    assert back[0] is back
    table = {}
    table["me"] = table
    back = pickle.loads(pickle.dumps(table, protocol))
    assert back["me"] is back
    for count in (1, 2, 3, 4):
        inner = []
        pair = (inner,) * count
        inner.append(pair)
        data = pickle.dumps(pair, protocol)
        print(protocol, count, data)
        back = pickle.loads(data)
        assert back[0][0] is back and type(back) is tuple and len(back) == count

deep = []
for _ in range(100_000):
    deep = [deep]
for protocol in (0, 2, 5):
    try:
        pickle.dumps(deep, protocol)
    except RecursionError:
        print("RecursionError")
while deep:
    deep = deep[0]
nested = b"\x80\x04" + b"]" * 100000 + b"a" * 99999 + b"."
back = pickle.loads(nested)
depth = 0
while back:
    back = back[0]
    depth += 1
print(depth)
