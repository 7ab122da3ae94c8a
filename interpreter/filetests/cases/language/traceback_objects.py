# test: run
# Traceback objects: line numbers, frames, names, after re-raising.
import sys
def level3():
    raise ValueError("deep")
def level2():
    x = 1
    level3()
def level1():
    try:
        level2()
    except ValueError:
        raise
def lines(error):
    trace = error.__traceback__
    out = []
    while trace is not None:
        out.append((trace.tb_frame.f_code.co_name, trace.tb_lineno - trace.tb_frame.f_code.co_firstlineno))
        trace = trace.tb_next
    return out
try:
    level1()
except ValueError as error:
    found = lines(error)
    print([item for item in found if item[0] != "<module>"])
    print(sys.exc_info()[0].__name__, sys.exc_info()[1] is error, sys.exc_info()[2] is error.__traceback__, sys.exception() is error)
print(sys.exc_info(), sys.exception())
def multi(
    a,
    b,
):
    return (
        a
        +
        b
    )
try:
    multi(1, "x")
except TypeError as error:
    print(lines(error)[-1][0])
def in_handler():
    try:
        1 / 0
    except ZeroDivisionError:
        return sys.exc_info()[0].__name__, nested_info()
def nested_info():
    before = sys.exc_info()[0].__name__
    try:
        {}[1]
    except KeyError:
        inside = sys.exc_info()[0].__name__
    return before, inside, sys.exc_info()[0].__name__
print(in_handler(), sys.exc_info()[0])
def gen():
    try:
        yield sys.exc_info()[0]
    except ValueError:
        yield sys.exc_info()[0].__name__
    yield sys.exc_info()[0]
try:
    raise KeyError
except KeyError:
    g = gen()
    print(next(g).__name__, g.throw(ValueError()), next(g).__name__)
print(sys.exc_info()[0])
frame = sys._getframe()
print(frame.f_code.co_name, frame.f_lineno > 0, frame.f_globals is globals(), frame.f_back)
def caller_name():
    return sys._getframe(1).f_code.co_name
def named_caller():
    return caller_name()
print(named_caller(), level2.__code__.co_firstlineno < level1.__code__.co_firstlineno)
