# test: run
# Every complaint about arguments that do not fit.
def f0(): pass
def f1(a): pass
def f2(a, b): pass
def f3(a, b, c): pass
def d2(a, b=1): pass
def d3(a=1, b=2): pass
def k1(*, x): pass
def k2(*, x, y): pass
def k3(*, x, y, z): pass
def ko(a, *, x=1): pass
def ks(a, b=2, *, x, y=1): pass
def po(a, b, /): pass
def po2(a, b, /, c): pass
def po3(a, b=1, /, **kw): pass
def va(a, *args): pass
class C:
    def m(self, a): pass
    @classmethod
    def c(cls, a): pass
    @staticmethod
    def s(a): pass
class I:
    def __init__(self, x): pass
class N: pass
FIVE, TEXT, NONE = 5, "x", None
CALLS = [
    lambda: f0(1), lambda: f0(1, 2), lambda: f0(x=1), lambda: f1(), lambda: f1(1, 2), lambda: f1(1, a=2), lambda: f1(b=1), lambda: f1(1, b=2),
    lambda: f2(), lambda: f2(1), lambda: f2(b=1), lambda: f2(1, 2, 3), lambda: f3(), lambda: f3(1), lambda: f3(c=1), lambda: f3(1, 2, 3, 4, 5),
    lambda: d2(), lambda: d2(1, 2, 3), lambda: d3(1, 2, 3), lambda: d3(c=1), lambda: d3(1, a=1),
    lambda: k1(), lambda: k2(), lambda: k3(), lambda: k1(1), lambda: k1(1, x=1), lambda: k2(x=1), lambda: k3(y=1), lambda: k1(x=1, z=2),
    lambda: ko(1, 2), lambda: ko(1, 2, x=3), lambda: ks(1, 2, 3), lambda: ks(1, 2, 3, x=1, y=2), lambda: ks(1),
    lambda: po(), lambda: po(1), lambda: po(a=1, b=2), lambda: po(1, b=2), lambda: po2(1, 2), lambda: po2(1, b=2, c=3), lambda: po2(a=1, b=2, c=3), lambda: po3(), lambda: po(1, 2, c=3),
    lambda: va(), lambda: va(a=1, *[2]),
    lambda: C().m(), lambda: C().m(1, 2), lambda: C.m(), lambda: C.m(1), lambda: C.c(), lambda: C.s(1, 2), lambda: I(), lambda: I(1, 2), lambda: N(1), lambda: N(x=1), lambda: object(1),
    lambda: f1(*5), lambda: f1(**5), lambda: f1(**{1: 2}), lambda: f1(**{"a": 1}, **{"a": 2}), lambda: f1(a=1, **{"a": 2}), lambda: f1(*[1], **{"zz": 2}), lambda: (lambda x: x)(), lambda: FIVE(), lambda: TEXT(), lambda: NONE(), lambda: C()(),
    lambda: len(), lambda: len(1, 2), lambda: len(x=1), lambda: len(5), lambda: abs("x"), lambda: [].append(), lambda: [].append(1, 2), lambda: {}.get(), lambda: "a".join(), lambda: print(nope=1), lambda: isinstance(1), lambda: list(1, 2), lambda: ord("ab"), lambda: sorted(), lambda: type("a", ()),
]
for call in CALLS:
    try:
        call()
        print("no error")
    except TypeError as error:
        print(error)


def builtins_without_parameters():
    import gc
    import math
    import time
    for function in (math.gcd, math.lcm, time.time, gc.enable, globals, [].clear, {}.copy, ().__len__):
        try:
            function(x=1)
        except TypeError:
            print(function.__name__, "takes no keyword")


builtins_without_parameters()
