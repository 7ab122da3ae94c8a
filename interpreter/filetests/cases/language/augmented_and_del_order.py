# test: run
# Order of evaluation in assignments, calls, displays and augmented targets.
log = []
def v(name, value=None):
    log.append(name)
    return value
class Target:
    def __getitem__(self, key):
        log.append(f"get {key}")
        return 10
    def __setitem__(self, key, value): log.append(f"set {key}={value}")
    def __delitem__(self, key): log.append(f"del {key}")
    def __getattr__(self, name):
        log.append(f"getattr {name}")
        return 20
    def __setattr__(self, name, value): log.append(f"setattr {name}={value}")
    def __delattr__(self, name): log.append(f"delattr {name}")
t = Target()
def flush(label):
    print(label, " ".join(log))
    log.clear()
v("target", t)[v("key", "k")] = v("value", 1)
flush("assign")
v("target", t)[v("key", "k")] += v("value", 1)
flush("augment item")
v("target", t).attr += v("value", 1)
flush("augment attr")
v("a", t)[v("b", 1)] = v("c", t).x = v("d", 5)
flush("chain")
v("a", t)[v("b", 1)], v("c", t).x = v("d", 5), v("e", 6)
flush("tuple")
del v("a", t)[v("b", 1)], v("c", t).x
flush("del")
{v("k1", 1): v("v1", 1), v("k2", 2): v("v2", 2)}
flush("dict")
[v("a"), *v("b", ()), v("c")]
flush("list")
v("f", lambda *a, **k: None)(v("x"), *v("args", ()), v("y"), k=v("kw"), **v("kws", {}))
flush("call")
v("a", 1) + v("b", 2) * v("c", 3) - v("d", 4)
flush("arith")
v("a", t)[v("start") : v("stop") : v("step")]
flush("slice")
v("then") if v("cond", True) else v("else")
flush("cond")
(v("a", 3) < v("b", 2) < v("c", 1))
flush("compare")
lambda x=v("default"): v("body")
flush("lambda")
def f(a=v("d1"), *, b=v("d2")) -> None: pass
flush("def")
@v("dec1", lambda g: g)
@v("dec2", lambda g: g)
def g(): pass
flush("decorators")
class C(v("base", object), metaclass=v("meta", type)): x = v("body")
flush("class")
f"{v('a')}{v('b', 5):{v('c', 3)}}"
flush("fstring")
assert v("test", True), v("message")
flush("assert")
for v("it", t)[v("idx", 0)] in v("iter", [1, 2]): v("loop")
flush("for")
x = [1, 2, 3]
x[0], x[x[0]] = 2, "changed"
print(x)
i, x[i] = 1, "second"
print(i, x)
