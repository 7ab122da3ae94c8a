# test: run
# Sums of bytes: two and three parts, with exits between them, in loops, and of other kinds.
import struct


def frame(number, data):
    return b"<" + struct.pack("<I", number) + data


def parts(table, a, b, c):
    return table[a] + table[b] + table[c]


def grown(n):
    out = b""
    kept = []
    for i in range(n):
        first = out + b"x"
        out = first + struct.pack("<B", i % 256)
        if i % 10 == 9:
            kept.append(first)
    return out, kept


TABLE = [bytes([n]) * (n % 3) for n in range(40)]
total = b""
for i in range(60):
    total += frame(i * 1000, b"data")
    try:
        total += parts(TABLE, i % 40, i % 7, i)
    except IndexError as error:
        total += b"!" + b"?" + b"."
print(len(total), total[:40], total[-40:])
out, kept = grown(50)
print(out, [len(first) for first in kept])


class Own(bytes):
    def __add__(self, other):
        return "own"

    def __radd__(self, other):
        return "turned"


def added(a, b, c):
    return a + b + c


seen = []
for i in range(40):
    a, b, c = b"a", b"b", b"c"
    if i > 30:
        a, b, c = [(Own(b"a"), b, "c"), (a, Own(b"b"), "c"), (a, b, bytearray(b"c")), (a, bytearray(b"b"), c)][i % 4]
    try:
        seen.append(added(a, b, c))
    except TypeError as error:
        seen.append(str(error))
print(seen[28:])
for i in range(40):
    try:
        result = added(b"a", b"b", b"c" if i < 35 else 5)
    except TypeError as error:
        result = str(error)
print(result)


def packs(values, format):
    out = []
    for value in values:
        try:
            out.append(struct.pack(format, value))
        except struct.error:
            out.append(None)
    return out


print(packs([0, 1, 255, 256, -1, 70] * 4, "<B")[-6:])
print(packs([0, 1, -300, 1 << 40, 2.5] * 4, "<i")[-5:])
