# test: run
# assert, del of all targets, pass, ellipsis, chained statements, docstrings.
def documented():
    """The docstring."""
    return 1
class Documented:
    "Class docstring."
    def m(self):
        """Method
        docstring."""
print(documented.__doc__, Documented.__doc__, Documented.m.__doc__, (lambda: 0).__doc__)
for condition, message in ((True, "x"), (0, "zero"), ("", None), ([], ["list"])):
    try:
        assert condition, message
        print("held")
    except AssertionError as error:
        print(repr(error), error.args)
try:
    assert 1 > 2
except AssertionError as error:
    print(repr(error))
a = [0, 1, 2, 3, 4]
d = {"x": 1, "y": {"z": 2}}
class Box:
    pass
box = Box()
box.p = box.q = 1
del a[0], a[-1], d["x"], d["y"]["z"], box.p
b = c = 1
del (b, c)
del [a[0]]
print(a, d, vars(box))
for action in ("del b", "del a[10]", "del d['nope']", "del box.nope", "del a['x']", "del (1).real" if False else "del box.p"):
    try:
        exec(action)
    except (NameError, IndexError, KeyError, AttributeError, TypeError) as error:
        print(action, "->", type(error).__name__, error)
...
pass; x = 1; y = 2
print(x, y, ..., Ellipsis, __name__, __debug__)
def stub(): ...
print(stub())
if x: print("one line")
for i in range(2): print(i); print("-")
long = 1 + \
    2 + (3
         + 4)
print(long)
print(
    "trailing",
    "commas",
)
def f(
    a,
    b=2,
    *,
    c=3,
): return a, b, c
print(f(1,), f(1, c=5,), [1, 2,], (1,), {1: 2,}, {1,})
_ = 5
__dunder = 6
ünïcode = "identifiers"
print(_, __dunder, ünïcode)
exec("z = 1\nw = z + 1")
print(z, w, eval("z + w"))
