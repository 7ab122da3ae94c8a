# test: run
# The variables of a suspended generator or coroutine: those that are still read; before it begins, all arguments.
import inspect


def numbers(first, unused=None):
    total = first
    for at in range(3):
        yield total + at
    kept = [total]
    yield kept
    print(at, kept)


async def waits(value):
    return value


def closes(base):
    def inner(n):
        x = yield base
        yield x, n, base
    return inner(5)


for turn in range(3):
    made = numbers(4)
    print(inspect.getgeneratorlocals(made))
    print(next(made), made.gi_frame.f_locals["total"], made.gi_frame.f_lineno)
    print(list(zip(range(3), made)), [made.gi_frame.f_locals[name] for name in ("at", "kept")])
    print(list(made), inspect.getgeneratorlocals(made), made.gi_frame)
    made = closes(7)
    print(made.gi_frame.f_locals, next(made), made.gi_frame.f_locals)
coroutine = waits(8)
print(inspect.getcoroutinelocals(coroutine), coroutine.cr_frame.f_locals)
coroutine.close()
print(inspect.getcoroutinelocals(coroutine))


def hot(n):
    for i in range(n):
        double = i * 2
        yield i
        if double < 0 or n < 0:
            print(i)


sums = 0
for turn in range(300):
    made = hot(3)
    for item in made:
        sums += sum(made.gi_frame.f_locals[name] for name in ("n", "double", "i"))
print(sums)
