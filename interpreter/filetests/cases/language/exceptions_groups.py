# test: run
# Exception groups and except*.
eg = ExceptionGroup("group", [ValueError("v"), TypeError("t"), ExceptionGroup("inner", [KeyError("k"), ValueError("v2")])])
print(eg.message, len(eg.exceptions), str(eg), repr(eg.exceptions[0]))
match, rest = eg.split(ValueError)
print(match, match.exceptions, rest)
print(eg.subgroup(KeyError), eg.subgroup(OSError), eg.subgroup(lambda e: "t" in str(e)), eg.split((TypeError, KeyError))[1])
def handle(error):
    log = []
    try:
        raise error
    except* ValueError as group:
        log.append(("value", [str(e) for e in group.exceptions]))
    except* (TypeError, KeyError) as group:
        log.append(("type or key", type(group).__name__, len(group.exceptions)))
    else:
        log.append("else")
    finally:
        log.append("finally")
    return log
print(handle(eg))
print(handle(ValueError("plain")), handle(ExceptionGroup("g", [KeyError("k")])))
try:
    handle(ExceptionGroup("partly", [ValueError("v"), OSError("o")]))
except ExceptionGroup as left:
    print("left", left.exceptions)
try:
    handle(OSError("not matched"))
except OSError as error:
    print("plain goes through", error)
try:
    try:
        raise ExceptionGroup("g", [ValueError("a"), TypeError("b")])
    except* ValueError:
        raise KeyError("new")
    except* TypeError as group:
        raise
except ExceptionGroup as error:
    print(error.message, [type(e).__name__ for e in error.exceptions])
try:
    pass
except* ValueError:
    print("no")
else:
    print("nothing raised")
for args in (("m", []), ("m", [5]), ("m", ValueError("not a list")), (5, [ValueError()]), ("m",)):
    try:
        ExceptionGroup(*args)
    except (TypeError, ValueError) as error:
        print(type(error).__name__)
try:
    ExceptionGroup("m", [KeyboardInterrupt()])
except TypeError as error:
    print(error)
b = BaseExceptionGroup("base", [KeyboardInterrupt(), ValueError()])
print(type(b).__name__, type(BaseExceptionGroup("b", [ValueError()])).__name__, isinstance(b, Exception))
d = eg.derive([ValueError("derived")])
print(d, d.exceptions, type(d).__name__)
class MyGroup(ExceptionGroup):
    def derive(self, excs):
        return MyGroup(self.message + "'", excs)
m = MyGroup("mine", [ValueError(1), TypeError(2)])
print([type(part).__name__ + part.message for part in m.split(ValueError)])
def in_loop():
    out = []
    for i in range(3):
        try:
            raise ExceptionGroup("g", [ValueError(i)])
        except* ValueError as g:
            out.append(g.exceptions[0].args[0])
    return out
print(in_loop())
