# test: run
# The hook for exceptions that nobody can be told, and what the collector lists.
import gc
import sys


class Fails:
    def __del__(self):
        raise ValueError("in a finaliser")


seen = []


def hook(report):
    seen.append((report.exc_type, str(report.exc_value), report.object, type(report.exc_traceback)))


sys.unraisablehook = hook


def make():
    Fails()


# What is left on the machine's stack may hold one of them for longer.
for _ in range(10):
    make()
for _ in range(3):
    gc.collect()
for kind, text, what, traceback in seen[:1]:
    print(kind, text, what is Fails.__del__, traceback)
sys.unraisablehook = lambda report: None

mark = lambda: None
held = [mark]
print(sum(mark in listed for listed in gc.get_objects() if isinstance(listed, list)) >= 1)
