# test: run
# Chains of `yield from` and `await`: what passes through them, and where they break.
import sys
import traceback


def leaf(n):
    got = []
    for i in range(n):
        got.append((yield i))
    return got


def through(depth, inner):
    if depth == 0:
        return (yield from inner)
    result = yield from through(depth - 1, inner)
    return [depth, result] if depth % 5 == 0 else result


def exhaust(generator, values=()):
    given = list(values)
    out, sent = [], None
    while True:
        try:
            out.append(generator.send(sent))
        except StopIteration as stop:
            return out, stop.value
        sent = given.pop(0) if given else None


for depth in 0, 1, 2, 11:
    print(exhaust(through(depth, leaf(4)), "abcd"))
total = 0
for _ in range(200):
    for value in through(12, leaf(5)):
        total += value
print(total)


# ---- what one that is resumed sees of the others
def looks(out):
    yield 1
    frame, names = sys._getframe(), []
    while frame and frame.f_code.co_name != "<module>":
        names.append(frame.f_code.co_name)
        frame = frame.f_back
    out.append(names)
    out.append([g.gi_running for g in chain])
    try:
        next(chain[0])
    except ValueError as error:
        out.append(str(error))
    yield 2


def passes(inner):
    yield from inner


for _ in range(3):
    out = []
    chain = [looks(out)]
    for _ in range(3):
        chain.insert(0, passes(chain[0]))
    print(list(chain[0]), out, [g.gi_running for g in chain])


# ---- exceptions, from within and thrown in
def breaks(at):
    for i in range(10):
        if i == at:
            raise KeyError(i)
        try:
            yield i
        except OSError as error:
            yield str(error)


def guards(inner):
    try:
        yield from inner
    except KeyError as error:
        names = [entry.name for entry in traceback.extract_tb(error.__traceback__)]
        yield names
    yield from [7, 8]


for at in 0, 1, 5:
    for depth in 0, 3:
        print(list(through(2, guards(through(depth, breaks(at))))))
for _ in range(100):
    generator = through(6, breaks(5))
    first = next(generator), next(generator)
    thrown = generator.throw(OSError("thrown"))
    after = next(generator)
    try:
        generator.throw(ZeroDivisionError)
        ended = None
    except ZeroDivisionError as error:
        ended = len(traceback.extract_tb(error.__traceback__))
    left = list(generator)
print(first, thrown, after, ended, left)


# ---- closing, and a loop that delegates again and again
def closes(log):
    try:
        yield 1
        yield 2
    finally:
        log.append("closed")


def again(log):
    count = 0
    while count < 4:
        count += 1
        note = count * 10
        yield from through(2, closes(log))
        log.append(note)


log = []
print(list(again(log)), log)
generator = through(3, closes(log))
next(generator), next(generator)
generator.close()
print(log, list(generator))


# ---- iterators that are no generators at the end of a chain
class Odd:
    def __init__(self):
        self.n = 0

    def __iter__(self):
        return self

    def __next__(self):
        self.n += 1
        if self.n > 3:
            raise StopIteration("over")
        return self.n


print(exhaust(through(4, Odd())), exhaust(through(4, [1, 2])))


# ---- coroutines
class Pause:
    def __await__(self):
        got = yield "pause"
        return got


async def waits(depth):
    if depth == 0:
        return [await Pause(), await Pause()]
    return (await waits(depth - 1)) + [depth]


async def gives(depth):
    for i in range(3):
        yield i, await waits(depth)


async def collects():
    return [item async for item in gives(5)]


for _ in range(3):
    print(exhaust(waits(6), [1, 2]))
print(exhaust(collects(), range(6)))


def recursive(n):
    yield n
    yield from recursive(n + 1)


sys.setrecursionlimit(300)
try:
    for value in recursive(0):
        pass
except RecursionError:
    print(value > 100)
