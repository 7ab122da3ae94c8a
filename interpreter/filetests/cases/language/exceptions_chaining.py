# test: run
# Context, cause, suppression, notes, arguments.
try:
    try:
        1 / 0
    except ZeroDivisionError as first:
        raise ValueError("second") from first
except ValueError as error:
    print(type(error.__cause__).__name__, error.__cause__ is error.__context__, error.__suppress_context__)
try:
    try:
        1 / 0
    except ZeroDivisionError:
        raise ValueError("second")
except ValueError as error:
    print(error.__cause__, type(error.__context__).__name__, error.__suppress_context__)
try:
    try:
        1 / 0
    except ZeroDivisionError:
        raise ValueError("second") from None
except ValueError as error:
    print(error.__cause__, type(error.__context__).__name__, error.__suppress_context__)
try:
    raise ValueError from KeyError
except ValueError as error:
    print(repr(error.__cause__))
for cause in (5, "x"):
    try:
        raise ValueError from cause
    except TypeError as error:
        print(error)
def deep(n):
    try:
        if n == 0:
            raise KeyError("bottom")
        deep(n - 1)
    except Exception as error:
        raise RuntimeError(n) from error
chain = []
try:
    deep(3)
except RuntimeError as error:
    while error is not None:
        chain.append(repr(error))
        error = error.__cause__
print(chain)
e = ValueError("a", 1)
print(e.args, str(e), repr(e), str(ValueError()), repr(ValueError()), str(ValueError("one")), repr(ValueError("one")), str(KeyError("k")), str(KeyError("a", "b")), repr(ValueError(("t",))))
e.add_note("first note")
e.add_note("second note")
print(e.__notes__)
try:
    e.add_note(5)
except TypeError as error:
    print(error)
e.args = ("changed",)
print(e, e.__traceback__, e.with_traceback(None) is e)
class Custom(Exception):
    def __init__(self, code, message="custom"):
        super().__init__(message)
        self.code = code
class Shown(Custom):
    def __str__(self):
        return f"<{self.code}>"
try:
    raise Shown(42)
except Custom as error:
    print(error, error.code, error.args, repr(error), isinstance(error, Exception), type(error).__mro__[1:4])
stop = StopIteration(5)
print(stop.value, SystemExit(3).code, SystemExit().code, OSError(2, "No such file", "f.txt"), OSError(2, "msg").errno, type(OSError(2, "m")).__name__, ImportError("m", name="n", path="p").name, AttributeError("m", name="n", obj=5).obj, NameError("m", name="q").name, UnicodeDecodeError("utf-8", b"ab", 0, 1, "why"))
for child, parent in ((KeyError, LookupError), (IndexError, LookupError), (ZeroDivisionError, ArithmeticError), (OverflowError, ArithmeticError), (FileNotFoundError, OSError), (UnicodeError, ValueError), (RecursionError, RuntimeError), (NotImplementedError, RuntimeError), (ModuleNotFoundError, ImportError), (UnboundLocalError, NameError), (IndentationError, SyntaxError), (TabError, IndentationError), (KeyboardInterrupt, BaseException), (GeneratorExit, BaseException), (SystemExit, BaseException), (StopIteration, Exception), (BrokenPipeError, ConnectionError), (TimeoutError, OSError), (AssertionError, Exception), (BufferError, Exception), (EOFError, Exception), (MemoryError, Exception), (ReferenceError, Exception), (Warning, Exception), (DeprecationWarning, Warning), (BaseExceptionGroup, BaseException), (ExceptionGroup, Exception)):
    assert issubclass(child, parent)
print(issubclass(KeyboardInterrupt, Exception), IOError is OSError, EnvironmentError is OSError)
try:
    raise (ValueError("class " + "expr"), 5)
except TypeError as error:
    print(error)
x = None
try:
    try:
        raise ValueError("v")
    finally:
        x = "ran"
except ValueError as error:
    print(x, error.__context__)
def reraise_later():
    saved = None
    try:
        1 / 0
    except ZeroDivisionError as error:
        saved = error
    try:
        raise saved
    except ZeroDivisionError as error:
        return error is saved, error.__context__
print(reraise_later())
