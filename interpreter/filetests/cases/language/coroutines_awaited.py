# test: run
# What may be awaited, and how often; a coroutine is no iterator, what its `__await__` gives is one.
import asyncio
import warnings
import types

warnings.simplefilter("ignore", RuntimeWarning)


def show(label, action):
    try:
        print(label, action())
    except BaseException as error:
        print(label, "|", type(error).__name__, "|", error)


async def five():
    return 5


def run(coroutine):
    try:
        while True:
            coroutine.send(None)
    except StopIteration as stop:
        return stop.value


class Through:
    def __await__(self):
        return (yield from five().__await__())


class Direct:
    def __await__(self):
        return five().__await__()


class Wrong:
    def __await__(self):
        return five()


async def awaiting(what):
    return await what


show("through", lambda: run(awaiting(Through())))
show("direct", lambda: run(awaiting(Direct())))
show("next", lambda: next(five().__await__()))
show("type", lambda: type(five().__await__()).__name__)


def closed(action):
    coroutine = five()
    try:
        return action(coroutine)
    finally:
        coroutine.close()


def loop(coroutine):
    for _ in coroutine:
        pass


def unpack(coroutine):
    a, b = coroutine


for action in (list, iter, next, loop, unpack, sum, dict, lambda c: [x for x in c]):
    show("no iterator", lambda: closed(action))

coroutine = five()
show("once", lambda: run(coroutine))
show("sent again", lambda: coroutine.send(None))
show("thrown again", lambda: coroutine.throw(ValueError))
show("awaited again", lambda: run(awaiting(coroutine)))
show("closed", lambda: coroutine.close())


@types.coroutine
def step():
    return (yield "step")


async def long():
    await step()
    return "done"


started = long()
started.send(None)
show("awaited by two", lambda: awaiting(started).send(None))
show("finished", lambda: run(started))
show("generator", lambda: list(step()))


async def main():
    coroutine = five()
    print(await coroutine)
    try:
        await coroutine
    except RuntimeError as error:
        print(error)
    task = asyncio.create_task(five())
    print(await task, await task)


asyncio.run(main())
