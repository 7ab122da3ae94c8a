# test: run
# __getattr__, __getattribute__, __setattr__, __delattr__, __dir__.
class Logged:
    def __init__(self):
        object.__setattr__(self, "log", [])
        self.a = 1
    def __getattribute__(self, name):
        if name != "log" and not name.startswith("__"):
            object.__getattribute__(self, "log").append(f"get {name}")
        return object.__getattribute__(self, name)
    def __getattr__(self, name):
        if name.startswith("dyn_"):
            return name[4:]
        raise AttributeError(f"no {name} here")
    def __setattr__(self, name, value):
        self.log.append(f"set {name}")
        super().__setattr__(name, value)
    def __delattr__(self, name):
        self.log.append(f"del {name}")
        super().__delattr__(name)
    def method(self):
        return self.a
x = Logged()
print(x.a, x.dyn_b, x.method())
x.b = 2
x.a += 1
del x.b
try:
    x.b
except AttributeError as error:
    print(error)
print(hasattr(x, "zz"), getattr(x, "zz", "default"), getattr(x, "dyn_q"))
print(x.log)
class Proxy:
    def __init__(self, target):
        self.__dict__["target"] = target
    def __getattr__(self, name):
        return getattr(self.target, name)
    def __setattr__(self, name, value):
        setattr(self.target, name, value)
    def __dir__(self):
        return ["z", "a", "m"]
class Target:
    value = 1
target = Target()
proxy = Proxy(target)
proxy.value = 10
proxy.fresh = "f"
print(target.value, proxy.fresh, vars(target), dir(proxy), "real", Proxy([3, 1]).count(3))
class Raises:
    def __getattribute__(self, name):
        raise ValueError("always")
try:
    Raises().x
except ValueError as error:
    print(error)
try:
    hasattr(Raises(), "x")
except ValueError as error:
    print("hasattr lets through", error)
class NoLen:
    def __getattr__(self, name):
        return lambda *args: 5
try:
    len(NoLen())
except TypeError as error:
    print(error)
print(NoLen().__len__(), NoLen().anything(1, 2))
o = NoLen()
o.__len__ = lambda: 3
try:
    len(o)
except TypeError as error:
    print(error)
class Meta(type):
    def __getattr__(cls, name):
        return f"{cls.__name__}.{name}"
class WithMeta(metaclass=Meta):
    known = 1
print(WithMeta.known, WithMeta.unknown)
try:
    WithMeta().unknown
except AttributeError as error:
    print(error)
