# test: run
# Coroutines driven by hand: await, async for, async with, async generators and comprehensions.
class Pause:
    def __init__(self, value): self.value = value
    def __await__(self):
        got = yield self.value
        return got
def drive(coroutine, answers=()):
    answers = iter(answers)
    seen = []
    try:
        value = coroutine.send(None)
        while True:
            seen.append(value)
            value = coroutine.send(next(answers, None))
    except StopIteration as stop:
        return seen, stop.value
async def add(a, b):
    return a + b
async def simple():
    x = await Pause("first")
    y = await Pause("second")
    return await add(x, y)
print(drive(simple(), [10, 20]))
class Counter:
    def __init__(self, n): self.n, self.i = n, 0
    def __aiter__(self): return self
    async def __anext__(self):
        if self.i >= self.n:
            raise StopAsyncIteration
        self.i += 1
        await Pause(f"tick {self.i}")
        return self.i
async def loop():
    total = 0
    async for i in Counter(3):
        if i == 2:
            continue
        total += i
    else:
        total += 100
    return total
print(drive(loop()))
class Manager:
    def __init__(self, swallow=False): self.swallow = swallow
    async def __aenter__(self):
        await Pause("enter")
        return "resource"
    async def __aexit__(self, kind, value, trace):
        await Pause(f"exit {kind.__name__ if kind else None}")
        return self.swallow
async def managed():
    async with Manager() as a, Manager(True) as b:
        print(a, b)
        raise ValueError("inside")
    return "after"
print(drive(managed()))
async def agen(n):
    try:
        for i in range(n):
            await Pause(i)
            got = yield i * 10
            if got:
                print("sent", got)
    finally:
        print("agen finished")
async def consume():
    return [x async for x in agen(3)], {x: y async for x, y in pairs()}, [x + y async for x in agen(2) for y in (1, 2) if x]
async def pairs():
    yield "a", 1
    yield "b", 2
print(drive(consume()))
async def manual():
    g = agen(5)
    first = await g.__anext__()
    second = await g.asend("hello")
    await g.aclose()
    try:
        await g.__anext__()
    except StopAsyncIteration:
        return first, second, "stopped"
print(drive(manual()))
async def failing():
    raise KeyError("in coroutine")
async def outer():
    try:
        await failing()
    except KeyError as error:
        return f"caught {error}"
print(drive(outer()))
c = simple()
print(type(c).__name__, c.__name__, type(agen(1)).__name__)
c.close()
async def bad():
    await 5
try:
    drive(bad())
except TypeError as error:
    print(type(error).__name__)
c = add(1, 2)
drive(c)
try:
    c.send(None)
except RuntimeError as error:
    print(error)
async def gather(*coroutines):
    return [await c for c in coroutines]
print(drive(gather(add(1, 2), add(3, 4))))
