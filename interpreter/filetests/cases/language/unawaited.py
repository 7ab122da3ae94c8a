# test: run
# Coroutines that no one awaits are told of when they are gone, made by a trace or not.
import gc
import sys
import warnings

seen = []
warnings.simplefilter("always")
warnings.showwarning = lambda message, category, *rest, **more: seen.append((category, str(message)))


async def leaf(n):
    return n


async def guarded(n):
    try:
        return await leaf(n)
    finally:
        pass


async def both(n):
    return await leaf(n) + await guarded(n)


def run(coroutine):
    try:
        coroutine.send(None)
    except StopIteration as stop:
        return stop.value


def told(count, text):
    """Whether so many were told of, as that; a word of the last few may be anywhere yet."""
    leave(40)
    gc.collect()
    assert all(category is RuntimeWarning for category, _ in seen)
    found = [words for _, words in seen]
    print(text, count - 4 <= found.count(text) <= count, len(found) < count + 4)
    seen.clear()


def leave(depth):
    if depth:
        leave(depth - 1)
    return [depth] * 20


def awaited(count):
    total = 0
    for n in range(count):
        total += run(both(n))
    return total


def forgotten(count):
    for n in range(count):
        leaf(n)


def forgotten_guarded(count):
    for n in range(count):
        guarded(n)


def closed(count):
    for n in range(count):
        leaf(n).close()


def sometimes(count):
    for n in range(count):
        coroutine = leaf(n)
        if n % 3:
            run(coroutine)


LEAF = "coroutine 'leaf' was never awaited"
GUARDED = "coroutine 'guarded' was never awaited"

print(awaited(2000))
told(0, LEAF)
forgotten(2000)
told(2000, LEAF)
forgotten_guarded(2000)
told(2000, GUARDED)
closed(2000)
told(0, LEAF)
sometimes(3000)
told(1000, LEAF)


# Of calls that led to it.
def origins(count):
    kept = None
    for n in range(count):
        coroutine = leaf(n)
        if n == count - 3:
            sys.set_coroutine_origin_tracking_depth(2)
        if coroutine.cr_origin:
            kept = coroutine.cr_origin
        coroutine.close()
    return kept


print(sys.get_coroutine_origin_tracking_depth())
kept = origins(2000)
print(sys.get_coroutine_origin_tracking_depth())
print([(line, name) for _, line, name in kept])
sys.set_coroutine_origin_tracking_depth(1)
forgotten(30)
leave(40)
gc.collect()
# One of those before may be told of only now.
texts = [words for _, words in seen if "in forgotten" in words]
print(texts[0].split("\n")[0], len(texts) > 25)
seen.clear()
sys.set_coroutine_origin_tracking_depth(0)
print(origins(2) is None)
sys.set_coroutine_origin_tracking_depth(0)
try:
    sys.set_coroutine_origin_tracking_depth(-1)
except ValueError as error:
    print(error)


# What asynchronous generators are asked.
async def items():
    yield 1


def asked(count, method, *args):
    for n in range(count):
        getattr(items(), method)(*args)


for method, args in [("asend", (None,)), ("athrow", (KeyError,)), ("aclose", ())]:
    asked(100, method, *args)
    told(100, f"coroutine method '{method}' of 'items' was never awaited")


async def use():
    generator = items()
    print(await generator.asend(None))
    await generator.aclose()


run(use())
told(0, LEAF)

# A module of warnings that is not as it was.
held = warnings._warn_unawaited_coroutine
del warnings._warn_unawaited_coroutine
forgotten(50)
told(50, LEAF)
warnings._warn_unawaited_coroutine = lambda coroutine: 1 / 0
hook = sys.unraisablehook
raised = []
sys.unraisablehook = lambda told: raised.append(type(told.exc_value))
forgotten(50)
told(0, LEAF)
print(46 <= len(raised) <= 50, set(raised))
sys.unraisablehook = hook
warnings._warn_unawaited_coroutine = held
