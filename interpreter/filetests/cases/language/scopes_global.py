# test: run
# global, nonlocal, del of names, class and comprehension scopes, locals and globals.
x = "global"
def read():
    return x
def shadow():
    x = "local"
    return x
def write():
    global x, fresh
    x = "written"
    fresh = "made"
print(read(), shadow(), x)
write()
print(x, fresh)
def mixed():
    x = "outer"
    def inner():
        global x
        x = "from inner"
        return x
    return inner(), x
print(mixed(), x)
del fresh
try:
    fresh
except NameError as error:
    print(error)
def delete_local():
    a = 1
    del a
    try:
        a
    except UnboundLocalError as error:
        return str(error)
print(delete_local())
def missing():
    return never_defined
try:
    missing()
except NameError as error:
    print(error, error.name)
i = "kept"
squares = [i * i for i in range(3)]
print(i, squares, {i: i for i in range(2)}, i, sum(i for i in range(4)), i)
def names():
    a, b = 1, 2
    c = [a for _ in "xy"]
    return sorted(locals())
print(names(), "x" in globals(), globals()["x"], type(globals()).__name__)
class Body:
    x = x + "!"
    before = x
    x = "rebound"
    def get(self):
        return x
    items = [1, 2]
    doubled = [n * 2 for n in items]
print(Body.x, Body.before, Body().get(), Body.doubled)
globals()["dynamic"] = 5
print(dynamic)
def builtin_shadow():
    len = lambda value: "mine"
    return len([1])
print(builtin_shadow(), len([1]))
len = lambda value: "module's"
print(len([1, 2]))
del len
print(len([1, 2]))
for loop_name in range(3):
    pass
print(loop_name)
if True:
    conditional = 1
print(conditional, [conditional for conditional in (5,)], conditional)
def gen_scope():
    n = 3
    g = (n * k for k in range(3))
    n = 10
    return list(g)
print(gen_scope())
