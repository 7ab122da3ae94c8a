# test: run
# Tuples compared item by item in compiled loops: numbers, what is no number, strings, mixed, of other lengths.
nan=float("nan")
def f(items):
    out=[0]*6; n=0
    for a in items:
        for b in items:
            n+=1
            try:
                out[0]+=a==b; out[1]+=a!=b
                out[2]+=a<b; out[3]+=a<=b; out[4]+=a>b; out[5]+=a>=b
            except TypeError: out[0]+=1000
    return out
ts=[(1,2),(1,3),(2,1),(1,),(),(1,2,3),(1.0,2),(1.5,2),(1,"a"),("a",1),("b",1),("abc",1),("abd",1),("a","b"),(nan,1),(1,nan),(nan,2),(1,2,3,4),(1,2,3,4,5),(True,2),(None,1),((1,2),3),(1<<70,1),(2.0,1),(0.0,-0.0),(-0.0,0.0)]
for k in range(3): print(f(ts))
for t in ts: print(f([t]*4+[(1,2)]))
import heapq
def h(n):
    q=[]; s=0
    for i in range(n): heapq.heappush(q,((i*7919)%1000,i))
    while q: s=s*3+heapq.heappop(q)[1]&0xffff
    return s
print(h(2000))
def best(n):
    b=(0,0)
    for i in range(n):
        c=((i*7919)%1000,i)
        if c>b: b=c
    return b
print(best(5000), sorted([((i*31)%7,i) for i in range(30)])[:5])
