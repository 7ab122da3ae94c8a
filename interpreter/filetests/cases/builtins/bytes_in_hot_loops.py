# test: run
# Bytes that are joined, decoded by a call of `str`, and packed by a `Struct`, in loops that become hot.
import base64
import struct


def joins(n):
    total, parts = 0, [bytes(range(k)) for k in range(40)]
    for i in range(n):
        a, b, c = parts[i % 40], parts[(i * 7) % 40], parts[(i * 3) % 17]
        two = a + b
        three = a + b + c
        assert two == bytes([*a, *b]) and three == bytes([*a, *b, *c]), (a, b, c)
        total += len(two) + len(three) + hash(three == two + c)
    return total


print(joins(2000))


def decoded(items, encoding, errors):
    out = []
    for item in items:
        try:
            out.append(str(item, encoding, errors))
        except (UnicodeDecodeError, LookupError, TypeError) as e:
            out.append((type(e).__name__, str(e)[:60]))
    return out


plain = [b"key%d" % i for i in range(60)]
print(decoded(plain, "utf-8", "strict")[-3:])
odd = plain + [b"\xc3\xa4", b"\xed\xa0\x80", b"\xff", bytearray(b"array"), memoryview(b"view"), "text", 7, b""]
for encoding, errors in [("utf-8", "surrogatepass"), ("utf-8", "strict"), ("ascii", "ignore"),
                         ("latin-1", "strict"), ("utf-16-le", "replace"), ("no-such", "strict"),
                         ("utf-8", "no-such"), ("utf-8", None)]:
    print(encoding, errors, decoded(odd, encoding, errors)[-10:])


class Text(str):
    pass


class Data(bytes):
    def decode(self, *args):
        return "own"


def classes(n):
    out = []
    for i in range(n):
        data = Data(b"abc") if i > n - 3 else b"abc"
        out.append(str(data, "utf-8"))
        out.append(type(Text(b"x", "ascii")).__name__)
        out.append(str(data, encoding="ascii"))
    return out[-9:]


print(classes(50))


def packs(n, make):
    out = []
    for i in range(n):
        try:
            data = make.pack(values[i % len(values)])
            out.append((data, make.unpack(data)))
        except (struct.error, OverflowError, TypeError) as e:
            out.append((type(e).__name__, str(e)))
    return out


values = [0, 1, 255, 65535, 1 << 31]
for form in ("!I", "<I", ">H", "B"):
    print(form, packs(60, struct.Struct(form))[-5:])
values = [1, 2, 3, 4, 5, 6, 7, 8, 9, 1.5, "x", None, b"b"]
print(packs(60, struct.Struct("<q"))[-13:])


class Indexed:
    def __index__(self):
        seen.append(1)
        return 5


seen = []
values = [1, 2, 3, 4, 5, 6, Indexed()]
print(packs(70, struct.Struct("<h"))[-3:], len(seen))


def again(n):
    made, out = struct.Struct("<I"), []
    for i in range(n):
        if i == n - 5:
            made.__init__(">H")
        out.append(made.pack(i))
        try:
            out.append(made.unpack(b"\1\2\3\4"))
        except struct.error as e:
            out.append(str(e))
    return out[-14:]


print(again(100))


class Own(struct.Struct):
    def pack(self, value):
        return "own %s" % value


values = [1, 2, 3]
print(packs(3, struct.Struct("B")), [Own("B").pack(i) for i in range(40)][-1])

data = bytes((i * 31 + 7) & 255 for i in range(997))
for encode, decode in ((base64.b85encode, base64.b85decode), (base64.a85encode, base64.a85decode)):
    for _ in range(5):
        text = encode(data)
        assert decode(text) == data
    print(text[:40], len(text))
for bad in (b"~~~~~", b"zzzz\x00", b"|NsC1"):
    try:
        print(base64.b85decode(bad))
    except ValueError as e:
        print(e)
