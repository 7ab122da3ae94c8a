# test: run
# memoryview over bytes and bytearray.
data = bytearray(b"hello world")
m = memoryview(data)
print(len(m), m[0], m[-1], bytes(m[2:5]), m[::2].tobytes(), m.nbytes, m.itemsize, m.format, m.shape, m.strides, m.readonly, m.ndim, m.contiguous)
m[0] = 72
m[6:11] = b"WORLD"
print(data, m == data, m == b"HELLO", m.tolist()[:3], 72 in m, list(m)[-1], bytes(m).hex(), m.hex(), hash(memoryview(b"x")) == hash(b"x"))
for action in (lambda: m.__setitem__(0, 256), lambda: m.__setitem__(slice(0, 2), b"xyz"), lambda: m[100], lambda: memoryview(b"x").__setitem__(0, 1), lambda: memoryview("text"), lambda: hash(m), lambda: data.append(1)):
    try:
        action()
        print("done")
    except (ValueError, IndexError, TypeError, BufferError) as error:
        print(type(error).__name__)
sub = m[1:4]
sub[0] = ord("E")
print(data, sub.tobytes(), sub.obj is data)
sub.release()
m.release()
data.append(33)
print(data)
try:
    m[0]
except ValueError as error:
    print(type(error).__name__)
with memoryview(b"abc") as v:
    print(v[1], v.tobytes(), v[::-1].tobytes())
cast = memoryview(bytearray(8)).cast("I")
cast[0] = 1
print(len(cast), cast.itemsize, sum(cast.tobytes()), cast.tolist())
print(b"".join([memoryview(b"a"), b"b"]), bytes(memoryview(b"xyz")[1:]), bytearray(memoryview(b"q")), memoryview(b"ab") == memoryview(b"ab"), memoryview(b"ab") != b"ac", b"ab" == memoryview(b"ab"))
