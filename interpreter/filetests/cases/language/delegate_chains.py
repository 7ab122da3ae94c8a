# test: run
# Long chains of generators that delegate: what the last yields reaches the first at once, and whoever
# else touches one of those between finds it as it would be.
import gc
import inspect
import sys
import traceback


class Tree:
    def __init__(self, left, value, right):
        self.left, self.value, self.right = left, value, right

    def __iter__(self):
        if self.left:
            yield from self.left
        yield self.value
        if self.right:
            yield from self.right


def tree(values):
    if not values:
        return None
    at = len(values) // 2
    return Tree(tree(values[:at]), values[at], tree(values[at + 1:]))


def spine(n):
    "All to one side: a chain as long as the tree."
    made = None
    for i in range(n):
        made = Tree(made, i, None)
    return made


for _ in range(3):
    print(sum(tree(range(500))), list(spine(60)) == list(range(60)))


# Sent values, results and exceptions find their ways.
log = []


def leaf(n):
    got = 0
    for i in range(n):
        try:
            got = yield i
        except KeyError as e:
            log.append(("leaf", e.args))
            got = -1
        if got == "stop":
            return "stopped"
    return got


def link(depth, n):
    if depth == 0:
        return (yield from leaf(n))
    result = yield from link(depth - 1, n)
    log.append((depth, result))
    extra = yield ("after", depth, result)
    return (result, extra)


def drive(depth, n, sends):
    g = link(depth, n)
    out = [next(g)]
    for s in sends:
        try:
            if isinstance(s, BaseException):
                out.append(g.throw(s))
            else:
                out.append(g.send(s))
        except StopIteration as e:
            out.append(("end", e.value))
            break
        except Exception as e:
            out.append(("raised", type(e).__name__, e.args))
            break
    return out


for depth in (1, 3, 4, 5, 9):
    log.clear()
    print(depth, drive(depth, 4, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14]))
    print(log)
    log.clear()
    print(depth, drive(depth, 9, [1, KeyError("k"), 2, "stop", 3, 4, 5]))
    print(log)
    print(depth, drive(depth, 9, [1, 2, ValueError("v"), 2]))
    log.clear()
    print(depth, drive(depth, 3, [0, 0, 0, KeyError("late")]))
    print(log)


# One of those between is resumed by someone else.
def passing(inner, name):
    result = yield from inner
    log.append((name, result))
    yield name
    return name


def chain(n, length):
    made = [leaf(length)]
    for i in range(n):
        made.append(passing(made[-1], i))
    return made


for at in (0, 1, 3, 5, 8):
    log.clear()
    made = chain(8, 4)
    first = made[-1]
    out = [next(first), next(first)]
    out.append(("other", next(made[at])))
    for _ in range(2):
        out.append(next(first, "none"))
    out.append(("other", next(made[at], "none")))
    out.extend(next(first, "none") for _ in range(12))
    print(at, out, log)

# Two delegate to the same chain.
log.clear()
made = chain(6, 12)
a = passing(made[-1], "a")
b = passing(made[-1], "b")
c = passing(made[3], "c")
out = []
for _ in range(9):
    out += [next(x, None) for x in (a, a, b, c, b)]
print(out, log)

# Closing and throwing, at the first and between.
def guarded(inner, name):
    try:
        return (yield from inner)
    finally:
        log.append(name)


for at in (0, 2, 4, 6):
    for how in ("close", "throw"):
        log.clear()
        made = [leaf(6)]
        for i in range(6):
            made.append(guarded(made[-1], i))
        first = made[-1]
        out = [next(first), next(first)]
        try:
            if how == "close":
                made[at].close()
            else:
                made[at].throw(ValueError("between"))
        except ValueError as e:
            out.append(str(e))
        try:
            out.append(next(first))
        except StopIteration as e:
            out.append(("end", e.value))
        print(at, how, out, log, [inspect.getgeneratorstate(g) for g in made])


# What they say of themselves while they run, and while they do not.
def says(made):
    yield "first"
    for _ in range(3):
        states = [(g.gi_running, g.gi_suspended, inspect.getgeneratorstate(g)) for g in made[1:]]
        inner = [g.gi_yieldfrom is None for g in made[1:]]
        yield (sorted(set(states)), sorted(set(inner)))
        for g in made[1:]:
            for what in (lambda: next(g), lambda: g.send(1), lambda: g.throw(KeyError), g.close):
                try:
                    what()
                    print("no error")
                except ValueError as e:
                    assert str(e) == "generator already executing", e


made = []
made.append(says(made))
for i in range(7):
    made.append(guarded(made[-1], i))
first = made[-1]
for _ in range(4):
    print(next(first))
    print([(g.gi_running, g.gi_suspended) for g in made])
    print([made[i + 1].gi_yieldfrom is made[i] for i in range(7)])
log.clear()
print(next(first, "end"), log)


# One of those between that does run raises where it is resumed.
def again(made):
    yield 0
    yield 1
    try:
        next(made[3])
    except ValueError as e:
        yield str(e)
    yield from made[3]


made = []
made.append(again(made))
for i in range(6):
    made.append(guarded(made[-1], i))
log.clear()
out = []
try:
    for x in made[-1]:
        out.append(x)
except ValueError as e:
    out.append(("raised", str(e)))
print(out, log)


# Frames and tracebacks have all of them.
def looks():
    yield 0
    yield 1
    frames = []
    f = sys._getframe()
    while f and f.f_code.co_name != "frames_of":
        frames.append((f.f_code.co_name, f.f_locals.get("depth")))
        f = f.f_back
    yield frames
    yield len([s for s in traceback.extract_stack() if s.name == "over"])
    raise LookupError("deep")


def over(depth):
    if depth == 0:
        yield from looks()
    else:
        yield from over(depth - 1)
    return depth


def frames_of():
    out = []
    try:
        for x in over(7):
            out.append(x)
    except LookupError as e:
        out.append([(s.name, s.lineno) for s in traceback.extract_tb(e.__traceback__)])
        tb, depths = e.__traceback__, []
        while tb:
            depths.append(tb.tb_frame.f_locals.get("depth"))
            tb = tb.tb_next
        out.append(depths)
    return out


for _ in range(3):
    for line in frames_of():
        print(line)


# Handlers between, and an exception that one of them turns into a value.
def catching(depth):
    if depth == 0:
        yield 1
        yield 2
        raise KeyError("bottom")
    try:
        yield from catching(depth - 1)
    except KeyError as e:
        if depth % 3 == 0:
            yield ("caught", depth, str(e))
            yield ("handled", sys.exception() is e)
            raise KeyError(depth) from e
        raise
    yield ("not reached", depth)


out = []
try:
    for x in catching(8):
        out.append(x)
except KeyError as e:
    out.append(("left", str(e), str(e.__cause__)))
print(out)


# As deep as may be, and deeper.
def endless(n):
    yield n
    yield from endless(n + 1)


try:
    for deepest in endless(0):
        pass
except RecursionError:
    print("recursion", deepest > 100)


# Abandoned in the midst.
def kept(depth):
    try:
        if depth:
            yield from kept(depth - 1)
        else:
            yield from range(5)
    finally:
        log.append(depth)


log.clear()


def abandon():
    g = kept(6)
    next(g), next(g)


abandon()
for _ in range(3):
    gc.collect()
print(sorted(log))


# Coroutines wait in chains, too.
class Wait:
    def __await__(self):
        got = yield "wait"
        got2 = yield ("got", got)
        return got, got2


async def task(depth):
    if depth:
        return (depth, await task(depth - 1), await Wait())
    return [await Wait(), await Wait()]


def run(co):
    out, value = [], None
    try:
        while True:
            out.append(co.send(value))
            value = len(out)
    except StopIteration as e:
        return out, e.value


for _ in range(3):
    print(run(task(6)))

co = task(6)
co.send(None), co.send(1)
try:
    co.throw(OSError("thrown"))
except OSError as e:
    print(e, len(traceback.extract_tb(e.__traceback__)))


async def numbers(depth):
    if depth == 0:
        for i in range(3):
            await Wait()
            yield i
    else:
        async for x in numbers(depth - 1):
            yield x


async def collect(depth):
    return [x async for x in numbers(depth)]


print(run(collect(6)))
