# test: run
# Loops over objects whose classes and attributes differ or change meanwhile.
class A:
    def __init__(self, v): self.v = v
    def get(self): return self.v
class B:
    def __init__(self, v):
        self.other = 1
        self.v = v
    def get(self): return self.v * 2
class C(A):
    @property
    def w(self): return self.v + 1
    def get(self): return super().get() + self.w
def total(items, n):
    result = 0
    for i in range(n):
        result += items[i % len(items)].get()
    return result
print(total([A(1)], 500), total([A(1), B(2)], 500), total([A(1), B(2), C(3)], 600))
def redefine(n):
    a = A(1)
    out = 0
    for i in range(n):
        if i == n // 2:
            A.get = lambda self: 100
        out += a.get()
    return out
original = A.get
print(redefine(600))
A.get = original
def shadow(n):
    a = A(1)
    out = []
    for i in range(n):
        if i == n // 2:
            a.get = lambda: -1
        out.append(a.get())
    return out.count(1), out.count(-1)
print(shadow(500))
def add_attributes(n):
    objects = [A(i) for i in range(10)]
    for i in range(n):
        o = objects[i % 10]
        if i == 250:
            o.extra = 5
        if i == 300:
            del o.v
            o.v = 7
        o.v += 1
    return [o.v for o in objects], [list(vars(o)) for o in objects if len(vars(o)) > 1]
print(add_attributes(600))
def change_class(n):
    o = A(3)
    seen = []
    for i in range(n):
        if i == 200:
            o.__class__ = C
        if i == 400:
            o.__class__ = A
        seen.append(o.get())
    return seen[199], seen[200], seen[399], seen[400]
print(change_class(500))
class Setting:
    scale = 2
    def apply(self, x): return x * self.scale
def class_attribute(n):
    s = Setting()
    out = 0
    for i in range(n):
        if i == 300:
            Setting.scale = 3
        if i == 400:
            s.scale = 10
        out += s.apply(1)
    return out
print(class_attribute(500))
class Slotted:
    __slots__ = ("a", "b")
    def __init__(self): self.a, self.b = 0, 0.0
def slots(n):
    s = Slotted()
    for i in range(n):
        s.a += i
        s.b += s.a * 0.5
        if i == 333:
            s.a = "text"
            s.a = 5
    return s.a, s.b
print(slots(500))
class Dyn:
    def __getattr__(self, name):
        self.__dict__[name] = value = len(name)
        return value
def getattr_loop(n):
    out = 0
    for i in range(n):
        d = Dyn() if i % 50 == 0 else d
        out += d.alpha + d.beta
    return out
print(getattr_loop(400))
class Counter:
    made = 0
    def __new__(cls):
        cls.made += 1
        return super().__new__(cls)
for i in range(500):
    Counter()
print(Counter.made)
