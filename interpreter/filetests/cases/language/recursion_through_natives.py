# test: run
# Recursion that passes through builtins and protocols ends in RecursionError, never in a crash.
import functools
def expect(label, action):
    try:
        action()
        print(label, "ended")
    except RecursionError:
        print(label, "RecursionError")
def through_sorted(n):
    return sorted([n], key=through_sorted)
def through_map(n):
    return list(map(through_map, [n]))
def through_generator(n):
    yield from through_generator(n + 1)
def through_genexpr(n):
    return sum(through_genexpr(n) for _ in (1,))
def through_comprehension(n):
    return [through_comprehension(n) for _ in (1,)]
def through_exec(n):
    exec("through_exec(n)", {"through_exec": through_exec, "n": n})
def through_eval(n):
    return eval("f(n)", {"f": through_eval, "n": n})
def through_reduce(n):
    return functools.reduce(lambda a, b: through_reduce(n), [1, 2])
def through_star(*args):
    return through_star(*args, *())
def through_max(n):
    return max([n, n + 1], key=through_max)
def through_filter(n):
    return list(filter(through_filter, [n]))
def through_lambda(n):
    return (lambda: through_lambda(n))()
def through_try(n):
    try:
        return through_try(n)
    finally:
        pass
def through_with(n):
    class M:
        def __enter__(self): return through_with(n)
        def __exit__(self, *a): pass
    with M():
        pass
class C:
    def __add__(self, other): return self + other
    def __eq__(self, other): return [self] == [other]
    def __lt__(self, other): return sorted([self, other])
    def __hash__(self): return hash((self,))
    def __len__(self): return len(self)
    def __bool__(self): return not not self
    def __iter__(self): return iter(list(self))
    def __contains__(self, x): return x in self
    def __getitem__(self, k): return self[k]
    def __setitem__(self, k, v): self[k] = v
    def __call__(self): return self()
    def __str__(self): return str(self)
    def __repr__(self): return f"{self!r}"
    def __format__(self, spec): return f"{self}"
    def __index__(self): return [1][self]
    def __getattr__(self, name): return getattr(self, name + "x")
    @property
    def prop(self): return self.prop
    def __enter__(self):
        with self:
            pass
    def __exit__(self, *a): pass
class New:
    def __new__(cls): return New()
class Init:
    def __init__(self): Init()
class Meta(type):
    def __call__(cls): return cls()
class WithMeta(metaclass=Meta): pass
class Attr:
    def __getattribute__(self, name): return self.other
    def __setattr__(self, name, value): self.name = value
class Desc:
    def __get__(self, instance, owner): return instance.d
class HasDesc:
    d = Desc()
c = C()
for label, action in {
    "sorted": lambda: through_sorted(1), "map": lambda: through_map(1), "generator": lambda: next(through_generator(1)), "genexpr": lambda: through_genexpr(1), "comprehension": lambda: through_comprehension(1), "exec": lambda: through_exec(1), "eval": lambda: through_eval(1), "reduce": lambda: through_reduce(1), "star": lambda: through_star(1), "max": lambda: through_max(1), "filter": lambda: through_filter(1), "lambda": lambda: through_lambda(1), "try": lambda: through_try(1), "with": lambda: through_with(1),
    "add": lambda: c + c, "eq": lambda: c == C(), "lt": lambda: c < C(), "hash": lambda: hash(c), "len": lambda: len(c), "bool": lambda: bool(c), "iter": lambda: list(c), "contains": lambda: 1 in c, "getitem": lambda: c[1], "setitem": lambda: c.__setitem__(1, 2), "call": lambda: c(), "str": lambda: str(c), "repr": lambda: repr([c]), "format": lambda: format(c, "x"), "index": lambda: [1][c], "getattr": lambda: c.a, "property": lambda: c.prop, "enter": lambda: c.__enter__(),
    "new": New, "init": Init, "meta": lambda: WithMeta(), "getattribute": lambda: Attr().x, "setattr": lambda: setattr(Attr(), "a", 1), "descriptor": lambda: HasDesc().d,
}.items():
    expect(label, action)
print("still alive", sum(range(10)))
