# test: run
# io.StringIO and io.BytesIO.
import io
s = io.StringIO()
print(s.write("hello\n"), s.write("wörld"), s.getvalue(), s.tell(), s.seek(0), s.read(3), s.readline(), s.read(), s.read())
s = io.StringIO("one\ntwo\r\nthree")
print(list(s), s.seek(0), s.readlines(), s.seek(2), repr(s.readline()), s.closed, s.readable(), s.writable(), s.seekable())
s.seek(0)
s.truncate(3)
print(s.getvalue(), next(io.StringIO("a\nb")), io.StringIO("x\ny").read().split())
s = io.StringIO("abc")
s.write("Z")
print(s.getvalue(), s.seek(0, 2), s.write("end"), s.getvalue(), repr(s))if False else print(s.getvalue(), s.seek(0, 2), s.write("end"), s.getvalue())
s.close()
for action in (lambda: s.read(), lambda: io.StringIO(5), lambda: io.StringIO().write(5), lambda: io.StringIO().write(b"x"), lambda: io.StringIO("a").seek(-1)):
    try:
        action()
    except (ValueError, TypeError) as error:
        print(type(error).__name__, error)
with io.StringIO() as f:
    print("printed", 1, file=f)
    f.writelines(["a", "b\n"])
    text = f.getvalue()
print(repr(text), f.closed)
b = io.BytesIO(b"line1\nline2\n")
print(b.read(4), b.readline(), b.readlines(), b.seek(0), b.getvalue(), b.write(b"XX"), b.getvalue(), b.tell(), list(io.BytesIO(b"a\nb")))
try:
    b.write("text")
except TypeError as error:
    print(error)
import sys
old = sys.stdout
sys.stdout = io.StringIO()
try:
    print("captured")
    got = sys.stdout.getvalue()
finally:
    sys.stdout = old
print(repr(got))
big = io.StringIO()
for i in range(1000):
    big.write(str(i))
print(len(big.getvalue()), big.getvalue()[-6:])
