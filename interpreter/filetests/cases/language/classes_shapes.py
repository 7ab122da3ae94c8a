# test: run
# Attributes set in different orders, deleted, many of them, on many classes.
class A:
    def __init__(self, swap):
        if swap:
            self.y = 1
            self.x = 2
        else:
            self.x = 1
            self.y = 2
print([(a.x, a.y, list(vars(a))) for a in (A(False), A(True), A(False))])
a = A(False)
del a.x
a.z = 3
a.x = 4
print(list(vars(a).items()), a.x + a.y + a.z)
class Many: pass
m = Many()
for i in range(200):
    setattr(m, f"attr{i}", i * i)
print(sum(getattr(m, f"attr{i}") for i in range(200)), m.attr199, len(vars(m)))
for i in range(0, 200, 2):
    delattr(m, f"attr{i}")
print(len(vars(m)), hasattr(m, "attr0"), m.attr1, list(vars(m))[:3])
objects = []
for i in range(50):
    o = Many()
    for j in range(i % 7):
        setattr(o, "abcdefg"[(i + j) % 7], (i, j))
    objects.append(o)
print([len(vars(o)) for o in objects[:10]], sorted(vars(objects[5])), vars(objects[8]))
def read_all(items, name):
    return [getattr(item, name, None) for item in items]
class P:
    v = "class P"
class Q(P):
    def __init__(self): self.v = "instance Q"
class R(P):
    @property
    def v(self): return "property R"
class S:
    def __getattr__(self, name): return "getattr S"
class T:
    __slots__ = ("v",)
    def __init__(self): self.v = "slot T"
def get(o): return o.v
print([get(o) for o in (P(), Q(), R(), S(), T()) * 2])
P.v = "changed P"
print([get(o) for o in (P(), Q(), R())])
o = Q()
o.__dict__["v"] = "through dict"
o.__dict__["w"] = 5
print(o.v, o.w)
o.__dict__ = {"v": "new dict"}
print(o.v, hasattr(o, "w"))
vars(o).clear()
print(o.v)
def method_sites(items):
    return [item.run() for item in items]
class M1:
    def run(self): return "M1"
class M2(M1): pass
class M3(M1):
    def run(self): return "M3"
x = M1()
x.run = lambda: "instance attribute"
print(method_sites([M1(), M2(), M3(), x]))
M1.run = lambda self: "patched"
print(method_sites([M1(), M2(), M3(), x]))
M2.run = lambda self: "M2 now"
print(method_sites([M1(), M2(), M3(), x]))
del M2.run, M3.run
print(method_sites([M1(), M2(), M3(), x]))
for i in range(30):
    x.counter = i
    if i % 10 == 0:
        x.counter = float(i)
print(x.counter)
