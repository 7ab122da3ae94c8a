# test: run
# Bytes that loops cut, join, decode and pack: kinds that change, bounds, and errors.
import struct


class Own(bytes):
    pass


def cut(data, n):
    total = 0
    for i in range(n):
        part = data[i : i + 4]
        total += len(part) * 7 + sum(part)
        part = data[-i:]
        total += len(part)
        total += len(data[: i % 9]) + len(data[i::2]) + len(data[::-1]) + len(data[2:-3])
    return total


text = bytes(range(40))
for data in (text, Own(text), bytearray(text), memoryview(text), b"", text):
    print(type(data).__name__, cut(data, 60))
whole = text[:]
print(whole is text, text[0:40] is text, text[3:3], text[50:60], text[-100:2], type(Own(text)[:]))


class Index:
    def __index__(self):
        return 3


def cut_by(parts):
    told = []
    for start, stop in parts:
        try:
            told.append(text[start:stop])
        except TypeError as error:
            told.append(str(error))
    return told


print(cut_by([(1, 3)] * 70 + [(Index(), 5), (None, 2), (1 << 70, None), (-(1 << 70), 2), ("a", 1)])[68:])


def join(separator, items, n):
    for _ in range(n):
        out = separator.join(items)
    return out


for separator in (b"", b", ", Own(b"-"), bytearray(b"+")):
    for items in ([], [b"one"], [b"a", b"bc", b""], (b"x", b"y"), [b"a", bytearray(b"b"), memoryview(b"c")],
                  [Own(b"o"), b"p"], [1.5], [b"a", "b"], iter([b"a", b"b"]), "ab"):
        try:
            out = join(separator, items, 70 if not hasattr(items, "__next__") else 1)
            print(type(out).__name__, out)
        except TypeError as error:
            print(error)
one = b"one"
print(b"-".join([one]) is one, type(b"-".join([Own(b"o")])))


def decode(data, encoding, errors, n):
    for _ in range(n):
        out = str(data, encoding, errors), data.decode(encoding, errors)
    return out


for data in (b"plain", "caf\xe9".encode(), b"\xff", bytearray(b"plain"), Own(b"own")):
    for encoding in ("utf-8", "ascii", "latin-1", "UTF8", "utf-16-le", "no such"):
        for errors in ("strict", "surrogatepass", "replace", "none such"):
            try:
                print(ascii(decode(data, encoding, errors, 3)))
            except (UnicodeError, LookupError) as error:
                print(type(error).__name__, error)
for wrong in ((b"a", 1), (b"a", "utf-8", 2), ("a", "utf-8"), (3, "utf-8")):
    try:
        print(str(*wrong))
    except TypeError as error:
        print(error)


def pack(formats, n):
    out = b""
    for i in range(n):
        for format, *values in formats:
            out = struct.pack(format, *values)
            back = struct.unpack(format, out)
    return out, back


for format in ("b", "B", "<h", ">H", "<i", ">I", "<q", ">Q", "<bHi"):
    for value in (0, 1, -1, 127, 128, -128, -129, 255, 256, 32767, 32768, -32768, 65535, 65536,
                  (1 << 31) - 1, 1 << 31, -(1 << 31), (1 << 32) - 1, 1 << 32, 1 << 63, True, 1.5):
        values = [value] * (3 if format == "<bHi" else 1)
        try:
            print(format, value, *pack([[format, *values]], 2))
        except struct.error as error:
            print(format, value, error)
print(pack([("<I", 1), (">I", 2), ("<2H", 3, 4), ("!d", 1.5), ("3s", b"ab"), (b"<B", 7), ("<12B", *range(12))], 70))
for count in range(4):
    try:
        print(struct.pack("<2B", *range(count)))
    except struct.error as error:
        print(error)
try:
    struct.pack()
except TypeError as error:
    print(type(error).__name__)
struct._clearcache()
print(struct.pack("<I", 1), struct.calcsize("<12B"))
