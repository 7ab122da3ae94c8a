# test: run
# os and os.path: what is the same everywhere.
import os
print(os.name, os.sep, os.linesep == "\n", os.path.join("a", "b", "/c", "d"), os.path.split("/a/b/c"), os.path.normpath("a//b/../c/."), os.path.isabs("/x"), os.path.commonprefix(["abc", "abd"]), os.path.basename("a/"), os.path.splitext(".hidden"), os.path.relpath("/a/b", "/a/c"), os.path.expanduser("x"))
print(isinstance(os.getcwd(), str), os.path.isdir("."), os.path.isfile("."), os.path.exists("/no/such/path"), isinstance(os.environ, object), os.environ.get("NO_SUCH_VARIABLE", "default"), os.getenv("NO_SUCH_VARIABLE"), isinstance(os.getpid(), int), len(os.urandom(8)), os.fspath("x"))
os.environ["KRAIT_CASE"] = "value"
print(os.environ["KRAIT_CASE"], "KRAIT_CASE" in os.environ, os.getenv("KRAIT_CASE"))
del os.environ["KRAIT_CASE"]
try:
    os.environ["KRAIT_CASE"]
except KeyError as error:
    print(error)
name = "krait-case-folder.tmp"
os.mkdir(name)
try:
    os.mkdir(name)
except FileExistsError as error:
    print(type(error).__name__, error.errno, error.filename)
path = os.path.join(name, "file")
with open(path, "w") as f:
    f.write("12345")
print(os.listdir(name), os.path.getsize(path), os.stat(path).st_size, os.path.isfile(path))
os.rename(path, path + "2")
print(os.listdir(name))
os.remove(path + "2")
os.rmdir(name)
for action in (lambda: os.listdir(name), lambda: os.remove(name), lambda: os.stat(name), lambda: os.fspath(5)):
    try:
        action()
    except (OSError, TypeError) as error:
        print(type(error).__name__, error)
