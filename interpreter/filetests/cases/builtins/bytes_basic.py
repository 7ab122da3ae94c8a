# test: run
# bytes: making, indexing, slicing, methods.
print(b"abc", b'it\'s', b"\x00\xff\n\t\\\"", bytes(), bytes(3), bytes([65, 66]), bytes("é", "utf-8"), bytes(b"x"), bytes(range(5)), bytes.fromhex("00 ff aB"), b"abc".hex(), b"abc".hex("-"), b"abcdef".hex(":", 2), b"a" b"b")
data = b"hello world"
print(data[0], data[-1], data[1:4], data[::-1], data[::3], len(data), 104 in data, b"wor" in data, list(data[:3]), data + b"!", data * 2, data == b"hello world", data < b"help", hash(b"a") == hash(b"a"), b"a" == "a", sorted(b"cab"))
print(data.find(b"o"), data.rfind(b"o"), data.find(111), data.index(b"w"), data.count(b"l"), data.startswith(b"he"), data.endswith((b"x", b"ld")), data.replace(b"l", b"L"), data.replace(b"l", b"", 1), data.split(), data.split(b"o"), data.rsplit(b"o", 1), data.partition(b" "), data.rpartition(b"zz"))
print(data.upper(), data.title(), b"ABC".lower(), data.capitalize(), b"aB".swapcase(), b"  x ".strip(), b"xxax".strip(b"x"), b"x".center(5, b"*"), b"x".ljust(3), b"x".rjust(3, b"."), b"-5".zfill(4), b"a\tb".expandtabs(4), b",".join([b"a", b"b"]), b"a\nb\r\nc".splitlines(), b"abc".removeprefix(b"a"), b"abc".removesuffix(b"bc"))
print(b"abc".isalpha(), b"12".isdigit(), b"a1".isalnum(), b" \n".isspace(), b"AB".isupper(), b"ab".islower(), b"Ab".istitle(), b"\x80".isascii(), b"abc".translate(bytes(range(1, 256)) + b"\0"), b"abc".translate(None, b"b"), bytes.maketrans(b"a", b"z")[97])
for operation in (lambda: b"a" + "a", lambda: "a" + b"a", lambda: bytes([256]), lambda: bytes(-1), lambda: bytes("a"), lambda: b"a"[5], lambda: data["x"], lambda: b"".join(["a"]), lambda: bytes.fromhex("zz"), lambda: b"a".find("a"), lambda: bytes([1.5]), lambda: b"a".index(b"q"), lambda: b"a" < "b", lambda: b"" % 5):
    try:
        print(operation())
    except (TypeError, ValueError, IndexError) as error:
        print(type(error).__name__, error)
try:
    data[0] = 1
except TypeError as error:
    print(error)
print(b"%d-%s-%x" % (5, b"s", 255), b"%5.1f|" % 2.25, b"%b" % b"q", b"%c" % 65, bytes(bytearray(b"z")), bytes(memoryview(b"abc")[1:]), repr(b"'"), repr(b"'\""), str(b"a"))
