# test: run
"""Events of `sys.monitoring`."""
import sys
m=sys.monitoring; E=m.events
m.use_tool_id(3,"t")
log=[]
for name in "PY_START PY_RESUME PY_RETURN PY_YIELD CALL LINE RAISE EXCEPTION_HANDLED PY_UNWIND PY_THROW C_RETURN C_RAISE RERAISE".split():
    def cb(code,*a,name=name):
        if code.co_name in ("f","g"): log.append((name,code.co_name)+tuple(getattr(x,'__name__',x) if not isinstance(x,BaseException) else type(x).__name__ for x in map(shown,  a if name=='LINE' else a[1:])))
    m.register_callback(3,getattr(E,name),cb)
def shown(x): return 'MISSING' if x is m.MISSING else x
def g():
    yield 1
    try:
        yield 2
    except KeyError:
        return
def f():
    x = len("a")
    for i in g(): x += i
    try: int("q")
    except ValueError:
        x = 3
    h = g(); next(h); next(h)
    try: h.throw(KeyError)
    except StopIteration: x = 3
    return x
m.set_events(3,E.PY_START|E.PY_RESUME|E.PY_RETURN|E.PY_YIELD|E.CALL|E.RAISE|E.EXCEPTION_HANDLED|E.PY_UNWIND|E.PY_THROW)
f()
m.set_events(3,0)
for l in log: print(l)
log.clear()
n=set()
def line(code,l):
    n.add(l - code.co_firstlineno)
    return m.DISABLE
def lines(x):
    y = x + 1
    for i in range(3):
        y += i
    return y
m.register_callback(3,E.LINE,line)
m.set_local_events(3,lines.__code__,E.LINE)
lines(1); print(n); n.clear(); lines(1); print(n); m.restart_events(); lines(1); print(n)
m.free_tool_id(3)

# Tools and their names; what is refused.
for attempt in (lambda: m.use_tool_id(1, "a") or m.use_tool_id(1, "b"), lambda: m.set_events(2, E.LINE), lambda: m.use_tool_id(9, "x"),
                lambda: m.set_events(1, E.C_RETURN)):
    try: print(attempt())
    except ValueError as error: print(error)
print(m.get_tool(1), m.get_tool(2), m.get_events(1))

# A hot loop: events on and off in its midst.
count = 0
def started(code, offset):
    global count
    count += 1
m.register_callback(1, E.PY_START, started)
def add(a, b): return a + b
def hot(n):
    total = 0
    for i in range(n):
        total = add(total, i)
        if i == n // 2: m.set_local_events(1, add.__code__, E.PY_START)
        if i == n // 2 + 10: m.set_local_events(1, add.__code__, 0)
    return total
print(hot(100), count, hot(5000), count, hot(5000), count)

# Branches, jumps and instructions.
seen = set()
m.register_callback(1, E.BRANCH, lambda code, offset, to: seen.add("branch"))
m.register_callback(1, E.JUMP, lambda code, offset, to: seen.add("jump"))
m.register_callback(1, E.INSTRUCTION, lambda code, offset: seen.add("instruction"))
m.set_local_events(1, hot.__code__, E.BRANCH | E.JUMP | E.INSTRUCTION)
hot(3)
m.free_tool_id(1)
print(sorted(seen))
