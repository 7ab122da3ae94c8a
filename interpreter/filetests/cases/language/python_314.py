# test: run
# What Python 3.14 brought to the language: except without parentheses, annotations evaluated on demand.
def which(error):
    try:
        raise error
    except ValueError, KeyError:
        return "value or key"
    except TypeError, IndexError, OSError:
        return "type, index or os"
def groups(error):
    try:
        raise error
    except* ValueError, TypeError:
        found = "group"
    return found
for error in (ValueError(), KeyError(), TypeError(), IndexError(), OSError()):
    print(which(error))
print(groups(ExceptionGroup("g", [TypeError()])))
def f(x: Later, y: "text" = 1) -> Later | None:
    return y
class A:
    field: Later
    other: int = 2
print(f(0), A.other)
try:
    f.__annotations__
except NameError as error:
    print(error)
try:
    A.__annotations__
except NameError as error:
    print(error)
class Later:
    pass
print(f.__annotations__["x"] is Later, f.__annotations__["y"], list(f.__annotations__), A.__annotations__["field"] is Later, list(A.__annotations__))
print(type(int | str).__name__, map(lambda a, b: a + b, [1, 2], [3, 4], strict=True).__next__())
try:
    list(map(lambda a, b: a, [1], [1, 2], strict=True))
except ValueError as error:
    print(error)
