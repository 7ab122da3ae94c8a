# test: run
# Numbers as text: fixed points against a digest, bases, bytes.
import random
r=random.Random(5)
xs=[0.0,-0.0,0.5,1.5,2.5,0.125,0.375,1e15,123456789012345680.0,1e16,1e17,1.8e19,1e22,5e-324,1e-10,0.1,0.05,0.005,1.005,2.675,1e300,float('inf'),float('nan'),9.995,0.9999999,99.5,1e-17,2**63*1.0,2**64*1.0]
xs+=[r.uniform(-1e3,1e3) for _ in range(2000)]+[r.random()*10**r.randint(-20,20) for _ in range(2000)]+[r.randint(0,10**6)/2**r.randint(0,20) for _ in range(2000)]
h=0
import hashlib
d=hashlib.sha256()
for x in xs:
    for p in (0,1,2,3,6,10,16,17,18,25):
        d.update(f"{x:.{p}f}|{x:10.{p}f}|{-x:+.{p}F}|{x:#.{p}f}|{x:.{p}%}|".encode())
        d.update(("%.*f" % (p,x)).encode())
print(d.hexdigest())
for n in (0,1,-1,7,8,9,15,16,255,256,-255,2**59,2**60,-2**60,2**61,2**64,-2**70,True,10**30):
    print(hex(n),bin(n),oct(n),f"{n:x} {n:#X} {n:b} {n:o} {n:_x} {n:#010x} {n:,}", "%x %X %o %#x" % (n,n,n,n))
class I:
    def __index__(self): return -31
print(hex(I()), bin(I()), oct(I()))
for n in (0,1,-1,127,128,-128,-129,255,256,-32768,2**31,2**55,2**56-1,2**56,2**60-1,-2**60,2**63,2**64,-2**63):
    for l in (0,1,2,4,7,8,9,16):
        for s in (False,True):
            for e in ("big","little"):
                try: print(n.to_bytes(l,e,signed=s).hex(), end=" ")
                except OverflowError as er: print(er, end=" ")
    print()
try: (5).to_bytes(-1,"big")
except ValueError as e: print(e)
