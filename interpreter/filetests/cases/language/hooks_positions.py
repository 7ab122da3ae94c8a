# test: run
"""What tools that measure coverage or debug rely on: where code begins, what they can read of it, and that a
debugger which a program calls stops behind the call."""
import codeop
import dis
import sys
import warnings


def generates():
    yield 1
    yield 2


def measured(frame, event, about):
    code, at = frame.f_code.co_code, frame.f_lasti
    if event == "call":
        print("call", "again" if code[at + 1] else "first", frame.f_lineno - FIRST)
    elif event == "return":
        yields = dis.opmap["RESUME"] in code[at:at + 3:2]
        print("yields" if yields else "returns", about)
    return measured


FIRST = generates.__code__.co_firstlineno
sys.settrace(measured)
list(generates())
sys.settrace(None)
start, end, line = next(generates.__code__.co_lines())
print(start, line == FIRST)
print(all(name in dis.opmap for name in ("RETURN_VALUE", "YIELD_VALUE", "EXTENDED_ARG", "RESUME", "RERAISE")))


def stops():
    breaks()
    return 1


def breaks():
    frame = sys._getframe(1)
    frame.f_trace = told
    frame.f_trace_opcodes = True
    sys.settrace(told)


def told(frame, event, about):
    if frame.f_code.co_name == "stops" and len(events) < 2:
        events.append((event, frame.f_lineno - frame.f_code.co_firstlineno))
    return told


events = []
stops()
sys.settrace(None)
print([event for event in events if event[0] == "opcode"][:1])


def jumps(way):
    x = 1
    try:
        x = 2
    except KeyError:
        x = 3
    for i in ():
        x = 4
    with way as y:
        x = 5
    return x


class Way:
    def __enter__(self):
        pass

    def __exit__(self, *about):
        pass


def jump_to(line):
    def tell(frame, event, about):
        if frame.f_code is not jumps.__code__:
            return None
        if event == "line" and frame.f_lineno == FIRST + 1:
            try:
                frame.f_lineno = FIRST + line
            except ValueError as error:
                print(line, error)
            sys.settrace(None)
        return tell
    return tell


FIRST = jumps.__code__.co_firstlineno
for line in (3, 5, 7, 9, 10, 300, -5):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        sys.settrace(jump_to(line))
        result = jumps(Way())
    print(line, result, [str(warning.message) for warning in caught])

for text in ("if 1:", "if 1:\n  x = 1", "if 1:\n  x = 1\n", "x = (", "x = )", "a b", "'''abc", "x = 1"):
    try:
        print(repr(text), type(codeop.compile_command(text)).__name__)
    except SyntaxError as error:
        print(repr(text), error.msg)
print(_IncompleteInputError.__mro__[1])
