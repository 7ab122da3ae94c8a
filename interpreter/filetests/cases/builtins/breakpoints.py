# test: run
# breakpoint(): where its hook comes from, and a debugger that looks at where it was called.
import io
import os
import pdb
import sys
import warnings

sys.breakpointhook = lambda *args, **named: print("hook", args, named)
breakpoint(1, x=2)
sys.breakpointhook = sys.__breakpointhook__
os.environ["PYTHONBREAKPOINT"] = "0"
print(breakpoint())
os.environ["PYTHONBREAKPOINT"] = "builtins.print"
breakpoint("printed", 1)
os.environ["PYTHONBREAKPOINT"] = "no.such"
with warnings.catch_warnings(record=True) as seen:
    warnings.simplefilter("always")
    breakpoint()
print(seen[0].category.__name__, seen[0].message)


def f(a):
    b = a * 2
    return g(b)


def g(c):
    d = [c]
    raise ValueError(d)


def debugger(commands):
    return pdb.Pdb(stdin=io.StringIO(commands), stdout=sys.stdout, nosigint=True, readrc=False)


try:
    f(4)
except ValueError as e:
    error = e
out, sys.stdout = sys.stdout, io.StringIO()
looks = debugger("p c, d\nup\np a, b\nargs\nq\n")
looks.reset()
looks.interaction(None, error.__traceback__)
shown, sys.stdout = sys.stdout.getvalue(), out
for line in shown.splitlines():
    print(line.rpartition(os.sep)[2] if os.sep in line else line)


def stops(a):
    b = a + 1
    debugger("p a, b\nc\n").set_trace()
    return b


out, sys.stdout = sys.stdout, io.StringIO()
result = stops(2)
shown, sys.stdout = sys.stdout.getvalue(), out
print(result, "(2, 3)" in shown, "stops()" in shown)
