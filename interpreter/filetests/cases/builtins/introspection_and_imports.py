# test: run
import importlib
import importlib.util
import inspect
import io
import os
import pkgutil
import runpy
import sys
import tempfile
import tokenize
def f(a, b=1, *args, c, d=2, **kw) -> int:
    """Doc of f.

    More."""
    x = [a,
         b]
    return lambda q: q
class C:
    "doc C"
    def m(self, z: int = 3): pass
    @staticmethod
    def s(): pass
    @classmethod
    def k(cls, a): pass
    @property
    def p(self): return 1
print(inspect.signature(f), inspect.signature(C.m), inspect.signature(C().m), inspect.signature(C.k))
print(inspect.getsource(f)); print(inspect.getsource(C.m)); print(inspect.getdoc(f), inspect.getsourcelines(f)[1])
print([n for n, _ in inspect.getmembers(C, inspect.isfunction)], inspect.ismethod(C().m), inspect.isgeneratorfunction(f), inspect.getmodule(f).__name__)
ba = inspect.signature(f).bind(1, 2, 3, c=4, e=5); ba.apply_defaults(); print(ba.arguments, ba.args, ba.kwargs)
for p in inspect.signature(f).parameters.values(): print(p.name, p.kind, p.default)
print(inspect.getfullargspec(f)); print(inspect.currentframe().f_lineno, inspect.stack()[0].function)
print(inspect.getfile(f) == __file__, inspect.cleandoc("  a\n    b"), inspect.unwrap(f) is f, inspect.getmro(C)[1])
src = 'def g(x):\n    if x: # comment\n        y = \'\'\'m\nn\'\'\' + rb"z" + 0x1f + 1.5e3j\n    return (x,\n            y) @ ~z // 2\n\n# end\nw = """a\\\n"""; q->x := 5 ... \\\n + 1\n'
for t in tokenize.generate_tokens(io.StringIO(src).readline): print(tokenize.tok_name[t.type], repr(t.string), t.start, t.end, t.exact_type == t.type)
print(importlib.import_module("json.decoder").__name__, importlib.util.find_spec("json").name, importlib.util.find_spec("nope"))
folder = tempfile.mkdtemp()
with open(folder + "/modx.py", "w") as file:
    file.write("import sys\nV = 1\nif __name__ == '__main__': print('main', __name__)\n")
sys.path.insert(0, folder); import modx; modx.V = 9; print(importlib.reload(modx).V, importlib.util.find_spec("modx").origin == folder + "/modx.py", modx.__spec__.loader is not None)
spec = importlib.util.spec_from_file_location("mody", folder + "/modx.py"); m = importlib.util.module_from_spec(spec); spec.loader.exec_module(m); print(m.V, m.__name__, m.__file__ == folder + "/modx.py")
print(runpy.run_path(folder + "/modx.py", run_name="__main__")["V"], runpy.run_module("modx")["V"])
print("json" in [m.name for m in pkgutil.iter_modules()] or True, pkgutil.get_data("modx", "modx.py")[:6])
