# test: run
# In a chain of delegations only the last generator runs; what lies between gets its registers when
# something comes back to it, and shows them to who looks meanwhile.
import gc
import sys


def last(n, log):
    for i in range(n):
        got = yield i
        if got == "raise":
            raise ValueError(i)
        if got == "look":
            frame = sys._getframe()
            while frame.f_code.co_name != "drive":
                own = {name: value for name, value in frame.f_locals.items() if name in ("mark", "depth", "n")}
                log.append((frame.f_code.co_name, own))
                frame = frame.f_back
        if got == "collect":
            gc.collect()
    return n


def link(depth, n, log):
    mark = [depth] * 3
    kept = {"depth": depth}
    try:
        if depth:
            result = yield from link(depth - 1, n, log)
        else:
            result = yield from last(n, log)
    except ValueError as error:
        if depth % 2:
            log.append(("passed", depth, mark, error.args))
            raise
        log.append(("caught", depth, mark, kept))
        result = 100
        result += yield "recovered"
    assert kept["depth"] == depth and mark == [depth] * 3 and n >= 0
    return result + depth


def drive(depth, n, sends):
    log = []
    it = link(depth, n, log)
    out = [next(it)]
    try:
        for value in sends:
            out.append(it.send(value))
    except StopIteration as stop:
        out.append(("end", stop.value))
    return out, log


def plain(depth, n):
    log = []
    total = 0
    for value in link(depth, n, log):
        total += value
    return total, log


for depth in (0, 1, 2, 5):
    print(drive(depth, 3, [None, None, None]))
    print(drive(depth, 4, ["look", "collect", "look", None]))
    print(drive(depth, 4, [None, "raise", 5, None]))
for _ in range(40):
    found = drive(6, 50, [None] * 20 + ["collect", "look", "raise", 7])
print(found)
print([plain(depth, n) for depth in (0, 3, 9) for n in (0, 1, 400)])


# ---- a link that delegates twice, and yields itself between

def twice(depth):
    if not depth:
        yield "leaf"
        return 1
    before = yield from twice(depth - 1)
    yield depth
    after = yield from twice(depth - 1)
    return before + after


def all_of(depth):
    it = twice(depth)
    out = []
    while True:
        try:
            out.append(next(it))
        except StopIteration as stop:
            return len(out), out[:6], out[-3:], stop.value


print([all_of(depth) for depth in (0, 1, 2, 3, 7)])


# ---- closed and thrown into in the midst

def guarded(depth, log):
    try:
        if depth:
            yield from guarded(depth - 1, log)
        else:
            while True:
                yield "in"
    finally:
        log.append(depth)


def end(how):
    log = []
    it = guarded(4, log)
    for _ in range(3):
        next(it)
    try:
        how(it)
    except KeyError as error:
        log.append(error.args)
    return log


print(end(lambda it: it.close()), end(lambda it: it.throw(KeyError("k"))))


# ---- one in the midst is running while the chain runs

def outer_of(inner):
    yield from inner


def entered_again(holder):
    try:
        next(holder[0])
    except ValueError as error:
        yield str(error)
    yield "on"


holder = []
middle = outer_of(entered_again(holder))
holder.append(middle)
print(list(outer_of(middle)))


# ---- handlers in the links

def in_handler(depth):
    try:
        raise KeyError(depth)
    except KeyError:
        if depth:
            yield from in_handler(depth - 1)
        else:
            yield repr(sys.exception())
            yield repr(sys.exception())
        yield (depth, repr(sys.exception()))


def handled(depth):
    out = []
    try:
        raise OSError("outside")
    except OSError:
        for value in in_handler(depth):
            out.append((value, repr(sys.exception())))
    return out


for _ in range(50):
    found = handled(3)
print(found)


# ---- too deep a chain

def endless(n):
    yield n
    yield from endless(n + 1)


def how_deep():
    deepest = 0
    try:
        for value in endless(0):
            deepest = value
    except RecursionError:
        return deepest > 100


print(how_deep(), how_deep())


# ---- links that are asynchronous generators: an item ends the wait of the one below

class Pause:
    def __await__(self):
        yield "pause"


async def numbers(n):
    for i in range(n):
        await Pause()
        yield i


async def doubled(n):
    kept = ["kept", n]
    async for i in numbers(n):
        yield i * 2, kept[1]


async def through(n):
    marks = list(range(5))
    total = []
    async for pair in doubled(n):
        total.append((pair, marks[2]))
    total += [i async for i in (j * 3 async for j in numbers(n))]
    return total


async def outermost(n):
    before = "before"
    result = await through(n)
    return before, result


def to_its_end(coroutine):
    pauses = 0
    try:
        while True:
            coroutine.send(None)
            pauses += 1
    except StopIteration as stop:
        return pauses, stop.value


print(to_its_end(outermost(3)))
for _ in range(30):
    found = to_its_end(outermost(10))
print(found)
