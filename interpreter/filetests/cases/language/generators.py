# test: run
# Generators: yield, send, throw, close, return values.
def simple():
    yield 1
    yield 2
    return "result"
g = simple()
print(next(g), next(g))
try:
    next(g)
except StopIteration as stop:
    print(stop.value, stop.args)
print(next(g, "exhausted"), list(simple()), type(g).__name__, iter(g) is g)
def echo():
    received = None
    log = []
    while received != "stop":
        received = yield log[:]
        log.append(received)
    return log
g = echo()
print(next(g), g.send("a"), g.send("b"), next(g))
try:
    g.send("stop")
except StopIteration as stop:
    print(stop.value)
try:
    echo().send("too early")
except TypeError as error:
    print(error)
def guarded():
    try:
        while True:
            try:
                yield "ready"
            except ValueError as error:
                yield f"caught {error}"
    finally:
        print("cleaned up")
g = guarded()
print(next(g), g.throw(ValueError("v")), next(g))
try:
    g.throw(KeyError("k"))
except KeyError as error:
    print("out", error)
print(next(g, "finished"))
g = guarded()
next(g)
g.close()
g.close()
g = guarded()
g.close()
print("never started")
def stubborn():
    try:
        yield 1
    except GeneratorExit:
        yield 2
g = stubborn()
next(g)
try:
    g.close()
except RuntimeError as error:
    print(error)
def leaky():
    yield 1
    raise StopIteration("inner")
try:
    list(leaky())
except RuntimeError as error:
    print(error, repr(error.__cause__))
def again():
    yield next(me)
me = again()
try:
    next(me)
except ValueError as error:
    print(error)
g = simple()
try:
    g.throw(IndexError("at start"))
except IndexError as error:
    print(error, list(g))
def empty():
    return
    yield
print(list(empty()), sum(x for x in simple()), max(simple()), *simple(), [*simple(), *simple()], dict((k, k) for k in simple()), 2 in simple())
def fib():
    a, b = 0, 1
    while True:
        yield a
        a, b = b, a + b
f = fib()
print([next(f) for _ in range(15)], g.gi_frame is None, f.gi_running, f.gi_yieldfrom)
def running():
    yield g2.gi_running
g2 = running()
print(next(g2), g2.gi_running, g2.__name__, g2.__qualname__)
x = yield_in_expr = lambda: (yield)
g = x()
print(next(g), g.send(5) if False else "lambda generator")
