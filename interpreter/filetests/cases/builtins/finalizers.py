# test: run
# What happens when objects die: `__del__`, abandoned generators, callbacks of weak references.
import gc
import weakref


def scrub(depth=300):
    """Overwrites what is left of earlier calls, so that nothing is alive by chance."""
    return scrub(depth - 1) if depth else [None] * 100


class Noted:
    log = []

    def __init__(self, name):
        self.name = name
        self.me = self

    def __del__(self):
        Noted.log.append(self.name)


def lose():
    for name in "abcdefgh":
        Noted(name)


lose()
scrub()
gc.collect()
print(len(Noted.log) >= 7, set(Noted.log) <= set("abcdefgh"), len(Noted.log) == len(set(Noted.log)))


def source(log):
    try:
        yield 1
        yield 2
    finally:
        log.append("closed")


def abandon(log):
    for _ in range(20):
        next(source(log))
        source(log)


closed = []
abandon(closed)
scrub()
gc.collect()
print(len(closed) >= 18, set(closed))


class Plain:
    pass


def watch(log):
    return [weakref.ref(Plain(), lambda reference: log.append(reference() is None)) for _ in range(20)]


called = []
references = watch(called)
scrub()
gc.collect()
print(len(called) >= 18, set(called), sum(reference() is None for reference in references) == len(called))


class Counted(list):
    deaths = 0

    def __del__(self):
        Counted.deaths += 1


def churn():
    for number in range(200_000):
        Counted([number])


churn()
print("without gc.collect:", Counted.deaths > 1000)


class Back:
    saved = []

    def __del__(self):
        Back.saved.append(self)


def revive():
    for number in range(10):
        Back().number = number


revive()
scrub()
gc.collect()
print(len(Back.saved) >= 8, all(back.number < 10 for back in Back.saved))


class Unready:
    ready = False

    def __del__(self):
        if not Unready.ready:
            raise ValueError("not now")


class Errors:
    text = ""

    def write(self, text):
        Errors.text += text

    def flush(self):
        pass


import sys

sys.stderr, stderr = Errors(), sys.stderr
for _ in range(10):
    Unready()
scrub()
gc.collect()
# One that a register still points to dies later.
Unready.ready = True
sys.stderr = stderr
print("ValueError: not now" in Errors.text, "Exception ignored" in Errors.text)
print(any(isinstance(found, Noted) for found in gc.get_objects()) <= 1, references in gc.get_objects())
