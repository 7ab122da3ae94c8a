# test: run
"""The objects of `traceback`: limits, causes, groups, notes, and places of syntax errors."""
import sys
import traceback


def falls(n):
    if n == 0:
        raise ValueError("x" + str([1][0] + 2))
    return falls(n - 1)


def chained():
    try:
        falls(5)
    except ValueError as error:
        raise KeyError("k") from error


try:
    chained()
except KeyError as error:
    whole = "".join(traceback.format_exception(error))
    print(whole.replace(__file__, "FILE"))
    inner = error.__cause__.__traceback__
    for limit in (2, -2, 0, None):
        print(limit, [entry.lineno for entry in traceback.extract_tb(inner, limit)], len(traceback.format_tb(inner, limit)))
    held = traceback.TracebackException.from_exception(error, limit=1)
    print(held.exc_type_str, held.__cause__.exc_type_str, held.__context__ is not None, held.__suppress_context__, len(held.stack), str(held))
    assert "".join(traceback.TracebackException.from_exception(error).format()) == whole
    assert "".join(traceback.format_exception(type(error), error, error.__traceback__)) == whole
    alone = "".join(traceback.format_exception(error, chain=False))
    print(alone.count("Traceback"), alone.splitlines()[-1])
    try:
        traceback.format_exception(error, error)
    except ValueError as wrong:
        print(wrong)
    entry = traceback.extract_tb(error.__traceback__)[-1]
    print(entry.name, entry.lineno, entry.line, len(entry), entry == tuple(entry), entry[2])
    kept = error

sys.tracebacklimit = 1
print(len(traceback.extract_tb(kept.__traceback__)))
del sys.tracebacklimit

with_locals = traceback.StackSummary.extract(traceback.walk_stack(sys._getframe()), capture_locals=True)
print(with_locals[0].locals["whole"][:20], "entry = " in "".join(with_locals.format()))

try:
    compile("x = (1,\ny = = 2", "<s>", "exec")
except SyntaxError as error:
    print(traceback.format_exception_only(error))
    held = traceback.TracebackException.from_exception(error)
    print(held.filename, held.lineno, held.msg, held.offset)

try:
    try:
        1 / 0
    except ZeroDivisionError:
        raise ExceptionGroup("g", [ValueError(1), ExceptionGroup("h", [KeyError(n) for n in range(17)]), OSError("last")])
except ExceptionGroup as error:
    error.add_note("a\nb")
    print("".join(traceback.format_exception(error)).replace(__file__, "FILE"))
    print(traceback.format_exception_only(error))
    print(traceback.format_exception_only(error, show_group=True)[:6])
    held = traceback.TracebackException.from_exception(error, max_group_width=1)
    print([member.exc_type_str for member in held.exceptions], "and 2 more exceptions" in "".join(held.format()))

# A chain that leads back to itself, and a very long one.
first, second = ValueError("first"), TypeError("second")
first.__cause__, second.__cause__ = second, first
print("".join(traceback.format_exception(first)).splitlines())
error = None
for n in range(5000):
    following = ValueError(n)
    following.__context__ = error
    error = following
print(len("".join(traceback.format_exception(error)).splitlines()))


class Untold(Exception):
    def __str__(self):
        raise RuntimeError


print(traceback.format_exception_only(Untold()), traceback.format_exception(None), traceback.format_exception_only(None))
for wrong in (3, "text"):
    try:
        traceback.format_exception(wrong)
    except TypeError as error:
        print(error)
error = ValueError("n")
error.__notes__ = ["x", 7]
print(traceback.format_exception_only(error))
error.__notes__ = 5
print(traceback.format_exception_only(error))
print(traceback.format_list([("a.py", 3, "fn", "x = 1"), traceback.FrameSummary("a.py", 4, "fn", line="  y = 1")]))
print(traceback.format_list([("a.py", 3, "fn", "x = 1")] * 6))
print(repr(traceback.FrameSummary("a.py", 3, "fn", line="")))
