# test: run
# functools: reduce, partial, lru_cache, cmp_to_key, wraps, total_ordering and others.
import functools
from functools import reduce, partial, lru_cache, cache, cmp_to_key, wraps, total_ordering, cached_property, singledispatch
print(reduce(lambda a, b: a + b, [1, 2, 3]), reduce(lambda a, b: a + b, [], 5), reduce(max, [3, 9, 2]), reduce(lambda a, b: f"({a}{b})", "abcd"), reduce(lambda a, b: a, [7]))
for args in ((lambda a, b: a, []), (lambda a, b: a, 5), (lambda a: a, [1, 2])):
    try:
        reduce(*args)
    except TypeError as error:
        print(type(error).__name__)
def f(a, b=2, *args, **kw):
    return a, b, args, kw
p = partial(f, 1, k=5)
print(p(), p(9), p(9, 8, k=6, z=7), p.func is f, p.args, p.keywords, partial(p, 3)(4), partial(int, base=2)("101"), partial(print, "partial", end="!\n")())
calls = []
@lru_cache(maxsize=2)
def slow(x, y=0):
    calls.append((x, y))
    return x + y
print(slow(1), slow(1), slow(2), slow(3), slow(1), slow(1, y=5), slow(x=1), calls, slow.cache_info(), slow.__name__)
slow.cache_clear()
print(slow.cache_info(), slow.__wrapped__(4))
@cache
def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)
print(fib(80), fib.cache_info().currsize)
@lru_cache
def typed(x): return type(x).__name__
print(typed(1), typed(1.0), typed(True), lru_cache(typed=True)(lambda x: type(x).__name__)(1.0))
try:
    typed([])
except TypeError as error:
    print(type(error).__name__)
print(sorted([3, 1, 2], key=cmp_to_key(lambda a, b: b - a)), cmp_to_key(lambda a, b: 0)(1) == cmp_to_key(lambda a, b: 0)(2) if False else "")
def deco(g):
    "decorator doc"
    @wraps(g)
    def inner(*a):
        "inner doc"
        return g(*a)
    return inner
@deco
def named(x):
    "named doc"
    return x
print(named.__name__, named.__doc__, named.__wrapped__(3), named(4), named.__qualname__)
@total_ordering
class Version:
    def __init__(self, *parts): self.parts = parts
    def __eq__(self, other): return self.parts == other.parts
    def __lt__(self, other): return self.parts < other.parts
v, w = Version(1, 2), Version(1, 3)
print(v < w, v <= w, v > w, v >= w, v <= Version(1, 2), sorted([w, v])[0].parts)
class Lazy:
    count = 0
    @cached_property
    def value(self):
        Lazy.count += 1
        return "computed"
l = Lazy()
print(l.value, l.value, Lazy.count, vars(l))
del l.value
print(l.value, Lazy.count)
@singledispatch
def show(x): return "object"
@show.register(int)
def _(x): return "int"
@show.register(list)
def _(x): return "list of " + ", ".join(map(show, x))
@show.register
def _(x: str): return "str"
print(show(5), show([1, "a", 2.5]), show("s"), show(True), show(None), show.dispatch(int)(1))
print(functools.partialmethod.__name__, functools.WRAPPER_ASSIGNMENTS[:2])
class Cell:
    def __init__(self): self.alive = False
    def set_state(self, state): self.alive = state
    on = functools.partialmethod(set_state, True)
c = Cell()
c.on()
print(c.alive)
