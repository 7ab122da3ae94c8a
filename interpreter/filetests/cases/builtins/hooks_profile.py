# test: run
"""Functions that are told of calls: `sys.setprofile`, and the profilers."""
import cProfile
import io
import pstats
import sys
import threading

events = []


def tell(frame, event, about):
    events.append((frame.f_code.co_name, event, getattr(about, "__name__", about)))


def f(n):
    return n if n < 2 else f(n - 1) + f(n - 2)


def g():
    return sorted([f(3), len("abc")], key=lambda x: -x)


def fails():
    try:
        return int("x")
    except ValueError:
        return [].append


def gen():
    yield 1
    yield 2


for function in (g, fails, lambda: sum(gen()), lambda: list(gen())):
    events.clear()
    sys.setprofile(tell)
    function()
    sys.setprofile(None)
    print([event for event in events if event[2] != "setprofile"])
print(sys.getprofile())


def hot(n):
    total = 0
    for i in range(n):
        total += f(1)
        if i == n // 2:
            sys.setprofile(tell)
        if i == n // 2 + 2:
            sys.setprofile(None)
    return total


for n in (50, 4000, 4000):
    events.clear()
    print(hot(n), len(events), events[:4])


def raises(frame, event, about):
    if event == "call":
        raise KeyError("told")


sys.setprofile(raises)
try:
    f(1)
except KeyError as error:
    print(error, sys.getprofile())

threading.setprofile(tell)
events.clear()
thread = threading.Thread(target=g)
thread.start()
thread.join()
threading.setprofile(None)
print([event for event in events if event[0] == "f"])

for profiler in (cProfile.Profile(), cProfile.Profile(builtins=False)):
    profiler.runcall(g)
    profiler.create_stats()
    for (file, line, name), (first, calls, _, _, callers) in sorted(profiler.stats.items()):
        if name in ("f", "g"):
            print(name, first, calls, sorted((key[2], c if isinstance(c, int) else c[:2]) for key, c in callers.items()))
with cProfile.Profile() as profiler:
    f(4)
out = io.StringIO()
pstats.Stats(profiler, stream=out).strip_dirs().sort_stats("name").print_stats("f$")
print([line.split()[0] for line in out.getvalue().splitlines() if line.endswith("(f)")])
