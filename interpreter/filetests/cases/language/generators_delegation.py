# test: run
# yield from: values, results, send and throw through, plain iterables.
def inner(log):
    try:
        got = yield "inner 1"
        log.append(("inner got", got))
        got = yield "inner 2"
        log.append(("inner got", got))
        return "inner result"
    except ValueError as error:
        log.append(("inner caught", str(error)))
        yield "after throw"
        return "thrown result"
    finally:
        log.append("inner finally")
def outer(log):
    result = yield from inner(log)
    log.append(("outer got", result))
    rest = yield from [10, 20]
    log.append(("list result", rest))
    yield "end"
log = []
g = outer(log)
print(next(g), g.send("A"), g.send("B"), next(g), next(g), next(g, "over"), log)
log = []
g = outer(log)
print(next(g), g.throw(ValueError("v")), next(g), log)
log = []
g = outer(log)
print(next(g), g.gi_yieldfrom is not None)
g.close()
print(log)
def tree(n):
    if n:
        yield from tree(n - 1)
        yield n
        yield from tree(n - 1)
print(list(tree(3)), sum(1 for _ in tree(8)))
def chain(*parts):
    for part in parts:
        yield from part
print(list(chain("ab", range(2), (x for x in "z"), {"k": 1}, chain([1], [2]))))
class Custom:
    def __init__(self):
        self.n = 0
    def __iter__(self):
        return self
    def __next__(self):
        self.n += 1
        if self.n > 2:
            raise StopIteration("custom value")
        return self.n
def use():
    value = yield from Custom()
    print("value", value)
print(list(use()))
def send_to_plain():
    yield from [1, 2]
g = send_to_plain()
next(g)
try:
    g.send("x")
except AttributeError as error:
    print(error)
def depth(n):
    if n == 0:
        received = yield "bottom"
        yield ("got", received)
    else:
        yield from depth(n - 1)
g = depth(50)
print(next(g), g.send("deep"), next(g, None))
def bad():
    yield from 5
try:
    next(bad())
except TypeError as error:
    print(error)
def throw_into_list():
    try:
        yield from [1, 2, 3]
    except KeyError:
        yield "caught outside"
g = throw_into_list()
print(next(g), g.throw(KeyError), list(g))
def returns():
    a = yield from (x for x in ())
    b = yield from returner(7)
    return (a, b)
def returner(v):
    return v
    yield
def top():
    print((yield from returns()))
print(list(top()))
