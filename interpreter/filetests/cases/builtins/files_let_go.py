# test: run
# Files that are not closed lose nothing: they are closed when they die, and flushed at the end.
import gc
import os
import subprocess
import tempfile

folder = tempfile.mkdtemp()
path = folder + "/file"


def write():
    open(path, "w").write("text")
    for _ in range(3000):
        open(path, "a")
    open(path, "ab").write(b"more")


write()
[None] * 1000
gc.collect()
for number in range(3):
    open(folder + f"/{number}", "w").write(str(number))
print(len(os.listdir(folder)) == 4)


class Last:
    def __init__(self, text):
        self.text = text

    def __del__(self):
        print("at the end:", self.text)


def source():
    try:
        yield
    finally:
        print("at the end: generator")


last = Last("object")
running = source()
next(running)
