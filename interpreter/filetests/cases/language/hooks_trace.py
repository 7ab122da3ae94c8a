# test: run
"""Functions that are told of lines, calls and exceptions: `sys.settrace`."""
import sys
import threading

events = []


def tell(frame, event, about):
    code = frame.f_code
    if event == "exception":
        about = about[0].__name__
    elif not isinstance(about, (int, list, tuple)):
        about = type(about).__name__
    events.append((code.co_name, event, frame.f_lineno - code.co_firstlineno, about))
    return tell


def shown(function, *args):
    events.clear()
    sys.settrace(tell)
    try:
        result = function(*args)
    except Exception as error:
        result = type(error).__name__
    sys.settrace(None)
    print(function.__name__, result)
    for event in events:
        print("   ", *event)


def straight(a, b):
    c = a + b
    d = (c,
         b)
    return d


def loop(n):
    total = 0
    for i in range(n):
        total += i
    else:
        total += 100
    while total > 101:
        total -= 1
    return total


def inner(x):
    return 10 // x


def caught():
    result = None
    try:
        result = inner(0)
    except ZeroDivisionError:
        result = 1
    finally:
        done = True
    return result, done


def thrown():
    return inner(0)


def numbers():
    got = yield 1
    yield got


def resumed():
    made = numbers()
    first = next(made)
    second = made.send(5)
    return first + second


def delegates():
    yield 0
    yield from numbers()


def comprehension():
    return [x * 2 for x in range(3)], list(x for x in (1, 2))


class Point:
    def __init__(self):
        self.x = 1

    def __add__(self, other):
        return self.x + other


def with_class():
    point = Point()
    return point + 4


class Manager:
    def __enter__(self):
        return self

    def __exit__(self, *about):
        return True


def managed():
    with Manager() as manager:
        raise KeyError
    return 1


def callbacks():
    return sorted([3, 1, 2], key=lambda x: -x)


shown(straight, 1, 2)
shown(loop, 3)
shown(caught)
shown(thrown)
shown(resumed)
shown(lambda: list(delegates()))
shown(comprehension)
shown(with_class)
shown(managed)
shown(callbacks)


# A hook set in the midst of a hot loop, and removed again.
def hot(n, at):
    total = 0
    for i in range(n):
        total = add(total, i)
        if i == at:
            sys.settrace(tell)
        if i == at + 2:
            sys.settrace(None)
    return total


def add(a, b):
    return a + b


for n in (20, 3000, 3000):
    events.clear()
    print(hot(n, n // 2), events)


# Frames in progress are told of by a function of their own, in loops behind native functions too.
def in_progress(n):
    total = 0
    for i in range(n):
        if i == n - 2:
            sys._getframe().f_trace = tell
            sys.settrace(tell)
        total += i
    sys.settrace(None)
    return total


events.clear()
print(in_progress(2000), events)


def key(x):
    if x == 2:
        frame = sys._getframe()
        while frame:
            frame.f_trace = tell
            frame = frame.f_back
        sys.settrace(tell)
    return -x


def outer():
    first = 1
    result = sorted([1, 2, 3], key=key)
    last = 2
    return result


events.clear()
print(outer())
sys.settrace(None)
print(events)


# What the function says of the frame: its result is the frame's own function.
def only_calls(frame, event, about):
    events.append((frame.f_code.co_name, event))


events.clear()
sys.settrace(only_calls)
caught()
sys.settrace(None)
print(events)


def no_lines(frame, event, about):
    frame.f_trace_lines = False
    events.append((frame.f_code.co_name, event))
    return no_lines


events.clear()
sys.settrace(no_lines)
straight(1, 2)
sys.settrace(None)
print(events)


# A function that raises is no longer told.
def raises(frame, event, about):
    if event == "line" and frame.f_code.co_name == "straight":
        raise ValueError("told")
    return raises


sys.settrace(raises)
try:
    straight(1, 2)
except ValueError as error:
    print(error, sys.gettrace())


# Variables: those of the frame, as they are and as they are changed.
def changes(frame, event, about):
    if event == "line" and frame.f_code.co_name == "straight" and "c" in frame.f_locals:
        frame.f_locals["c"] = "changed"
    return changes


sys.settrace(changes)
print(straight(1, 2))
sys.settrace(None)


# Going on at another line.
def jumps(frame, event, about):
    if event == "line" and frame.f_code.co_name == "skips":
        if frame.f_lineno == frame.f_code.co_firstlineno + 2:
            frame.f_lineno += 1
    return jumps


def skips():
    result = [1]
    result.append(2)
    result.append(3)
    return result


sys.settrace(jumps)
print(skips())
sys.settrace(None)


def call_only(frame, event, about):
    try:
        frame.f_lineno = frame.f_lineno + 1
    except ValueError as error:
        print(event, error)


sys.settrace(call_only)
straight(1, 2)
sys.settrace(None)
try:
    sys._getframe().f_lineno = 3
except ValueError as error:
    print(error)


# Each thread has its own.
def in_thread():
    straight(3, 4)


events.clear()
threading.settrace(tell)
thread = threading.Thread(target=in_thread)
thread.start()
thread.join()
threading.settrace(None)
straight(5, 6)
print([event for event in events if event[0] in ("in_thread", "straight")], sys.gettrace())


# A frame has one object as long as it is told of.
frames = []


def same(frame, event, about):
    if frame.f_code.co_name == "loop":
        frames.append(frame)
        assert sys._getframe(1) is frame
    return same


sys.settrace(same)
loop(3)
sys.settrace(None)
print(len(frames), len(set(map(id, frames))))
