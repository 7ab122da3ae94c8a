# test: run
# Annotations are accepted everywhere and not needed to run; type statements and parameters.
x: int = 5
y: "not evaluated"
def f(a: int, b: str = "b", *args: float, c: bool = True, **kw: list[int]) -> dict[str, int]:
    local: int = 1
    undefined_local: undefined_type
    return {"a": a + local}
class A:
    field: int
    other: str = "o"
    (parenthesised): int = 3
    def m(self) -> "A": return self
print(x, f(1), A.other, A().m().other, hasattr(A, "field"), A.parenthesised)
try:
    y
except NameError as error:
    print(error)
def g[T](value: T) -> T:
    return value
class Box[T]:
    def __init__(self, value: T): self.value = value
type Alias = list[int]
print(g(5), Box(3).value, Alias.__name__, Alias.__value__, g.__type_params__, Box.__type_params__[0].__name__)
a = A()
a.attr: int = 7
d = {}
d["k"]: int = 8
print(a.attr, d, list[int], dict[str, int], tuple[int, ...], int | None, isinstance(5, int | str), isinstance("x", (int, str)), isinstance(2.5, int | str))
lam = lambda x: x
z: int; z = 3
print(z, lam(1))
async def coroutine():
    return 5
c = coroutine()
try:
    c.send(None)
except StopIteration as stop:
    print(stop.value)
class Await:
    def __await__(self):
        got = yield "suspended"
        return got * 2
async def waiting():
    first = await Await()
    return first + await coroutine()
w = waiting()
print(w.send(None))
try:
    w.send(10)
except StopIteration as stop:
    print(stop.value)
