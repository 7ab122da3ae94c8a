# test: run
# exec, eval and compile with name tables.
ns = {"x": 5}
exec("y = x + 1\ndef f(n):\n    return n * x\nclass C:\n    v = y", ns)
print(ns["y"], ns["f"](3), ns["C"].v, "__builtins__" in ns, sorted(k for k in ns if not k.startswith("__")))
print(eval("x * 2", ns), eval("[i for i in range(x)]", ns), eval("a + b", {"a": 1}, {"b": 2}), eval(" 1 + 1 "), eval("(lambda q: q * 2)(4)"), eval("x", {"x": "globals"}, {"x": "locals"}))
local = {}
exec("p = 1\nq = p + 1", {}, local)
print(local)
exec("global g1\ng1 = 10\nl1 = 20", ns, local)
print(ns["g1"], local["l1"], "g1" in local)
code = compile("z = 3\nz * 2", "<test>", "exec")
print(exec(code, ns), ns["z"], type(code).__name__, code.co_filename)
print(eval(compile("z + 1", "<test>", "eval"), ns))
exec(compile("1 + 1\n", "<test>", "single"), ns)
for source in ("1 +", "def", "x = = 1", "for x in", "if True\n    pass", "return 5", "'open", "(1, 2", "break", "yield 1\nx = (", "a b", "1 = x", "f() = 1", "del 5", "x +=", "class", "import", "lambda", "  indented", "if 1:\npass", "nonlocal x", "*a", "def f(a, a): pass", "def f(a=1, b): pass", "f(a=1, 2)", "f(**k, *a)", "continue", "await x", "print 5"):
    try:
        compile(source, "<bad>", "exec")
        print(source, "compiled")
    except SyntaxError as error:
        print(repr(source), type(error).__name__)
try:
    eval("x = 1")
except SyntaxError as error:
    print(type(error).__name__)
try:
    exec("raise ValueError('from exec')")
except ValueError as error:
    print(error)
def inside():
    v = 1
    exec("v = 2")
    seen = eval("v")
    return v, seen, eval("v + w", {"w": 10, "v": 5})
print(inside())
for i in range(3):
    exec(f"def made_{i}(): return {i} * 10", ns)
print([ns[f"made_{i}"]() for i in range(3)])
counter = {"n": 0}
for _ in range(5):
    exec("n += 1", counter)
print(counter["n"])
class Names(dict):
    def __missing__(self, key):
        return f"<{key}>"
print(eval("unknown + other", {}, Names()))
try:
    eval("missing_name", {})
except NameError as error:
    print(error)
try:
    exec("x", None, 5)
except TypeError as error:
    print(type(error).__name__)
exec("def outer():\n    a = 1\n    def inner():\n        nonlocal a\n        a += 1\n        return a\n    return inner\nresult = [outer()() for _ in range(2)]", ns)
print(ns["result"], eval("__name__"), eval("__name__", {"__name__": "given"}))
print(eval(b"1 + 2"), eval("'é'"), eval("# comment\n5") if False else 5, eval("5 # comment"))
