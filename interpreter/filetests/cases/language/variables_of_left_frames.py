# test: run
import sys, traceback, gc, weakref

def shown(tb):
    out = []
    while tb is not None:
        frame = tb.tb_frame
        if frame.f_code.co_name != "<module>":
            names = {k: v for k, v in sorted(frame.f_locals.items())}
            out.append((frame.f_code.co_name, names))
        tb = tb.tb_next
    return out

def inner(a, b=2.5):
    c = a * 2
    unused = [a, b]
    if a >= 0:
        raise ValueError(c)
    return unused

def middle(x):
    y = x + 1
    z = x * 1.5
    return inner(y)

def catches(n):
    before = "before"
    try:
        middle(n)
    except ValueError as e:
        inside = 1
        return shown(e.__traceback__)

print(catches(3))
for i in range(50):
    r = catches(i)
print(r)

# The frame of the first exception is left by a second.
def second(n):
    w = n
    try:
        inner(n)
    except ValueError as e:
        v = w + 1
        raise KeyError(v)

def reraises(n):
    u = n
    try:
        inner(n)
    finally:
        t = u + 1

def bare(n):
    s = n
    try:
        inner(n)
    except ValueError:
        q = 5
        raise

def run(f, n):
    try:
        f(n)
    except Exception as e:
        kept = e
    tb = kept.__traceback__.tb_next
    context = kept.__context__
    first = [shown(tb)]
    if context is not None:
        first.append(shown(context.__traceback__))
    return first

for f in second, reraises, bare:
    for i in range(50):
        r = run(f, i)
    print(r)

# Closures and cells.
def outer(n):
    k = n
    def within():
        nonlocal k
        m = k
        k += 1
        raise ValueError(k)
    within()

for i in range(50):
    r = run(outer, i)
print([[(name, {k: v if k != 'within' else 0 for k, v in d.items()}) for name, d in part] for part in r])

# Generators.
def gen(n):
    i = 0
    last = None
    while True:
        last = i
        i += 1
        if i > n:
            raise ValueError(i)
        yield i

def drives(n):
    total = 0
    v = None
    for v in gen(n):
        total += v
    return total, v
for i in range(50):
    r = run(drives, i)
print(r)

# A class's body.
def classes(n):
    h = n
    class A:
        j = n
        1 // 0
for i in range(3):
    r = run(classes, i)
print([[(name, {k: v for k, v in d.items() if k in 'hjn'}) for name, d in part] for part in r])

# A long loop that fails at its end.
def fails(items):
    total = 0
    for at, item in enumerate(items):
        # Not read again, but of this time round.
        half = item // 2
        label = "item"
        total += 10 // item
    return total
r = run(fails, [5] * 5000 + [0])
print([[(name, {k: v for k, v in d.items() if k != 'items'}) for name, d in part] for part in r])

def calls(items):
    total = 0
    for at, item in enumerate(items):
        double = item * 2
        total += inside(item, at)
    return total
def inside(item, at):
    third = item * 3
    scaled = item * 0.5
    fourth = third + 1
    return fourth // item + at
r = run(calls, [5] * 5000 + [0])
print([[(name, {k: v for k, v in d.items() if k != 'items'}) for name, d in part] for part in r])

# What is cleared, and what goes with the traceback.
class C: pass
def holds(n):
    c = C()
    global ref
    ref = weakref.ref(c)
    raise ValueError(n)
def kept():
    try:
        holds(1)
    except ValueError as e:
        return e
e = kept()
gc.collect()
print(ref() is not None)
traceback.clear_frames(e.__traceback__)
gc.collect()
print(ref() is None, shown(e.__traceback__.tb_next))
refs = []
for _ in range(30):
    e = kept()
    del e
    refs.append(ref)
gc.collect()
# What lies stale on a stack may keep some.
print(sum(ref() is not None for ref in refs) < 10)

def formats(n):
    try:
        middle(n)
    except ValueError as e:
        text = traceback.TracebackException.from_exception(e, capture_locals=True).format()
        lines = "".join(line for line in text if "formats" not in line).splitlines()
        return [line.strip() for line in lines if "File" not in line]
print(formats(7))
