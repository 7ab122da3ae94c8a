# test: run
# Decorators on functions, methods and classes; order, arguments, state.
def trace(label):
    print("make", label)
    def decorate(function):
        print("apply", label, function.__name__)
        def wrapper(*args, **kwargs):
            return f"{label}({function(*args, **kwargs)})"
        wrapper.__name__ = function.__name__
        return wrapper
    return decorate
@trace("outer")
@trace("inner")
def greet(name, mark="!"):
    return name + mark
print(greet("hi"), greet("yo", mark="?"), greet.__name__)
registry = {}
def register(cls):
    registry[cls.__name__] = cls
    cls.tag = "registered"
    return cls
@register
class Thing:
    @trace("method")
    def run(self):
        return type(self).__name__
print(list(registry), Thing.tag, Thing().run())
class Memo:
    def __init__(self, function):
        self.function = function
        self.cache = {}
    def __call__(self, n):
        if n not in self.cache:
            self.cache[n] = self.function(n)
        return self.cache[n]
@Memo
def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)
print(fib(60), len(fib.cache))
@(lambda f: lambda: f() + 1)
def forty_one():
    return 41
decorators = [staticmethod, lambda f: f]
class Holder:
    @decorators[0]
    def one():
        return 1
    @property
    def two(self):
        return 2
    @two.setter
    def two(self, value):
        print("set", value)
    @classmethod
    def three(cls):
        return cls.__name__
h = Holder()
h.two = 5
print(forty_one(), Holder.one(), h.one(), h.two, h.three())
@type
def kind(): pass
print(kind)
