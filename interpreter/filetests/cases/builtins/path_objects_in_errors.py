# test: run
# Errors and files name a path by its text, not by the object that was given; lookups of codecs give the same.
import codecs
import io
import os
import pathlib
import tempfile

missing = pathlib.Path("nope")
for operation in (open, os.stat, os.remove, os.listdir, os.rmdir, os.readlink, os.chdir, os.scandir, os.utime,
                  lambda path: os.rename(path, "x"), lambda path: os.symlink(path, path / "x"),
                  lambda path: os.open(path, 0), lambda path: os.chmod(path, 0), lambda path: path.read_text(),
                  lambda path: os.mkdir(path / "x")):
    try:
        operation(missing)
    except OSError as error:
        print(error, repr(error.filename), repr(error.filename2))
with tempfile.TemporaryDirectory() as folder:
    path = pathlib.Path(folder) / "f"
    with open(path, "w") as file:
        print(type(file.name).__name__, type(file.buffer.name).__name__)
    with open(path, "rb", buffering=0) as file:
        print(type(file.name).__name__)
    with io.FileIO(path) as file:
        print(type(file.name).__name__)
print(codecs.lookup("utf8") == codecs.lookup("UTF-8"), codecs.lookup("utf8") is codecs.lookup("utf8"),
      codecs.lookup("ascii") == codecs.lookup("latin-1"), codecs.lookup("utf8").name)
