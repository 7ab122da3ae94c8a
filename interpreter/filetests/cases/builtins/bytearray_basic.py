# test: run
# bytearray: the mutable kind.
b = bytearray(b"hello")
b[0] = 72
b.append(33)
b.extend(b" you")
b.extend([1, 2])
print(b, len(b), b[0], b[-1], b[1:3], type(b[1:3]).__name__)
b[0:5] = b"HEY"
del b[-2:]
print(b)
b.insert(0, 42)
print(b.pop(), b.pop(0), b)
b.remove(32)
b.reverse()
print(b, bytes(b), b == bytes(b), b"x" + bytearray(b"y"), bytearray(b"x") + b"y", type(b"x" + bytearray(b"y")).__name__)
b += b"++"
b *= 2
print(b, b.count(b"+"), b.find(b"E"), b.upper(), b.replace(b"+", b"-"), b.split(b"+"), b.hex())
b[::2] = bytes(len(b[::2]))
print(b)
b.clear()
print(b, bool(b), bytearray(3), bytearray("é", "utf8"), bytearray([1, 2]), bytearray(b"a") * 3, bytearray.fromhex("0aff"))
for operation in (lambda: b.append(256), lambda: b.append("a"), lambda: b.pop(), lambda: b.remove(5), lambda: hash(b), lambda: bytearray([300]), lambda: bytearray(b"abc").__setitem__(5, 1), lambda: bytearray(b"abc").__setitem__(slice(0, 3, 2), b"xyz")):
    try:
        operation()
    except (TypeError, ValueError, IndexError) as error:
        print(type(error).__name__, error)
c = bytearray(range(10))
c[2:5] = []
c[3:3] = b"new"
print(c, c.copy() == c, c.copy() is c, sorted(c)[:3], list(reversed(c))[:3], 5 in c, b"new" in c, c[::-1])
m = memoryview(c)
m[0] = 255
print(c[0], m[1:3].tobytes(), len(m), m.tolist()[:3], m == c, m.readonly, memoryview(b"x").readonly)
