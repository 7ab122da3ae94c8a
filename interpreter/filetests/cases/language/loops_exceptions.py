# test: run
# Exceptions raised, caught and passed on in hot loops.
def rare(n):
    caught = 0
    total = 0
    for i in range(n):
        try:
            total += 100 // (i % 50)
        except ZeroDivisionError:
            caught += 1
    return total, caught
print(rare(2000))
def every(n):
    count = 0
    for i in range(n):
        try:
            raise ValueError(i)
        except ValueError as error:
            count += error.args[0] % 3
    return count
print(every(1500))
class Stop(Exception):
    pass
def inner(i):
    if i % 7 == 0:
        raise Stop(i)
    return i
def middle(i):
    try:
        return inner(i)
    finally:
        log[0] += 1
def outer(n):
    total = 0
    for i in range(n):
        try:
            total += middle(i)
        except Stop as stop:
            total -= stop.args[0]
        else:
            total += 1
    return total
log = [0]
print(outer(1400), log)
def leave_by_exception(n):
    i = 0
    try:
        while True:
            i += 1
            if i > n:
                raise Stop
    except Stop:
        return i
print(leave_by_exception(1000))
def lookups(n):
    table = {i: i * i for i in range(0, 100, 3)}
    hits = misses = 0
    for i in range(n):
        try:
            hits += table[i % 100]
        except KeyError:
            misses += 1
    return hits, misses
print(lookups(1500))
def iterate_by_hand(items):
    it = iter(items)
    out = []
    while True:
        try:
            out.append(next(it))
        except StopIteration:
            return len(out), out[-1]
print(iterate_by_hand(range(1200)))
def index_until_error(items):
    i = 0
    try:
        while True:
            items[i]
            i += 1
    except IndexError:
        return i
print(index_until_error(list(range(1100))), index_until_error("x" * 600))
def with_loop(n):
    class Manager:
        entered = exited = swallowed = 0
        def __enter__(self):
            Manager.entered += 1
            return self
        def __exit__(self, kind, value, trace):
            Manager.exited += 1
            Manager.swallowed += kind is not None
            return kind is Stop
    m = Manager()
    for i in range(n):
        with m:
            if i % 5 == 0:
                raise Stop
            if i % 7 == 0:
                continue
    return Manager.entered, Manager.exited, Manager.swallowed
print(with_loop(1000))
def finally_order(n):
    out = []
    for i in range(n):
        try:
            try:
                if i % 3 == 1:
                    continue
                if i % 3 == 2:
                    raise KeyError(i)
                out.append("a")
            finally:
                out.append("f")
        except KeyError:
            out.append("k")
    return "".join(out[:12]), len(out)
print(finally_order(900))
def attribute_fallback(objects):
    got = []
    for o in objects:
        try:
            got.append(o.real)
        except AttributeError:
            got.append(None)
    return got.count(None), len(got)
print(attribute_fallback([1, "x", 2.5, None] * 200))
