# test: run
# What an `async for` waits for: an asynchronous generator is resumed without an awaitable between,
# which shows nowhere.
import asyncio


class Pause:
    def __init__(self, value):
        self.value = value

    def __await__(self):
        yield "pause"
        return self.value


class Counting:
    def __init__(self, n):
        self.n = n

    def __aiter__(self):
        return self

    def __anext__(self):
        self.n -= 1
        if self.n < 0:
            raise StopAsyncIteration
        return Pause(self.n)


class Made:
    def __init__(self, n):
        self.n = n

    async def __aiter__(self):
        for i in range(self.n):
            if i % 3 == 2:
                await Pause(i)
            yield i


class Tree:
    def __init__(self, depth):
        self.left = Tree(depth - 1) if depth else None
        self.value = depth
        self.right = Tree(depth - 1) if depth else None

    async def __aiter__(self):
        if self.left:
            async for value in self.left:
                yield value
        yield self.value
        if self.right:
            async for value in self.right:
                yield value


def drive(coroutine):
    pauses = 0
    try:
        while True:
            coroutine.send(None)
            pauses += 1
    except StopIteration as stop:
        return pauses, stop.value


async def add_up(items):
    total = 0
    async for item in items:
        total += item
    else:
        total += 1000000
    return total


for n in 3, 100:
    print(drive(add_up(Counting(n))), drive(add_up(Made(n))))
print(drive(add_up(Tree(9))))


async def collect(items):
    return [item async for item in items if item != 1]


print(drive(collect(Tree(3))), drive(collect(Counting(4))))


async def fibonacci(n):
    return n if n <= 1 else await fibonacci(n - 1) + await fibonacci(n - 2)


print(drive(fibonacci(15)))


# ---- what goes wrong
class Bare:
    def __aiter__(self):
        return 1


class Wrong:
    def __aiter__(self):
        return self

    def __anext__(self):
        return 1


async def fails(n):
    for i in range(n):
        yield i
    raise KeyError(n)


async def stops(n):
    for i in range(n):
        yield i
    raise StopAsyncIteration


async def attempt(items):
    count = 0
    try:
        async for item in items:
            count += 1
    except Exception as error:
        return count, type(error).__name__, str(error)
    return count


for make in Bare, Wrong:
    print(drive(attempt(make())))
for n in 0, 50:
    print(drive(attempt(fails(n))), drive(attempt(stops(n))))


async def twice():
    one = fibonacci(1)
    print(await one)
    try:
        await one
    except RuntimeError as error:
        print(error)


drive(twice())


async def shared():
    for i in range(4):
        await asyncio.sleep(0)
        yield i


async def share():
    items = shared()
    print(sorted(map(str, await asyncio.gather(attempt(items), attempt(items)))))
    last = items.__anext__()
    try:
        await last
    except StopAsyncIteration:
        print("at the end")


asyncio.run(share())


# ---- exceptions thrown in, and the end
async def waiting(how):
    yield 1
    try:
        await Pause(0)
    except ValueError as error:
        print("caught", error)
        if how == "waits":
            await Pause(0)
        if how != "yields":
            return
    except GeneratorExit:
        print("closed")
        if how == "yields":
            yield 3
        if how == "waits":
            await Pause(0)
        raise
    yield 2


async def over(how):
    async for item in waiting(how):
        print("item", item)


for how in "yields", "waits", "ends":
    for error in ValueError("v"), KeyError("k"), StopAsyncIteration():
        outer = over(how)
        print(outer.send(None), type(outer.cr_await).__name__)
        try:
            print(outer.throw(error))
            outer.send(None)
        except StopIteration:
            print("done")
        except Exception as raised:
            print(type(raised).__name__, raised)
    outer = over(how)
    outer.send(None)
    try:
        outer.close()
    except RuntimeError as raised:
        print(raised)
