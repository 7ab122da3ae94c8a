# test: run
# Bounds, constraints, defaults and aliases are evaluated when they are asked for; methods with type
# parameters find their class.
def show(label, action):
    try:
        print(label, action())
    except Exception as error:
        print(label, "|", type(error).__name__, "|", error)


type Json = dict[str, Json] | list[Json] | str | None
show("recursive", lambda: Json.__value__)


class Base:
    def method(self):
        return "base"


class Child(Base):
    def method[T](self, argument: int) -> T:
        return super().method() + " child " + __class__.__name__

    @classmethod
    def made[T](cls, argument: T) -> "Child":
        return super().__new__(cls), __class__ is cls


show("super", lambda: Child().method(1))
show("super", lambda: type(Child.made(1)[0]).__name__)


class Own[T: Own, U: (Own, int)]:
    pass


show("bound", lambda: Own.__type_params__[0].__bound__ is Own)
show("constraints", lambda: len(Own.__type_params__[1].__constraints__))
show("no bound", lambda: Own.__type_params__[1].__bound__)


def in_function():
    type Alias[T: ([T for T in (T, [1])[1]], T)] = [T for T in T.__name__]
    (T,) = Alias.__type_params__
    return Alias.__value__, T.__constraints__


show("comprehension", in_function)


def later[T: Later, *Ts = Later, **P = Later](x: T) -> T: ...


def bounds():
    return [p.__default__ if i else p.__bound__ for i, p in enumerate(later.__type_params__)]


show("early", bounds)
Later = int
show("late", bounds)
Later = str
show("kept", bounds)


class Space:
    kind = int

    def method[T: kind](self): ...

    type Alias = kind


Space.kind = float
show("namespace", lambda: (Space.method.__type_params__[0].__bound__, Space.Alias.__value__))


class Packed[*Ts = *tuple[int, str]]:
    pass


show("starred", lambda: Packed.__type_params__[0].__default__)
show("has", lambda: [p.has_default() for p in (*Packed.__type_params__, *Own.__type_params__)])

for source in (
    "def f[T=int, U](): pass",
    "class C[T=int, U]: pass",
    "type A[T=int, U] = int",
    "def f[T, T](): pass",
    "def f[T: int, *Ts, **P](): pass",
):
    try:
        compile(source, "given", "exec")
        print("fine")
    except SyntaxError as error:
        print(error.msg)
