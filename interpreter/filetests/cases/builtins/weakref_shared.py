# test: run
# What refers to an object without a callback is one for all; the youngest callback is called first.
import weakref, gc
class A: 
    def m(self): pass
a = A()
print(weakref.ref(a) is weakref.ref(a))
print(weakref.proxy(a) is weakref.proxy(a))
r = weakref.ref(a)
print(weakref.ref(a, None) is r)
def cb(x): pass
print(weakref.ref(a, cb) is r, weakref.ref(a, cb) is weakref.ref(a, cb))
class R(weakref.ref): pass
print(R(a) is R(a), R(a) is r)
gc.collect()
print(weakref.getweakrefs(a)[0] is r)
p = weakref.proxy(a)
print(weakref.getweakrefs(a)[0] is r, weakref.getweakrefs(a)[1] is p)
o=[]
x = A()
l = []
for i in range(5):
    l.append(weakref.ref(x, lambda r, i=i: o.append(i)))
l.append(weakref.proxy(x, lambda r: o.append("p")))
l.append(weakref.finalize(x, lambda: o.append("f")))
for i in range(5,7):
    l.append(weakref.ref(x, lambda r, i=i: o.append(i)))
del x; gc.collect()
print(o)
x = A(); y = A(); x.y = y; y.x = x
o.clear()
l = [weakref.ref(x, lambda r: o.append("x1")), weakref.ref(y, lambda r: o.append("y1")), weakref.ref(x, lambda r: o.append("x2")), weakref.ref(y, lambda r: o.append("y2"))]
del x, y
gc.collect()
print(o)
print(type(weakref.ref(a)), weakref.ref(a).__callback__)
class R2(weakref.ref):
    __slots__ = ("k",)
    def __new__(cls, o, cb, k): 
        s = super().__new__(cls, o, cb); s.k = k; return s
    def __init__(self, o, cb, k): super().__init__(o, cb)
r1 = R2(a, None, 3); r2 = R2(a, None, 4)
print(r1 is r2, r1.k, r2.k)
def f(n):
    b = A()
    z = 0
    q = weakref.ref(b)
    for i in range(n):
        w = weakref.ref(b)
        if w is q: z += 1
        if w() is b: z += 1
    return z
print(f(3000))
print(weakref.ref(a) == weakref.ref(a), hash(weakref.ref(a)) == hash(a))
s = {1}
print(weakref.ref(A) is weakref.ref(A), weakref.ref(f) is weakref.ref(f))
fs = frozenset([1])
print(weakref.ref(fs) is weakref.ref(fs))
rid = weakref.ref(s)
rid2 = weakref.ref(s)
print(rid is rid2)

q = weakref.proxy(a, lambda p: print("told a proxy:", p is q))
print(weakref.getweakrefs(a)[2] is q)
# What the call before has left in a register of the processor is not "a" then.
print(weakref.getweakrefs(A()))
del a
gc.collect()
print(r(), r is weakref.ref(s))
gone = weakref.ref(A())
gc.collect()
print(gone())
again = A()
print(weakref.ref(again)() is again)
