# test: run
# A generator and who resumes it handle the same exception; what is thrown in later has it as its context.


def resumed(x, error):
    try:
        raise error
    except Exception as caught:
        return x.throw(caught)


def guarded(note):
    try:
        yield 1
    finally:
        try:
            yield 2
        except KeyError as error:
            note(error)
        yield 3


def chained(note):
    yield from guarded(note)


def noted(error):
    contexts.add(repr(error.__context__))


for make in (guarded, chained):
    contexts = set()
    ends = set()
    for n in range(300):
        x = make(noted)
        next(x)
        resumed(x, ValueError(1))
        resumed(x, KeyError(2))
        try:
            next(x)
        except ValueError as error:
            ends.add((repr(error), repr(error.__context__)))
    print(contexts, ends)


# Where who resumes it handles something that the generator does not.
def plain():
    while True:
        try:
            yield 1
        except KeyError as error:
            contexts.add(repr(error.__context__))


contexts = set()
x = plain()
next(x)
for n in range(300):
    resumed(x, KeyError(3))
    try:
        raise ValueError(4)
    except ValueError:
        x.throw(KeyError(5))
print(contexts)


class Manager:
    async def __aenter__(self):
        return self

    async def __aexit__(self, kind, error, traceback):
        contexts.add((repr(error), repr(error.__context__)))


class Wait:
    def __await__(self):
        yield


async def body():
    try:
        await Wait()
    finally:
        async with Manager():
            await Wait()


contexts = set()
for n in range(300):
    x = body()
    x.send(None)
    resumed(x, ValueError("a"))
    try:
        resumed(x, KeyError("b"))
    except KeyError as error:
        contexts.add(repr(error))
print(contexts)
