# test: run
# How partial objects and those of subclasses are shown, and what a state without attributes leaves; objects to be
# compared by a function have no hash.
import functools


class Sub(functools.partial):
    pass


def make():
    class Inner(functools.partial):
        pass
    return Inner


print(functools.partial(int, 2), Sub(int, base=2), make()(int, 3))
made = functools.partial(print)
made.__setstate__((made, (), {}, {}))
print(made)
made.__setstate__((print, (made,), {}, None))
print(made)
made.note = 1
made.__setstate__((int, (1,), {"base": 10}, None))
print(made, made.__dict__, made.__reduce__()[2][:3])
key = functools.cmp_to_key(lambda a, b: a - b)
try:
    hash(key(1))
except TypeError:
    print("no hash")
