# test: run
# An asynchronous generator that is waited for is not asked for anything else.
import types
import warnings

warnings.simplefilter("ignore")


@types.coroutine
def wait(value=None):
    return (yield value)


class Own(Exception):
    pass


def attempt(call, *args):
    try:
        print("gave", call(*args))
    except BaseException as error:
        print(type(error).__name__, error)


async def endless():
    while True:
        try:
            await wait(1)
        except Own:
            pass
    yield


def begun():
    generator = endless()
    first = generator.asend(None)
    print(generator.ag_running, first.send(None), generator.ag_running)
    return generator, first


for make in (
    lambda g: g.asend(None),
    lambda g: g.__anext__(),
    lambda g: g.athrow(Own),
    lambda g: g.aclose(),
):
    for how in (lambda a: a.send(None), lambda a: a.throw(Own), lambda a: a.close()):
        generator, first = begun()
        second = make(generator)
        attempt(how, second)
        attempt(second.send, None)
        attempt(first.throw, Own)


async def stubborn():
    try:
        await wait(1)
    except GeneratorExit:
        await wait(2)
    yield 3


generator = stubborn()
first = generator.asend(None)
first.send(None)
attempt(first.close)
attempt(first.close)

generator = stubborn()
closing = generator.aclose()
attempt(closing.send, 5)
attempt(closing.send, None)
attempt(closing.send, None)

generator = stubborn()
first = generator.asend(None)
attempt(first.send, 5)


async def counted():
    for n in range(3):
        try:
            yield n
        except Own as own:
            print("caught", own.args)


generator = counted()
attempt(generator.asend(None).send, None)
attempt(generator.athrow(Own("a")).send, None)
attempt(generator.athrow(Own, "b").send, None)
attempt(generator.athrow(None).send, None)
attempt(generator.aclose().send, None)
attempt(generator.athrow(Own).send, None)
attempt(generator.asend(None).send, None)

generator = counted()
generator.__name__ = "other"
generator.__qualname__ = "some.other"
print(generator.__name__, generator.__qualname__, repr(generator)[:35])


# What an `async with` gets has to be awaitable.
class Enters:
    def __aenter__(self):
        return 5

    async def __aexit__(self, *details):
        return False


class Leaves:
    async def __aenter__(self):
        return 5

    def __aexit__(self, *details):
        return "no"


async def inside(manager, leave):
    for n in range(3):
        async with manager:
            if leave == "raise":
                raise KeyError(n)
            if leave == "break":
                break


for manager in (Enters(), Leaves()):
    for leave in ("raise", "break", "end"):
        attempt(inside(manager, leave).send, None)
