# test: run
# import in its forms, for modules that every build has.
import math
import collections.abc
import math as m, sys as system
from math import floor, ceil as up
from collections import (
    OrderedDict,
    deque as dq,
)
print(math is m, floor(2.5), up(2.5), system is __import__("sys"), dq([1]), OrderedDict.__name__, collections.abc.__name__, collections.deque is dq)
def local_import():
    import itertools
    from functools import reduce as r
    return list(itertools.islice(itertools.count(), 3)), r(lambda a, b: a * b, [1, 2, 3, 4])
print(local_import())
try:
    import no_such_module_at_all
except ImportError as error:
    print(type(error).__name__, error, error.name)
try:
    from math import no_such_name
except ImportError as error:
    print(str(error).startswith("cannot import name 'no_such_name' from 'math'"))
try:
    import math.nothing
except ImportError as error:
    print(error)
try:
    from collections import abc, nothing_here
except ImportError as error:
    print("partial", abc.__name__)
if math.pi > 3:
    from operator import add
else:
    from operator import sub as add
print(add(1, 2), "math" in system.modules, system.modules["math"] is math, type(math).__name__, math.__name__)
namespace = {}
exec("from math import *", namespace)
print("sqrt" in namespace, "pi" in namespace, "__name__" in {k for k in namespace if k != "__builtins__"})
mod = type(math)("made")
mod.value = 5
system.modules["made"] = mod
import made
from made import value
print(made.value, value, made.__name__, made.__doc__)
del system.modules["made"]
try:
    mod.missing
except AttributeError as error:
    print(error)
mod.__getattr__ = lambda name: f"dynamic {name}"
print(mod.missing)
print(__name__, __import__("collections.abc").__name__, __import__("os.path").__name__, __import__("math", fromlist=["pi"]).pi)
