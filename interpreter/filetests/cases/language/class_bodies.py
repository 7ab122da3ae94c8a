# test: run
# Class bodies as code: loops, conditions, nested scopes, deletes, functions called inside.
flag = True
class Config:
    values = []
    for i in range(3):
        values.append(i * 10)
    del i
    if flag:
        mode = "on"
    else:
        mode = "off"
    try:
        risky = 1 / 0
    except ZeroDivisionError:
        risky = None
    def helper(n, factor=2):
        return n * factor
    computed = helper(21)
    table = {name: helper(len(name)) for name in ("a", "bb")} if False else {}
    with open(__file__) as f:
        first = f.readline().startswith("# test")
    del f, helper
    while len(values) < 5:
        values.append(len(values))
    lambda_ = lambda self: self.mode
    nested = [[x * y for x in range(2)] for y in range(2)]
    doc = __qualname__, __module__
print(Config.values, Config.mode, Config.risky, Config.computed, Config.first, Config().lambda_(), Config.nested, Config.doc, hasattr(Config, "helper"), hasattr(Config, "i"))
x = "module"
class Scope:
    x = x + " then class"
    y = x
    def get(self): return x
    class Inner:
        z = x
        def get(self): return x
print(Scope.x, Scope.y, Scope().get(), Scope.Inner.z, Scope.Inner().get())
def function():
    x = "function"
    class Local:
        nonlocal x
        x = "set through nonlocal"
        y = x
        def get(self): return x
    return x, Local.y, hasattr(Local, "x"), Local().get()
print(function())
def unbound():
    class C:
        print(x)
        x = "now local to the class"
        print(x)
unbound()
def reads_class_cell():
    class C:
        def who(self): return __class__.__name__
        def sub(self):
            class D:
                def who(self): return __class__.__name__
            return D().who()
    return C().who(), C().sub()
print(reads_class_cell())
class Counter:
    count = 0
    def __init__(self):
        Counter.count += 1
        self.count += 100
c = Counter()
print(Counter.count, c.count)
class Props:
    for name in ("red", "green"):
        locals()[name] = property(lambda self, name=name: f"is {name}")
    del name
print(Props().red, Props().green)
class Ops:
    __add__ = lambda self, other: "added"
    __radd__ = __add__
    __len__ = lambda self: 3
    __call__ = print
    __str__ = __repr__ = lambda self: "Ops()"
print(Ops() + 1, 1 + Ops(), len(Ops()), Ops())
Ops()("called through print")
class WithDecorated:
    registry = {}
    def register(key, registry=registry):
        def wrap(f):
            registry[key] = f
            return f
        return wrap
    @register("one")
    def first(self): return 1
    @register("two")
    def second(self): return 2
print(sorted(WithDecorated.registry), WithDecorated.registry["two"](None), WithDecorated().first())
class Returns:
    exec("made = 5")
    value = eval("made + 1")
print(Returns.made, Returns.value)
