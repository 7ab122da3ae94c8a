# test: run
# Dicts: making, reading, order, deletion, updates.
d = {"b": 1, "a": 2, 3: "three", (1, 2): [4], None: None, 2.5: True}
print(d, len(d), d["b"], d[3], d[3.0], d.get("zz"), d.get("zz", 0), "a" in d, "q" in d, list(d), list(d.keys()), list(d.values()), list(d.items()))
d["new"] = 5
d["b"] = 10
del d["a"]
d["a"] = 20
print(d, d.pop("new"), d.pop("new", "gone"), d.popitem(), d.setdefault("s", []), d.setdefault("s", 5), d)
print(dict(), dict(a=1, b=2), dict([("x", 1), ("y", 2)]), dict({"k": 1}, z=3), dict(zip("ab", (1, 2))), dict.fromkeys("abc"), dict.fromkeys([1, 2], 0), {**{"a": 1}, "b": 2, **{"a": 3}}, dict([["p", "q"]]), dict(["ab", "cd"]))
e = {"a": 1}
e.update({"b": 2})
e.update([("c", 3)], d=4)
e.update()
print(e, e.copy() == e, e.copy() is e, e == {"d": 4, "c": 3, "b": 2, "a": 1}, e != {}, e | {"a": 9, "z": 0}, {"z": 1} | e, bool({}))
e |= {"q": 1}
e |= [("r", 2)]
print(e, list(reversed(e)), list(reversed(e.items()))[:2], e.clear(), e)
for operation in (lambda: {}["x"], lambda: {}.pop("x"), lambda: {}.popitem(), lambda: {} < {}, lambda: {1: 2} + {}, lambda: dict(5), lambda: dict([(1, 2, 3)]), lambda: {} | 5, lambda: {}[1, 2], lambda: {}.update(5)):
    try:
        operation()
    except (KeyError, TypeError, ValueError) as error:
        print(type(error).__name__, error)
for operation in (lambda: {[]: 1}, lambda: {}[{}], lambda: {}.get([]), lambda: [] in {}):
    try:
        operation()
    except TypeError as error:
        print(type(error).__name__)
try:
    del {}["missing"]
except KeyError as error:
    print(repr(error), error.args)
r = {}
r["self"] = r
print(r, {1: {2: {}}}, {"k": (1, [2])}, {True: "t", 1: "one", 1.0: "float"}, {0: "a", False: "b", -0.0: "c"})
