# test: run
# What a namespace has for builtins may be any mapping, or another module's.
import builtins
import types
from types import MappingProxyType


class Mapping:
    def __init__(self, names):
        self.names = names

    def __getitem__(self, name):
        print("asked for", name)
        return self.names[name]


class Missing(dict):
    def __missing__(self, name):
        print("missing", name)
        return len


def show(function):
    try:
        print(repr(function()))
    except BaseException as raised:
        print(type(raised).__name__, raised)


show(lambda: exec("print(len('abc'))", {"__builtins__": Mapping(vars(builtins))}))
few = MappingProxyType({"len": len})
show(lambda: eval("len('abc')", {"__builtins__": few}))
show(lambda: eval("max('abc')", {"__builtins__": few}))
show(lambda: eval("name('abc')", {"__builtins__": Missing()}))
show(lambda: eval("len('abc')", {"__builtins__": 5}))
show(lambda: eval("len('abc')", {"__builtins__": None}))
show(lambda: eval("len('abc')", {"__builtins__": builtins}))
other = types.ModuleType("other")
other.size = len
show(lambda: eval("size('abc')", {"__builtins__": other}))
show(lambda: eval("len('abc')", {"__builtins__": other}))
show(lambda: exec("import os", {"__builtins__": few}))


def imported(name, *rest):
    return f"import of {name}"


space = {"__builtins__": {"__import__": imported}}
exec("def take():\n    import os\n    return os", space)
for _ in range(30):
    taken = space["take"]()
print(taken)

space = {"__builtins__": few}
exec("def size(of): return len(of)\ndef no(): return nothing", space)
print(sum(space["size"]("abc") for _ in range(100)))
show(space["no"])
print(space["size"].__builtins__ is few)

# Python code that is asked for the same name again and again.
class Counting:
    count = 0

    def __getitem__(self, name):
        if name != "step":
            raise KeyError(name)
        Counting.count += 1
        return Counting.count


space = {"__builtins__": Counting(), "rounds": range(200)}
exec("def total():\n    t = 0\n    for _ in rounds: t += step\n    return t", space)
print(space["total"](), space["total"]())
show(lambda: eval("more", space))
