# test: run
"""Calls with `*` and `**` through wrappers, in loops: what keywords are gathered in is seen by those
who look at it, changed by those who change it, and a dictionary of its own each time."""


def add(a, b=1, c=2, *rest, d=0):
    return a + 10 * b + 100 * c + 1000 * d + sum(rest)


def wrap(f):
    def inner(*args, **kwargs):
        return f(*args, **kwargs)
    return inner


def wrap_more(f):
    def inner(first, *args, **kwargs):
        return f(first, 1, *args, d=1, **kwargs)
    return inner


twice = wrap(wrap(add))
more = wrap_more(add)


def loop(f, n=300):
    return sum(f(i) for i in range(n))


print(loop(lambda i: twice(i)))
print(loop(lambda i: twice(i, 2)))
print(loop(lambda i: twice(i, c=i)))
print(loop(lambda i: twice(i, c=i, b=3)))
print(loop(lambda i: twice(d=1, c=i, b=3, a=i)))
print(loop(lambda i: twice(i, 2, 3, 4, 5, d=i)))
print(loop(lambda i: more(i)))
print(loop(lambda i: more(i, 7, c=2) if i < 0 else more(i, c=2)))
print(loop(lambda i: twice(*[i, 1], **{"c": i * 0.5})))
print(loop(lambda i: twice(*(i,), **{"c": i, "d": 2} if i & 1 else {"b": 1})))


# What is gathered is one's own.
kept = []


def keep(**kwargs):
    kept.append(kwargs)
    kwargs["new"] = 1
    return len(kwargs)


given = {"a": 1, "b": 2}
print(loop(lambda i: keep(**given)), given, len(kept), kept[0] is kept[1], kept[-1])


def change(**kwargs):
    if "x" in kwargs:
        kwargs["x"] = kwargs["x"] + 1
    kwargs.setdefault("y", 5)
    z = kwargs.pop("z", 7)
    return kwargs["x"] + kwargs["y"] * 100 + z * 10000 + len(kwargs)


print(loop(lambda i: change(x=i)))
print(loop(lambda i: change(x=i, y=i)))
print(loop(lambda i: change(x=i, z=i)))


def changed_between(f, **kwargs):
    f(kwargs)
    return add(1, **kwargs)


print(loop(lambda i: changed_between(lambda d: d.update(b=i), c=2)))
print(loop(lambda i: changed_between(lambda d: d.pop("c"), c=i)))
print(loop(lambda i: changed_between(lambda d: None, c=i)))


def get(**kwargs):
    return kwargs.get("x", 3) + kwargs.get("nothing", 1) + ("x" in kwargs) + ("y" not in kwargs)


print(loop(lambda i: get(x=i)), loop(lambda i: get(y=i)), loop(lambda i: get()))


def looks(**kwargs):
    return "".join(f"{key}{value}" for key, value in kwargs.items())


print([looks(p=i, q=2, r=3.5) for i in range(300)][-1])
print([looks(p=i, q=2, r=3.5, s=4, t=5) for i in range(300)][-1])


# A display of strings, and what is merged into it.
def merged(i):
    base = {"a": i, "b": 2}
    other = {**base, "c": 3}
    last = {"b": 0, **other, "d": i}
    twice = {"a": 1, "a": i}
    return [list(base.items()), list(other.items()), list(last.items()), twice]


for i in range(300):
    result = merged(i)
print(result)


def items(i, *args):
    made = [i, *args, 2.5]
    made.append(i)
    floats = [0.5, *(1.5, 2.5)]
    floats.append(i)
    return made, (0, *args, *made), floats


for i in range(300):
    result = items(i, "x", None)
print(result)


# Errors are those of a plain call.
def fails(f):
    texts = set()
    for i in range(300):
        try:
            f(i)
        except (TypeError, KeyError) as error:
            texts.add(str(error))
    print(*sorted(texts))


fails(lambda i: twice(i, a=1))
fails(lambda i: twice(i, nothing=1))
fails(lambda i: twice(i, b=1, **{"b": 2}))
fails(lambda i: twice(**{1: 2}))
fails(lambda i: twice(*5))
fails(lambda i: twice(**5))
fails(lambda i: [*[1], *i])
fails(lambda i: more(i, d=3))
fails(lambda i: change(y=3))


class Sub(dict):
    def __getitem__(self, key):
        return 5

    def keys(self):
        return ["b", "c"]


class Mapping:
    def keys(self):
        return iter(["b", "d"])

    def __getitem__(self, key):
        return len(key)


print(loop(lambda i: twice(i, **Sub(b=1))), loop(lambda i: twice(i, **Mapping())))


class Text(str):
    pass


print(loop(lambda i: twice(i, **{Text("b"): i})))


class Base:
    def __init__(self, *args, scale=1, **kwargs):
        self.sum = sum(args) * scale
        self.more = kwargs


class Derived(Base):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)


print(loop(lambda i: Derived(i, 2, scale=3).sum), Derived(1, extra=2).more)
objects = [Derived(i, x=i) for i in range(300)]
print(sum(o.more["x"] for o in objects), len({id(o.more) for o in objects}))


# What the caller sees while the wrapped function runs.
def spy(*args, **kwargs):
    if kwargs["i"] == 250:
        return sorted(locals().items())
    return None


print([found for i in range(300) if (found := wrap(spy)(1, i=i))])
