# test: run
# Reading and writing files through open, in a folder of its own.
import os
name = "krait-case-open.tmp"
with open(name, "w", encoding="utf-8") as f:
    print(f.write("first line\nsecond é\n"), f.writelines(["third\n", "last without newline"]), f.closed, f.mode, f.name == name)
print(f.closed)
with open(name, encoding="utf-8") as f:
    print(f.read(5), repr(f.readline()), repr(f.readline()), f.readlines(), repr(f.read()))
with open(name, encoding="utf-8") as f:
    print([line.rstrip("\n") for line in f])
with open(name, "a", encoding="utf-8") as f:
    f.write("\nappended")
with open(name, "rb") as f:
    data = f.read()
    print(len(data), data[-8:], f.seek(0), f.read(5), f.tell())
with open(name, "wb") as f:
    f.write(b"bytes\r\n\xff")
print(open(name, "rb").read())
with open(name, newline="", encoding="latin-1") as f:
    print(ascii(f.read()))
with open(name, encoding="latin-1") as f:
    print(ascii(f.read()))
try:
    with open(name, encoding="utf-8") as f:
        f.read()
except UnicodeDecodeError as error:
    print(type(error).__name__)
os.remove(name)
for action in (lambda: open(name), lambda: open(name, "zz"), lambda: open("."), lambda: open(name, "rw"), lambda: f.read(), lambda: open(5.5)):
    try:
        action()
    except (OSError, ValueError, TypeError) as error:
        print(type(error).__name__, error)
print(os.path.exists(name), os.path.join("a", "b"), os.path.basename("/x/y.txt"), os.path.splitext("f.tar.gz"), os.path.dirname("/x/y"))
