# test: run
# Stars wherever they are allowed.
def f(*args, **kwargs): return args, kwargs
a, b = [1, 2], {"k": 3}
print(f(*a, *a, 5, **b, z=1), f(*"xy", *range(2)), f(*a, k=1), f(**b, **{"m": 4}), [*a, *a], (*a,), {*a, *a}, {**b, **b, "n": 1}, [*[], *()], f(*(x for x in "gen")), f(*{"key": 1}), f(*a or [0]), f(*[] or [0]))
def ret(): return *a, 9
def gen(): yield *a, 9
x = *a, 9
for y in *a, 9: print(y, end=" ")
print(ret(), next(gen()), x, [i for i in (*a, *a)], max(*a), max(*a, key=lambda v: -v), print(*a, sep="-", end=";") or "")
first, *rest = a
*init, last = "hello"
head, *middle, tail = range(5)
*only, = a
(p, *q), *r = [(1, 2, 3), 4, 5]
[*s], t = [1, 2], 3
print(first, rest, init, last, head, middle, tail, only, p, q, r, s, t)
for i, *j in [(1, 2, 3), (4,)]:
    print(i, j, end=" ")
print({i: j for i, *j in [(1, 2), (3, 4, 5)]}, [*map(str, a)], dict(**b, q=0), dict(a, **b) if False else "")
class K:
    def __iter__(self): return iter("KI")
    def keys(self): return ["u", "v"]
    def __getitem__(self, key): return key + "!"
print(f(*K(), **K()), [*K()], {**K()})
for bad in ("f(*5)", "[*5]", "f(**5)", "{**5}", "{**[1]}", "f(**{1: 2})", "f(**{'a': 1}, a=2)", "*x, y = 5", "print(*None)"):
    try:
        eval(bad) if "=" not in bad or bad.startswith("f(") else exec(bad)
    except TypeError as error:
        print(bad, "->", type(error).__name__)
def kwargs_order(**kw): return list(kw)
print(kwargs_order(z=1, a=2, **{"m": 3, "b": 4}, y=5))
def mutate(*args, **kwargs):
    kwargs["new"] = 1
    return args
source = {"old": 0}
mutate(*a, **source)
print(source, f(*a) == f(1, 2), (lambda *a, **k: (a, k))(*a, **b), sorted([*{3, 1}, *{2}]))
