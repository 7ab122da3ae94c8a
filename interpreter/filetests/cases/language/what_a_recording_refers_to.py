# test: run
# What a recording refers to may die before its trace is there: here the empty tuple of a call.

class A:
    def __init__(self, a, b=1):
        self.x = a + b
class B(A):
    def __init__(self, **kw):
        init = super(B, self).__init__
        init(b=2, **kw)
        self.y = later(self.x)
def later(x):
    def inner():
        return x
    return inner
kept = []
def make(i):
    b = B(a=i)
    kept.append(b.y)
    kept.append(later(i))
    return b
for i in range(40):
    make(i)
print(sum(k() for k in kept))
