# test: run
# __new__ and __init__, immutable bases, odd returns, class and static methods.
class Traced:
    def __new__(cls, *args, **kwargs):
        print("new", cls.__name__, args, kwargs)
        return super().__new__(cls)
    def __init__(self, *args, **kwargs):
        print("init", args, kwargs)
Traced(1, k=2)
class Other:
    def __new__(cls, value):
        if value < 0:
            return "not an instance"
        return super().__new__(cls)
    def __init__(self, value):
        print("Other init", value)
print(Other(-1))
Other(1)
class Celsius(float):
    def __new__(cls, value):
        return super().__new__(cls, value * 2)
print(Celsius(1.5), Celsius(2) + 1)
class BadInit:
    def __init__(self):
        return 5
try:
    BadInit()
except TypeError as error:
    print(type(error).__name__)
class Pool:
    free = []
    def __new__(cls):
        return cls.free.pop() if cls.free else super().__new__(cls)
    def release(self):
        self.free.append(self)
a = Pool()
a.release()
print(Pool() is a, Pool() is a)
class Date:
    def __init__(self, y, m, d):
        self.parts = y, m, d
    @classmethod
    def parse(cls, text):
        return cls(*map(int, text.split("-")))
    @staticmethod
    def valid(text):
        return text.count("-") == 2
    def __eq__(self, other):
        return self.parts == other.parts
class Special(Date):
    pass
d = Special.parse("2024-02-29")
print(type(d).__name__, d.parts, d.parse("1-2-3").parts, Date.valid("a-b-c"), d.valid("x"), d == Date(2024, 2, 29))
print(Date.parse.__self__ is Date, type(Date.__dict__["valid"]).__name__, type(Date.__dict__["parse"]).__name__, Date.__dict__["valid"].__func__("1-1-1"), staticmethod(len)([1, 2]))
o = object.__new__(Date)
print(hasattr(o, "parts"), type(o).__name__)
for action in (lambda: object.__new__(int), lambda: int.__new__(str), lambda: object.__new__(5), lambda: Traced.__new__()):
    try:
        action()
    except TypeError as error:
        print(type(error).__name__)
class Counter:
    total = 0
    def __init__(self):
        type(self).total += 1
        self.number = self.total
class SubCounter(Counter): pass
Counter(); Counter(); SubCounter(); Counter()
print(Counter.total, SubCounter.total, SubCounter().number)
