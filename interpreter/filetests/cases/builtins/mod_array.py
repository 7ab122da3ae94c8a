# test: run
# array: items of one size, their bytes, and how they fail.
import copy
import io
import pickle
import sys
from array import array, typecodes, ArrayType

print(ArrayType is array, all(c in typecodes for c in "bBuhHiIlLqQfd"))
for code in "bBhHiIlLqQ":
    a = array(code, [1, 2, 100])
    print(a, a.itemsize, a.typecode, len(a), a[0], a[-1], a[1:], a[::-1], a[::2], a.tolist())
for code in "fd":
    a = array(code, [1, 2.5, -0.25, 1e10])
    a.append(3)
    print(a, sum(a), a.itemsize, a.index(2.5), a.count(1), 2.5 in a, 7 in a)
print(array("f", [0.1])[0], array("f", [1e39])[0], array("d", [1e39])[0])

a = array("i")
print(a, len(a), bool(a), list(a))
a.extend(range(10))
a.insert(0, 77)
a.insert(-1, 88)
a.insert(100, 99)
print(a, a.pop(), a.pop(0), a.pop(-2), a)
a.remove(4)
a.reverse()
print(a, a.index(9), a.index(0, 3), a.count(5))
a[0] = -5
a[1:3] = array("i", [1, 1, 1, 1])
print(a)
a[::2] = array("i", [0] * len(a[::2]))
print(a)
del a[0]
del a[1:3]
del a[::3]
print(a, a * 2, 2 * a, a + array("i", [5]))
a += array("i", [6])
a *= 2
print(a, a == array("i", a), a == array("d", a), a != a, a < array("i", [10**6]), a >= a, a == list(a))
b = copy.copy(a)
c = copy.deepcopy(a)
b[0] = 1234
print(a == c, a == b, pickle.loads(pickle.dumps(a)) == a)

a = array("H", [1, 256, 65535])
a.byteswap()
print(a)
little = sys.byteorder == "little"
print(array("i", [1, -1]).tobytes() == (b"\1\0\0\0" if little else b"\0\0\0\1") + b"\xff" * 4)
a = array("B", b"hello")
print(a, bytes(a), bytearray(a), a.tobytes(), a.buffer_info()[1])
a.frombytes(b"!!")
f = io.BytesIO()
a.tofile(f)
f.seek(0)
b = array("B")
b.fromfile(f, 5)
print(b)
try:
    b.fromfile(f, 5)
except EOFError as error:
    print(error, b)
b.fromlist([1, 2])
print(b)
try:
    b.fromlist([3, "x"])
except TypeError as error:
    print(error, len(b))
u = array("u", "gr\u00fc\u00df")
u.fromunicode("e")
print(u, u[2], u.tounicode(), len(u), u.tolist())

v = memoryview(array("i", [10, 20, 30]))
print(v.format, v.itemsize, v.nbytes, v.tolist(), v[1], v[1:].tolist())
a = array("d", [1.5, 2.5])
v = memoryview(a)
v[0] = 8.0
print(a, v.tolist())
try:
    a.append(1.0)
except BufferError:
    print("exported")
v.release()
a.append(1.0)
print(a, b"".join([array("B", b"x"), b"y"]))


def attempt(f):
    try:
        print(f())
    except Exception as error:
        print(type(error).__name__, error)


for code in ("x", "ii"):
    try:
        array(code)
    except (ValueError, TypeError) as error:
        print(type(error).__name__)
attempt(lambda: array(1))
attempt(lambda: array("b", [128]))
attempt(lambda: array("b", [-129]))
attempt(lambda: array("B", [256]))
attempt(lambda: array("B", [-1]))
attempt(lambda: array("h", [40000]))
attempt(lambda: array("H", [-1]))
attempt(lambda: array("i", ["x"]))
attempt(lambda: array("i", [1.5]))
attempt(lambda: array("d", ["x"]))
attempt(lambda: array("i", "abc"))
attempt(lambda: array("i", [1])[3])
attempt(lambda: array("i", [1])["x"])
attempt(lambda: array("i").pop())
attempt(lambda: array("i", [1]).pop(4))
attempt(lambda: array("i", [1]).remove(4))
attempt(lambda: array("i", [1]).index(4))
attempt(lambda: array("i", [1]) + [1])
attempt(lambda: array("i", [1]) + array("b", [1]))
attempt(lambda: array("i").frombytes(b"abc"))
attempt(lambda: array("i").frombytes("abc"))
attempt(lambda: array("i").extend(array("b", [1])))
try:
    hash(array("i"))
except TypeError as error:
    print(type(error).__name__)
attempt(lambda: array("i").__setitem__(slice(0, 0), [1]))
attempt(lambda: array("i", [1, 2, 3]).__setitem__(slice(None, None, 2), array("i", [1])))


class Sub(array):
    def total(self):
        return sum(self)


s = Sub("i", [1, 2])
s.name = "n"
print(s, s.total(), s.name, isinstance(s, array))
