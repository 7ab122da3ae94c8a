# test: run
# Frames asked for in compiled code: what each says, and what keeps what alive.
import gc
import sys
import types
import weakref


def lines(n):
    found = set()
    for _ in range(n):
        found.add((sys._getframe().f_lineno, sys._getframe().f_code.co_name))
        frame = sys._getframe(1)
        found.add((frame.f_code.co_name, frame.f_back is None))
    return found


print(sorted(lines(200), key=str))


def caller(level):
    frame = sys._getframe(1)
    while level and frame is not None:
        frame, level = frame.f_back, level - 1
    return frame


def outer(n):
    x = n
    return inner(x + 1)


def inner(y):
    frame = caller(1)
    return (
        frame.f_code.co_name,
        frame.f_locals["n"],
        frame.f_globals is globals(),
        frame.f_back.f_code.co_name,
        frame.f_back is frame.f_back,
    )


print({outer(7) for _ in range(300)})
print([outer(n)[1] for n in range(100, 300, 50)])


class Kept:
    pass


def holder():
    mine = Kept()
    gone.append(weakref.ref(mine))
    return below()


def below():
    return sys._getframe(2)


gone = []


def holding(n):
    frames = [holder() for _ in range(n)]
    gc.collect()
    return sum(ref() is not None for ref in gone), len({frame.f_code.co_name for frame in frames})


alive, names = holding(200)
print(alive < 20, names)


def keeping():
    mine = Kept()
    ref = weakref.ref(mine)
    return sys._getframe(), ref


frames = [keeping() for _ in range(200)]
gc.collect()
print(all(ref() is not None for _, ref in frames), all(f.f_locals["mine"] is ref() for f, ref in frames))


def young_and_old(n):
    """Frames that survive collections get younger dictionaries and functions."""

    def own(at):
        return sys._getframe()

    frames = [own(at) for at in range(n)]
    gc.collect()
    for at, frame in enumerate(frames):
        frame.f_trace = lambda at=at: at
        frame.f_locals
    gc.collect()
    [[] for _ in range(10000)]
    return sum(frame.f_trace() for frame in frames), sum(frame.f_locals["at"] for frame in frames)


print(young_and_old(100))


def deep(depth, n):
    if depth:
        return deep(depth - 1, n)
    count = 0
    for _ in range(n):
        frame, count = sys._getframe(), 0
        while frame is not None and frame.f_code.co_name == "deep":
            frame, count = frame.f_back, count + 1
    return count


print(deep(50, 50), deep(0, 100))


def closing(a):
    def reads():
        seen = None
        for _ in range(100):
            seen = dict(sys._getframe().f_locals, again=a)
        return seen["a"], sorted(name for name in seen if name != "_")

    return reads()


print(closing(5))


def generator():
    for n in range(100):
        yield sys._getframe().f_code.co_name, sys._getframe(1).f_code.co_name


print({pair for pair in generator()})
print(type(sys._getframe()) is types.FrameType, types.FrameType.__name__, types.FrameType.__module__)
for attempt in (
    lambda: types.FrameType(),
    lambda: setattr(sys._getframe(), "f_back", None),
    lambda: setattr(sys._getframe(), "other", 1),
    lambda: type("Sub", (types.FrameType,), {}),
    lambda: sys._getframe(10000),
    lambda: types.FrameType.f_back.__get__(1),
):
    try:
        attempt()
    except (TypeError, AttributeError, ValueError) as e:
        print(type(e).__name__)


def too_deep(n):
    failed = 0
    for at in range(n):
        try:
            sys._getframe(at if at % 2 else 5000)
        except ValueError:
            failed += 1
    return failed > n // 2


print(too_deep(300))


def raises(n):
    try:
        1 // n
    except ZeroDivisionError as e:
        return e.__traceback__.tb_frame


for n in range(200):
    frame = raises(0)
print(frame.f_code.co_name, frame.f_back.f_code.co_name)
