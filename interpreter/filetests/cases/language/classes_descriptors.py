# test: run
# Descriptors: data and non-data, __set_name__, precedence over instance attributes.
class Typed:
    def __init__(self, kind, default=None):
        self.kind, self.default = kind, default
    def __set_name__(self, owner, name):
        self.name = "_" + name
        print("named", owner.__name__, name)
    def __get__(self, instance, owner=None):
        if instance is None:
            return self
        return getattr(instance, self.name, self.default)
    def __set__(self, instance, value):
        if not isinstance(value, self.kind):
            raise TypeError(f"{self.name[1:]} must be {self.kind.__name__}")
        setattr(instance, self.name, value)
    def __delete__(self, instance):
        delattr(instance, self.name)
class Person:
    age = Typed(int, 0)
    name = Typed(str)
p = Person()
print(p.age, p.name, type(Person.age).__name__)
p.age = 5
p.name = "Ada"
print(p.age, p.name, vars(p))
try:
    p.age = "x"
except TypeError as error:
    print(error)
del p.age
print(p.age)
p.__dict__["name"] = "in dict"
print(p.name)
class NonData:
    def __get__(self, instance, owner):
        return f"computed for {owner.__name__}, {'class' if instance is None else 'instance'}"
class Holder:
    attr = NonData()
h = Holder()
print(h.attr, "|", Holder.attr)
h.attr = "own"
print(h.attr, vars(h))
del h.attr
print(h.attr)
class ReadOnly:
    def __get__(self, instance, owner):
        return 42
    def __set__(self, instance, value):
        raise AttributeError("read only")
class R:
    x = ReadOnly()
r = R()
r.__dict__["x"] = "shadow"
print(r.x)
for action in (lambda: setattr(r, "x", 1), lambda: delattr(r, "x")):
    try:
        action()
    except AttributeError as error:
        print(error)
R.x = "replaced on the class"
print(r.x, R.x)
class Cached:
    def __init__(self, function):
        self.function = function
        self.name = function.__name__
    def __get__(self, instance, owner):
        if instance is None:
            return self
        value = instance.__dict__[self.name] = self.function(instance)
        return value
class Heavy:
    calls = 0
    @Cached
    def result(self):
        Heavy.calls += 1
        return "heavy"
x = Heavy()
print(x.result, x.result, Heavy.calls)
def function(self, n): return (self, n)
bound = function.__get__("self")
print(bound(5), function.__get__(None, str) is function if False else "unbound", type(bound).__name__)
class Meth:
    def __get__(self, instance, owner):
        return lambda *args: (type(instance).__name__, args)
class UsesMeth:
    call = Meth()
print(UsesMeth().call(1, 2), UsesMeth.call(3))
