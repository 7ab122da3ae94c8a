# test: run
# Inheritance: overriding, super, isinstance, C3 order.
class Base:
    kind = "base"
    def __init__(self, name):
        self.name = name
    def hello(self):
        return f"{self.kind} {self.name}"
    @classmethod
    def make(cls):
        return cls("made")
class Child(Base):
    kind = "child"
    def __init__(self, name, extra):
        super().__init__(name)
        self.extra = extra
    def hello(self):
        return super().hello() + self.extra
    @classmethod
    def make(cls):
        made = super().make
        return cls("m", "!")
class Grand(Child):
    def hello(self):
        return "grand " + super(Grand, self).hello() + super(Child, self).hello()
print(Base("b").hello(), Child("c", "?").hello(), Grand("g", "!").hello(), Child.make().hello(), isinstance(Grand("", ""), Base), issubclass(Grand, Base), issubclass(Base, Grand), issubclass(Child, (int, Base)))
class A:
    def go(self): return ["A"]
class B(A):
    def go(self): return ["B"] + super().go()
class C(A):
    def go(self): return ["C"] + super().go()
class D(B, C):
    def go(self): return ["D"] + super().go()
class E(C, B):
    pass
print(D().go(), E().go(), [k.__name__ for k in D.__mro__], [k.__name__ for k in E.mro()], D.__bases__ == (B, C), D.__base__.__name__, [k.__name__ for k in A.__subclasses__()])
for bases in ((A, B), (D, E), (object, A), (A, A)):
    try:
        type("Bad", bases, {})
        print("fine")
    except TypeError as error:
        print(type(error).__name__)
class X: pass
class Y: pass
class Z: pass
class K1(X, Y): pass
class K2(Y, Z): pass
class K3(X, Z): pass
class K(K1, K2, K3): pass
print([k.__name__ for k in K.__mro__])
class Changed(A):
    pass
c = Changed()
print(c.go())
A.go = lambda self: ["patched"]
print(c.go(), D().go())
Changed.go = lambda self: ["own"]
print(c.go())
del Changed.go
print(c.go())
Changed.__bases__ = (B,)
print(c.go(), [k.__name__ for k in Changed.__mro__])
c.__class__ = C
print(c.go(), type(c).__name__)
class Mixin:
    def describe(self): return f"{type(self).__name__}:{len(self)}"
class MyList(Mixin, list):
    def append(self, value):
        super().append(value * 2)
l = MyList([1])
l.append(5)
print(l, l.describe(), l + [1], type(l + [1]).__name__, l == [1, 10], MyList.__mro__[2].__name__)
for bad in (5, "x", print):
    try:
        class Bad(bad): pass
        print("made")
    except TypeError as error:
        print(type(error).__name__)
try:
    class Layout(int, str): pass
except TypeError as error:
    print(error)
