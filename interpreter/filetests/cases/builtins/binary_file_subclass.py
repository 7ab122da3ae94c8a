# test: run
# Subclasses of binary files decide in __init__ what lies beneath, which may be written in Python.
import io
import os
import tarfile
import tempfile


class Raw(io.RawIOBase):
    def __init__(self, data):
        self.data = data

    def readable(self):
        return True

    def readinto(self, buffer):
        count = min(len(buffer), len(self.data))
        buffer[:count], self.data = self.data[:count], self.data[count:]
        return count


class Over(io.BufferedReader):
    def __init__(self, text, mark):
        super().__init__(Raw(text.encode()))
        self.mark = mark


class Named(io.FileIO):
    def __init__(self, folder, name, *, write=False):
        super().__init__(os.path.join(folder, name), "w" if write else "r")
        self.own = name


class Reader(io.BufferedReader):
    def __init__(self, folder, name):
        super().__init__(Named(folder, name))


class Writer(io.BufferedWriter):
    def __init__(self, path):
        super().__init__(io.FileIO(path, "w"), 16)


over = Over("one\ntwo\nthree", "!")
print(type(over).__name__, isinstance(over, io.BufferedReader), over.mark, over.closed)
print(over.readline(), over.peek(2)[:2], over.read(3), list(over), over.read())
with over as same:
    print(same is over)
print(over.closed)
try:
    over.read()
except ValueError:
    print("closed")
print(type(io.BufferedReader(Raw(b""))).__name__, io.TextIOWrapper(Over("a\nb", 0)).readlines())

with tempfile.TemporaryDirectory() as folder:
    with Writer(os.path.join(folder, "f")) as writer:
        print(writer.write(b"written"), writer.writable())
    with Named(folder, "g", write=True) as raw:
        print(raw.write(b"raw"), raw.own, raw.mode)
    with Named(folder, "g") as raw:
        print(raw.read(), raw.readable(), os.path.basename(raw.name))
    with Reader(folder, "f") as reader:
        print(reader.read(3), reader.raw.own, reader.tell(), reader.seek(0), reader.read())
    path = os.path.join(folder, "t.tar.gz")
    with tarfile.open(path, "w:gz") as archive:
        info = tarfile.TarInfo("inner.txt")
        info.size = 5
        archive.addfile(info, io.BytesIO(b"hello"))
    with tarfile.open(path) as archive:
        file = archive.extractfile("inner.txt")
        print(type(file).__name__, file.read(2), file.tell(), file.seek(0), file.read())


class Late(io.BufferedReader):
    def __init__(self):
        pass


class LateRaw(io.FileIO):
    def __init__(self):
        pass


for late in (Late(), LateRaw()):
    try:
        late.read()
    except ValueError as error:
        print("not opened")
try:
    io.BufferedReader(io.BytesIO(), 0)
except ValueError as error:
    print(error)
