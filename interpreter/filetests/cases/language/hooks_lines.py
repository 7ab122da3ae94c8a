# test: run
"""Lines that are told to a tracer, of every kind of statement: also of those that do nothing."""
import sys


def nothing():
    pass


def constants():
    1
    "text"
    ...
    x = 1
    x


def tries(how):
    try:
        pass
    except ValueError:
        pass
    try:
        try:
            if how:
                raise ValueError
        except KeyError:
            pass
        except ValueError as error:
            pass
        else:
            pass
        finally:
            pass
    finally:
        how = 0


def bare():
    try:
        1 / 0
    except:
        pass
    return 1


def leaves(n):
    for i in range(n):
        if i == 1:
            continue
        if i == 3:
            break
        try:
            if i == 2:
                continue
        finally:
            pass
    else:
        pass


def forever(n):
    while True:
        n -= 1
        if n:
            continue
        break


def forever_again(n):
    while 1:
        if not n:
            return
        n -= 1


def ends_in_if(a, b):
    if a:
        if b:
            a = 3
    elif b:
        b = 4
    else:
        pass


def ends_in_loop(n):
    for i in range(n):
        if i:
            pass
        else:
            pass


def returns(how):
    try:
        if how:
            return 1
        return
    finally:
        pass


def returns_with(manager):
    with manager:
        return 5


def consts(x):
    if 0:
        x = 1
    if 1:
        x = 2
    if __debug__:
        pass
    while 0:
        x = 3
    return x


def matches(x):
    match x:
        case 1:
            pass
        case [a, b]:
            pass
        case str():
            x = 1
        case _:
            pass


class Manager:
    def __enter__(self):
        return self

    def __exit__(self, *about):
        return True


def withs(manager):
    with manager as a:
        pass
    with manager as a, manager as b:
        raise ValueError
    with manager:
        for i in ():
            pass


def names():
    global seen
    seen = 1
    del seen
    x: int
    y: int = 3
    assert y
    assert y, \
        "text"


def named(how):
    try:
        if how:
            raise KeyError
    except KeyError as error:
        if how == 1:
            how = 2
    how = 3


def unhandled():
    try:
        raise KeyError
    except ValueError:
        pass


def reraised():
    try:
        raise KeyError
    except KeyError as error:
        raise
    finally:
        pass


def classes():
    class One:
        """Says something."""
        x = 1
        if x:
            pass

        def method(self):
            pass

    class Two(
        One,
    ):
        pass

    return One


def generates(n):
    for i in range(n):
        yield i
    pass


def drives():
    for i in generates(2):
        pass
    yield from generates(1)


def all_of_it():
    return list(drives())


class Counted:
    def __init__(self):
        self.left = 2

    def __iter__(self):
        return self

    def __next__(self):
        if not self.left:
            raise StopIteration
        self.left -= 1


def counts():
    for i in Counted():
        pass


def nested_in_else(a, b):
    for x in a:
        if x:
            if b:
                x = 1
        else:
            x = 2
    while a:
        a.pop()
        if b:
            continue
        else:
            pass


def one_line(a):
    if a: pass
    for x in (): pass
    a = 0
    try: pass
    finally: pass


def decorated():
    def plain(f):
        return f

    @plain
    @plain
    def inner():
        pass

    inner()


def lambdas():
    f = lambda: 1
    return f()


def several():
    a = 1; b = 2
    return (
        a,
        b,
    )


def tell(frame, event, about):
    code = frame.f_code
    if code.co_filename != __file__:
        return None
    if event == "exception":
        about = about[0].__name__
    elif event == "return":
        about = about if isinstance(about, (int, type(None))) else type(about).__name__
    events.append((event, frame.f_lineno - START, about))
    return tell


def shown(function, *args):
    global events, START
    START = function.__code__.co_firstlineno
    events = []
    sys.settrace(tell)
    try:
        function(*args)
    except Exception as error:
        error = error
    sys.settrace(None)
    text = " ".join(f"{event[0]}{line}" + (f"={about}" if about is not None else "")
                    for event, line, about in events)
    print(f"{function.__name__}{args if args and type(args[0]) is int else ''}:", text)


shown(nothing)
shown(constants)
shown(tries, 0)
shown(tries, 1)
shown(bare)
shown(leaves, 2)
shown(leaves, 5)
shown(forever, 3)
shown(forever_again, 2)
for a in (0, 1):
    for b in (0, 1):
        shown(ends_in_if, a, b)
shown(ends_in_loop, 2)
shown(returns, 0)
shown(returns, 1)
shown(returns_with, Manager())
shown(consts, 1)
for subject in (1, [1, 2], "a", 2.0):
    shown(matches, subject)
shown(withs, Manager())
shown(names)
shown(named, 0)
shown(named, 1)
shown(named, 2)
shown(unhandled)
shown(reraised)
shown(classes)
shown(all_of_it)
shown(counts)
shown(nested_in_else, [1, 0], 0)
shown(nested_in_else, [1, 0], 1)
shown(one_line, 1)
shown(decorated)
shown(lambdas)
shown(several)
for function in (nothing, tries, forever, leaves, ends_in_if, names, matches):
    code = function.__code__
    lines = {line for _, _, line in code.co_lines() if line is not None}
    print(function.__name__, [line - code.co_firstlineno for line in sorted(lines)])
