# test: run
# Partial functions, cached functions and callers of methods, copied and pickled; dispatch by
# annotations that are text or unions.
from __future__ import annotations

import collections.abc
import copy
import functools
import operator
import pickle


def show(label, action):
    try:
        print(label, action())
    except Exception as error:
        print(label, "|", type(error).__name__, "|", error)


partial = functools.partial(int, base=2)
partial.x = 5
for made in (
    pickle.loads(pickle.dumps(partial)), pickle.loads(pickle.dumps(partial, 1)), copy.copy(partial),
    copy.deepcopy(partial),
):
    print(made("101"), made.func, made.args, made.keywords, made.__dict__, repr(made))


class Own(functools.partial):
    pass


own = Own(int, "5")
own.y = 3
show("subclass", lambda: (copy.copy(own).y, type(pickle.loads(pickle.dumps(own))), own()))
show("state", lambda: partial.__setstate__(5))
show("state", lambda: partial.__setstate__((5, (), {}, None)))
show("state", lambda: partial.__setstate__((int, [], {}, None)))
partial.__setstate__((int, ("7",), {}, {"z": 3}))
show("state", lambda: (partial(), partial.z, partial.__dict__))


@functools.lru_cache
def cached(x):
    return x


show("cached", lambda: [f is cached for f in (copy.copy(cached), copy.deepcopy(cached), pickle.loads(pickle.dumps(cached)))])
for caller in (
    operator.methodcaller("upper"), operator.methodcaller("split", sep="b"), operator.itemgetter(1, 0),
    operator.attrgetter("__class__.__name__"),
):
    made = pickle.loads(pickle.dumps(caller))
    print(repr(made), made("abc"))


@functools.singledispatch
def kind(x):
    return "object"


@kind.register
def _(x: int | str):
    return "int or str"


@kind.register
def _(x: list):
    return "list"


@kind.register
def _(x: collections.abc.Mapping):
    return "mapping"


@kind.register(float | None)
def _(x):
    return "float or None"


print([kind(x) for x in (1, "a", [], {}, 1.5, None, 1j)])


def of_number():
    @kind.register
    def _(x: 5): ...


def of_alias():
    @kind.register
    def _(x: list[int]): ...


def of_union():
    @kind.register
    def _(x: int | list[int]): ...


for action in (of_number, of_alias, of_union):
    show("refused", action)
