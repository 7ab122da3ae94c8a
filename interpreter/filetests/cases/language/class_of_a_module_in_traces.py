# test: run
import types, sys
class M(types.ModuleType):
    pass
m = M("m")
m.x = 1
def f(n):
    s = 0
    for i in range(n):
        s += m.x
    return s
print(f(5000))
class D:
    def __get__(self, o, t): return 7
    def __set__(self, o, v): pass
M.x = D()
print(f(5000), m.x)
del M.x
print(f(5000), m.x)
M.x = property(lambda s: 9)
print(f(5000), m.x)
m2 = types.ModuleType("m2")
m2.x = 3
def g(n):
    s = 0
    for i in range(n):
        s += m2.x
    return s
print(g(5000))
m2.__class__ = M
print(g(5000), m2.x)
