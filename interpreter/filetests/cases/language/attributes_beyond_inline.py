# test: run
# Attributes that lie beyond what an object has room for in itself: of exceptions, of numbers, of wide objects.
class E(Exception):
    def __init__(self, x): self.x=x; self.y=2
class I(int): pass
class Wide:
    def __init__(self,i):
        for k in range(3): pass
        self.a=i
    def grow(self):
        self.b=1; self.c=2; self.d=3; self.e=4; self.f=5; self.g=6; self.h=7; self.i=8; self.j=9; self.k=10
        return self.a+self.k
class SE(Exception):
    __slots__=("p","q")
def f(n):
    s=0
    for i in range(n):
        try:
            raise E(i)
        except E as e:
            e.z=3
            s+=e.x+e.y+e.z
        v=I(i); v.note=i; v.other=2; s+=v.note+v.other+v
        w=Wide(i); s+=w.grow(); w.a=2; w.k=3; s+=w.a+w.k
        q=SE(1); q.p=i; q.q=q.p; s+=q.q
        del e_holder.x; e_holder.x=i
    return s, list(vars(w))[:3], vars(v), e_holder.__dict__
e_holder=E(1)
print(f(10)); print(f(2000))
t=ValueError(); t.a=1; t.b=2; t.c=3; t.d=4; t.e=5; print(t.__dict__)
