# test: run
# target: x86_64
# Code through marshal, compiled files, archives of them.
import compileall
import io
import marshal
import os
import py_compile
import runpy
import subprocess
import sys
import tempfile
import zipfile

SOURCE = '''
"""A docstring."""
import sys
BIG = 2 ** 100
CONSTANTS = (1, 1.5, -0.0, 2j, "text", b"bytes", None, True, ..., (1, (2,)), 123456789012345678901234567890)
def f(a, /, b=2, *args, c=3, **kwargs):
    total = [a + n for n in range(b) if n in {1, 2, 3}]
    return total, args, c, kwargs
class C:
    x = 1
    def method(self):
        return super().__repr__()[:4], self.x
def gen():
    yield from (n * 2 for n in range(3))
def outer():
    v = 5
    return lambda: v
try:
    1 / 0
except ZeroDivisionError as e:
    caught = str(e)
'''

code = compile(SOURCE, "source.py", "exec")
data = marshal.dumps(code)
again = marshal.loads(data)
print(type(again).__name__, again == code, again.co_filename, again.co_name)
space = {"__name__": "space"}
exec(again, space)
print(space["__doc__"], space["BIG"], space["CONSTANTS"], space["caught"])
print(space["f"](1, 4, 5, k=6), list(space["gen"]()), space["outer"]()(), space["C"]().method())

print(compile("1", "a", "eval") == compile("1", "a", "eval"))
print(compile("1", "a", "eval") == compile("2", "a", "eval"))
print(compile("1", "a", "eval") == compile("1.0", "a", "eval"))
print(compile("(0.0,)", "a", "eval") == compile("(-0.0,)", "a", "eval"))

f = io.BytesIO()
marshal.dump([code.co_name, (1, 2)], f)
marshal.dump({"a": None}, f)
f.seek(0)
print(marshal.load(f), marshal.load(f))
for wrong in b"", b"c\x05\0\0\0ab":
    try:
        marshal.loads(wrong)
    except (EOFError, ValueError) as e:
        print(type(e).__name__)
for how in (marshal.dumps, code), (marshal.loads, data):
    try:
        how[0](how[1], allow_code=False)
    except ValueError as e:
        print(e)

with tempfile.TemporaryDirectory() as folder:
    path = os.path.join(folder, "compiled_module.py")
    with open(path, "w") as file:
        file.write("import sys\ndef f():\n    return __name__, 42\nprint('run', f())\n")
    cached = py_compile.compile(path)
    print(os.path.exists(cached))
    print(runpy.run_path(cached)["f"]())
    plain = os.path.join(folder, "without_source.pyc")
    py_compile.compile(path, cfile=plain)
    sys.path.insert(0, folder)
    import without_source
    print(without_source.f(), os.path.basename(without_source.__file__))
    print(subprocess.run([sys.executable, plain], capture_output=True, text=True).stdout)
    print(compileall.compile_dir(folder, quiet=1, legacy=True), os.path.exists(path + "c"))
    archive = os.path.join(folder, "archive.zip")
    with zipfile.ZipFile(archive, "w") as z:
        z.write(plain, "zipped.pyc")
        z.write(plain, "package/__init__.pyc")
    sys.path.insert(0, archive)
    import zipped
    import package
    print(zipped.f(), package.f(), zipped.__loader__.get_source("zipped"))
