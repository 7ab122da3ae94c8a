# test: run
# Exceptions copied and pickled with what was put into them, made once more, and refused.
import copy
import pickle


def show(label, action):
    try:
        print(label, action())
    except Exception as error:
        print(label, "|", type(error).__name__, "|", error)


class Own(Exception):
    def __init__(self, a, b=3):
        super().__init__(a)
        self.b = b


def copies(error):
    error.extra = "x"
    error.add_note("note")
    made = [
        copy.copy(error), copy.deepcopy(error),
        pickle.loads(pickle.dumps(error, 2)), pickle.loads(pickle.dumps(error)),
    ]
    names = ("errno", "strerror", "filename", "filename2", "code", "msg", "lineno", "encoding", "object",
             "message", "exceptions", "characters_written", "b")
    shown = [
        (repr(e), str(e), e.args, e.extra, e.__notes__, [str(getattr(e, n)) for n in names if hasattr(e, n)])
        for e in made
    ]
    return shown[0] if all(one == shown[0] for one in shown) else shown


for error in (
    ValueError(1), KeyError("a"), OSError(2, "No", "f"), OSError(2, "x", "f", None, "g"), OSError("a"),
    SystemExit(3), SyntaxError("m", ("f", 1, 2, "t", 1, 3)), UnicodeDecodeError("utf8", b"ab", 0, 1, "r"),
    ExceptionGroup("m", [ValueError(1), TypeError(2)]), BaseExceptionGroup("m", [KeyboardInterrupt()]),
    Own(5, 6), BlockingIOError(11, "x", 5), BlockingIOError(11, "x"),
):
    show(type(error).__name__, lambda: copies(error))

error = ImportError("m", name="n", path="p")
error.__init__("again")
print(error.name, error.path, error.msg, error.args)
error = AttributeError("m", name="n", obj="p")
error.__init__("again", name="other")
print(error.name, error.obj, error.args)

for arguments in (
    ("utf8", "a", 0, 1, "r"), ("utf8", bytearray(b"\xff"), 0, 1, "r"), (1, b"a", 0, 1, "r"),
    ("utf8", b"a", "0", 1, "r"), ("utf8", b"a", 0, 1, 5),
):
    show("decode", lambda: UnicodeDecodeError(*arguments))
show("decode", lambda: UnicodeDecodeError("utf8", bytearray(b"\xff"), 0, 1, "r").object)
show("encode", lambda: UnicodeEncodeError("utf8", b"a", 0, 1, "r"))
for kind in (UnicodeEncodeError, UnicodeDecodeError, UnicodeTranslateError):
    show("empty", lambda: repr(str(kind.__new__(kind))))
for place in (("f", 1, 2), ("f", 1, 2, 4, 5, 6, 7), ("f", 1, 2, "t", 1), ("f", 1, 2, "t")):
    show("place", lambda: SyntaxError("bad", place))
