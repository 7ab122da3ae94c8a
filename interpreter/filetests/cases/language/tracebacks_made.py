# test: run
# Entries of tracebacks that a program makes of frames.
import sys
import traceback
import types


def inner():
    return sys._getframe()


def outer():
    frame = inner()
    return frame, sys._getframe()


low, high = outer()
last = types.TracebackType(None, low, low.f_lasti, low.f_lineno)
made = types.TracebackType(last, high, high.f_lasti, high.f_lineno)
print(made.tb_next is last, made.tb_frame is high, last.tb_frame.f_code.co_name, made.tb_lineno == high.f_lineno)
print([(entry.name, entry.lineno, entry.line) for entry in traceback.extract_tb(made)])
try:
    raise ValueError("text").with_traceback(made)
except ValueError as error:
    print([entry.name for entry in traceback.extract_tb(error.__traceback__)])
for given in ((1, low, 0, 1), (None, 5, 0, 1), (None, low, "a", 1)):
    try:
        types.TracebackType(*given)
    except TypeError as error:
        print(error)
