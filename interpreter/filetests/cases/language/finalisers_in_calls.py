# test: run
"""Finalisers and callbacks that come due while a call is recorded whose arguments have moved up
beyond the running frame: receivers of classes, bound methods, spread arguments."""
import gc
import weakref


class Loud:
    """Dies with a word."""

    heard = 0

    def __init__(self):
        self.me = self

    def __del__(self):
        hear(self, "a", "b", "c")


def hear(who, a, b, c):
    Loud.heard += len((a, b, c)) // 3


class Made:
    def __init__(self):
        self.values = {}

    def one(self, first):
        return first, self.values

    def three(self, first, second, third):
        return first, second, third, self.values


class Pair:
    def __init__(self, first, second):
        self.first = first
        self.second = second


def gone(ref):
    hear(ref, ref, ref, ref)


def make():
    return Made()


def pair(n):
    return Pair(n, str(n))


def bound(method, n):
    return method(n)


def spread(method, args):
    return method(*args)


def run(times):
    refs = []
    for n in range(times):
        loud = Loud()
        refs.append(weakref.ref(loud, gone))
        del loud
        made = make()
        assert type(made) is Made and made.values == {}
        two = pair(n)
        assert (two.first, two.second) == (n, str(n))
        assert bound(made.one, n) == (n, {})
        assert spread(made.three, [n, "x", n + 1]) == (n, "x", n + 1, {})
        if len(refs) > 20:
            refs.clear()
    return "done"


print(run(400))
gc.collect()
gc.collect()
# The last ones may be taken for alive.
print(350 <= Loud.heard <= 800)
