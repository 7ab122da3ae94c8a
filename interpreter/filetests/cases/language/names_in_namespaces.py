# test: run
"""Names of code that is executed in its globals, with another namespace, and in turn with both."""
import builtins
import sys

LOOP = '''
i = total = 0
while i < count:
    total += step(i)
    i += 1
    if i % 50 == 0:
        marks.append(len(marks))
'''


def make(count, factor):
    return {"count": count, "marks": [], "step": lambda i: i * factor}


code = compile(LOOP, "<loop>", "exec")
for factor in range(1, 4):
    space = make(300, factor)
    exec(code, space)
    print(space["i"], space["total"], space["marks"], "__builtins__" in space)

# Names of another namespace come first, and what is stored goes there.
space = make(10, 5)
for round in range(4):
    own = {} if round % 2 else make(200, round + 7)
    exec(code, space, own)
    print(sorted(own), own["i"], own["total"], "total" in space)
    exec(code, space)
    print(space["total"], len(space["marks"]))
    del space["total"], space["i"]


class Counting(dict):
    """A namespace that is no plain dictionary."""

    def __missing__(self, name):
        if name == "count":
            return 120
        raise KeyError(name)


own = Counting(marks=[], step=abs)
exec(code, {}, own)
print(own["i"], own["total"], len(own["marks"]))


class Recording:
    def __init__(self, content):
        self.content, self.asked = content, []

    def __getitem__(self, name):
        self.asked.append(name)
        return self.content[name]

    def __setitem__(self, name, value):
        self.content[name] = value


own = Recording(make(3, 2))
exec(code, {}, own)
print(own.content["total"], own.asked)

# A name that goes, and comes from somewhere else.
shadow = compile("for i in range(200): seen = max(i, 3)", "<shadow>", "exec")
space = {}
exec(shadow, space)
print(space["seen"])
space["max"] = min
exec(shadow, space)
print(space["seen"])
del space["max"]
exec(shadow, space)
print(space["seen"])
builtins.max, kept = (lambda a, b: "other"), max
exec(shadow, space)
print(space["seen"])
builtins.max = kept
exec(shadow, space)
print(space["seen"])

# Builtins of one's own, in the same globals as others before.
space["__builtins__"] = {"max": lambda a, b: (a, b), "range": range}
exec(shadow, space)
print(space["seen"])
space["__builtins__"] = builtins
exec(shadow, space)
print(space["seen"])
space["__builtins__"] = {"range": range}
try:
    exec(shadow, space)
except NameError as error:
    print(error)

delete = compile("for i in range(100):\n    x = i\n    del x\nx", "<delete>", "exec")
try:
    exec(delete, {})
except NameError as error:
    frame = error.__traceback__.tb_next.tb_frame
    print(error, frame.f_locals is frame.f_globals, frame.f_locals["i"])

source = '''
class Body:
    total = 0
    for i in range(200):
        total += i
    name = __name__

    def both(self):
        return total, self.total
total = -1
both = Body().both()
'''
for name in ["one", "two"]:
    space = {"__name__": name}
    exec(source, space)
    print(space["both"], space["Body"].name, space["Body"].__module__)
print(eval("[a for a in range(b)] + [locals() is globals()]", {"b": 3})[-1])
print(eval("locals() is globals()", {"b": 3}), eval("locals() is globals()", {}, {}))
print(sys._getframe().f_locals is globals())


# What a subclass of dict does for missing names, and when it is stored into.
class Answers(dict):
    def __missing__(self, name):
        if name == "answer":
            return 42
        raise KeyError(name)

    def __setitem__(self, name, value):
        super().__setitem__(name, ("set", value) if name == "a" else value)


class Plain(dict):
    pass


space = Answers()
exec("print(answer)\na = 1\nprint(a)\ndef f(): return a\nprint(f())", space)
print(sorted(space), eval("answer + 1", Answers()))
try:
    exec("other", Answers())
except NameError as error:
    print(error)
space = Plain(x=3)
exec("y = x + 1\ndel x", space)
print(sorted(space), space["y"])
print(eval("locals() is globals()", Plain()), eval("locals() is globals()", Plain(), {}))

# Builtins of one's own, with names that no others have.
own = {"only": 5, "range": range}
print(eval("only", {"__builtins__": own}), eval("[only for i in range(2)]", {"__builtins__": own}))
space = {"__builtins__": own}
exec("def f(): return only\nfor i in range(200): last = f() + only", space)
print(space["last"])

# One code with a namespace of its own between runs in its globals.
code = compile("total = 0\nfor i in range(count): total += i & 3", "<both>", "exec")
space = {"count": 500}
for _ in range(4):
    exec(code, space)
    own = {"count": 70}
    exec(code, space, own)
    print(space["total"], own["total"])
