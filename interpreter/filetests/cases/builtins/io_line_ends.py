# test: run
# Line ends of text in files and in memory: what ends a line, what is made of it, and which were seen.
import io
import os
import tempfile

for newline in ("", None, "\n", "\r", "\r\n"):
    print(repr(newline))
    f = io.StringIO("a\rb\r\nc\nd\r", newline=newline)
    print(f.readlines(), f.newlines, repr(f.getvalue()))
    f.seek(0)
    print(list(iter(lambda: f.readline(2), "")), f.seek(0), next(f), list(f))
    f = io.StringIO(newline=newline)
    print(f.newlines, f.write("a\rb\r"), f.newlines, f.write("\nc\n"), f.newlines, repr(f.getvalue()))
    f.seek(0)
    print(f.readlines())
    f = io.TextIOWrapper(io.BytesIO(b"a\rb\r\nc\nd\r"), newline=newline)
    print(f.newlines, repr(f.readline()), f.newlines, repr(f.read()), f.newlines)
    f = io.TextIOWrapper(io.BytesIO("ä\r\nö\r\n".encode("utf-16")), encoding="utf-16", newline=newline)
    print(f.readlines(), f.newlines)
    with tempfile.TemporaryDirectory() as folder:
        name = os.path.join(folder, "text")
        with open(name, "w", newline=newline) as f:
            f.write("x\n\r\ny\n")
        with open(name, "rb") as f:
            print(f.read())
        with open(name, newline=newline) as f:
            print([repr(line) for line in f], f.newlines)
with open(os.devnull) as f:
    print(f.newlines)
for bad in (5, "x", b"\n"):
    try:
        io.StringIO("", newline=bad)
    except (TypeError, ValueError) as error:
        print(type(error).__name__, error)
