# test: run
# Calls of next, __next__ and send resume a generator as a loop does: what it yields is the call's
# result, its end is a StopIteration that the call raises, and errors pass through both frames.
import sys
import traceback


def counted(n):
    for i in range(n):
        yield i
    return ("done", n)


def asked_by(ask, n):
    total = 0
    last = "unchanged"
    try:
        while True:
            last = ask()
            total += last
    except StopIteration as stop:
        return total, last, stop.value, stop.args


for n in (0, 1, 5, 100, 3000):
    generator = counted(n)
    print(asked_by(lambda: next(generator), n))
    print(asked_by(counted(n).__next__, n))
    generator = counted(n)
    print(asked_by(lambda: generator.send(None), n))


def summed(n):
    it = counted(n)
    total = 0
    try:
        while 1:
            total += next(it)
    except StopIteration as stop:
        result = stop.value
    try:
        next(it)
    except StopIteration as stop:
        return total, result, stop.value, stop.args


print([summed(n) for n in (3, 200, 1000, 4)])


# ---- values sent

def echo():
    got = yield
    while got is not None:
        got = yield got * 2
    return "closed"


def send_all(values):
    target = echo()
    next(target)
    send = target.send
    out = 0
    for value in values:
        out += send(value)
        out += target.send(value)
    try:
        target.send(None)
    except StopIteration as stop:
        return out, stop.value


print(send_all(range(1, 50)), send_all([1.5, 2] * 300))

fresh = echo()
try:
    fresh.send(1)
except TypeError as error:
    print(error)
print(next(fresh), fresh.send(4))


# ---- the register that the call would write keeps its value where the call raises

def keeps():
    value = "before"
    it = counted(2)
    seen = []
    for _ in range(4):
        try:
            value = next(it)
        except StopIteration:
            seen.append(("stopped", value))
        else:
            seen.append(value)
    return seen


for _ in range(60):
    found = keeps()
print(found)


# ---- errors

def fails(at):
    for i in range(at):
        yield i
    raise KeyError(at)


def until_error(at):
    it = fails(at)
    count = 0
    try:
        while True:
            next(it)
            count += 1
    except KeyError as error:
        frames = [entry.name for entry in traceback.extract_tb(error.__traceback__)]
        return count, error.args, frames


print([until_error(at) for at in (0, 3, 500)])


def stops_inside():
    yield 1
    next(iter(()))


def pep479():
    it = stops_inside()
    next(it)
    try:
        next(it)
    except RuntimeError as error:
        return str(error), type(error.__cause__).__name__, type(error.__context__).__name__


print([pep479() for _ in range(80)][-1])


def through_two():
    inner = stops_at_once()
    while True:
        yield next(inner)


def stops_at_once():
    yield "first"


outer = through_two()
print(next(outer))
try:
    next(outer)
except RuntimeError as error:
    print(error)


def asks_itself():
    try:
        next(own)
    except ValueError as error:
        yield str(error)
    yield "still going"


own = asks_itself()
print(next(own), next(own))


def handles():
    try:
        yield 1
    except ValueError:
        yield "handled"
    yield "after"


def thrown(n):
    out = []
    for _ in range(n):
        it = handles()
        next(it)
        out.append(it.throw(ValueError))
        out.append(next(it))
    return out[-2:]


print(thrown(100))


# ---- what is not a generator

async def coroutine():
    return 1


waits = coroutine()
for wrong in (lambda: next(waits), lambda: next(5), lambda: type(own).send(waits, None), lambda: next()):
    try:
        wrong()
    except TypeError as error:
        print(type(error).__name__)
try:
    waits.send(None)
except StopIteration as stop:
    print(stop.value)
try:
    waits.send(None)
except RuntimeError as error:
    print(error)


# ---- generators of one kind in turn, at different places

def task(name, n):
    done = 0
    while done < n:
        done += yield name
        yield done


def in_turn(count, rounds):
    tasks = [task(f"t{i}", rounds) for i in range(count)]
    for one in tasks:
        next(one)
    seen = {}
    while tasks:
        one = tasks.pop(0)
        try:
            seen[one.gi_code.co_name] = seen.get(one.gi_code.co_name, 0) + one.send(1)
            next(one)
        except StopIteration:
            continue
        tasks.append(one)
    return seen


print(in_turn(7, 40))


# ---- nested asking

def nested(n):
    if n:
        yield next(nested(n - 1)) + 1
    else:
        yield 0


print([next(nested(n)) for n in (0, 5, 30, 150)])


def too_deep(n):
    yield next(too_deep(n + 1))


try:
    next(too_deep(0))
except RecursionError:
    print("too deep")


# ---- delegating generators asked

def leaf(n):
    received = []
    for i in range(n):
        received.append((yield i))
    return received


def middle(n):
    got = yield from leaf(n)
    return len(got), got[-1] if got else None


def top(n):
    result = yield from middle(n)
    yield result
    return "end"


def ask_top(n):
    it = top(n)
    out = [next(it)]
    try:
        for i in range(n + 2):
            out.append(it.send(i * i))
    except StopIteration as stop:
        out.append(stop.value)
    return out[-3:]


print([ask_top(n) for n in (1, 4, 300)])


# ---- names of the frames while one runs

def looks():
    names = []
    frame = sys._getframe()
    while frame is not None and frame.f_code.co_name != "<module>":
        names.append(frame.f_code.co_name)
        frame = frame.f_back
    yield names


def between():
    local_of_between = 7
    yield from looks()
    return local_of_between


def above():
    yield from between()


def who_asks(how):
    return how()


print(who_asks(above().__next__), who_asks(lambda: next(looks())))


# ---- a float as the result, of which not all are words

def halves(n):
    total = yield 0
    return total / 2


async def plus(v):
    return v + 0.5


def results(n):
    out = 0
    for i in range(n):
        it = halves(i)
        next(it)
        try:
            it.send(i if i < n // 2 else i * 1e-300)
        except StopIteration as stop:
            out += stop.value
        try:
            plus(i if i < n // 3 else i * 1e200).send(None)
        except StopIteration as stop:
            out += stop.value % 7
    return out


print(results(4), results(200))
