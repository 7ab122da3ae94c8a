# test: run
# match on literals, captures, or-patterns, guards, wildcards.
def kind(value):
    match value:
        case 0:
            return "zero"
        case 1 | 2 | 3:
            return "small"
        case -1:
            return "minus one"
        case 1.5:
            return "float"
        case 2 + 3j:
            return "complex"
        case "text" | b"bytes":
            return "text or bytes"
        case "con" "cat":
            return "joined"
        case True:
            return "true"
        case None:
            return "none"
        case int(n) if n > 100:
            return f"big {n}"
        case str() as s if len(s) > 3:
            return f"long {s}"
        case [] | ():
            return "empty"
        case _:
            return "other"
for value in (0, 0.0, False, 1, True, 2, 3.0, -1, 1.5, 2 + 3j, "text", b"bytes", "concat", None, 101, 50, "abcd", "abc", [], (), {}, object, 10**30):
    print(repr(value), kind(value))
class Colour:
    RED = "red"
    class Deep:
        VALUE = 7
LIMIT = 10
def dotted(value):
    match value:
        case Colour.RED:
            return "is red"
        case Colour.Deep.VALUE:
            return "is deep"
        case LIMIT:
            return f"captured {LIMIT}"
print(dotted("red"), dotted(7), dotted("blue"), LIMIT)
def bind(value):
    match value:
        case (x, y) | [x, y, _]:
            result = (x, y)
        case [("a" | "b") as letter, *rest]:
            result = letter, rest
        case whole:
            result = whole
    return result
print(bind((1, 2)), bind([1, 2, 3]), bind(["b", 1, 2, 3]), bind("xy"), bind(5))
match 5:
    case 6:
        print("no")
print("no match falls through")
match = 1
case = 2
print(match + case)
match match:
    case 1:
        print("soft keywords")
def no_result(v):
    match v:
        case 1:
            return "one"
print(no_result(2))
match 1, 2:
    case a, b:
        print(a, b)
match (x := 5):
    case n if n % 2:
        print("odd", n, x)
