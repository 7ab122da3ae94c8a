# test: run
# What names in type parameters, bounds and aliases mean: private names, the class around them, names that it
# declares global, comprehensions; and what must not stand there.
class Foo[__T]:
    param = __T

    def method[__U](self, first: __T, second: __U):
        return __T, __U

    type Alias[__V] = (__T, __V)


print(Foo.__type_params__, Foo.param, Foo.Alias.__value__, Foo.method.__annotations__)
print(sorted(name for name in Foo.__dict__ if "T" in name), [p.__name__ for p in Foo.method.__type_params__])


class Outer:
    type __A = int

    class __Inner[__T](list):
        x = __T

    seen = __Inner.x, __A


print(Outer.seen, sorted(n for n in Outer.__dict__ if n.startswith("_Outer")))


class __Base:
    def __init_subclass__(cls, **given):
        cls.given = given


class Derived[T](__Base, __word=1):
    pass


print(Derived.given)
T = "global"


class C[T]:
    T = "class"
    comprehended = [T for _ in (1,)]

    class D[U]:
        comprehended = [T for _ in (1,)]

    type Plain = T
    type Comprehended = [T for _ in (1,)]
    type Called = (lambda: T)()


print(C.comprehended, C.D.comprehended, C.Plain.__value__, C.Comprehended.__value__, C.Called.__value__)
x = "global"


def outer():
    x = "nonlocal"

    class Declared:
        global x
        type Alias = x

        def method[T: x](self): ...

    Declared.x = "class"

    class Later:
        type Alias = x
        before = Alias.__value__
        x = "class"

    class Elsewhere:
        type Alias = x

    Elsewhere.x = "set"
    return Declared, Later, Elsewhere


declared, later, elsewhere = outer()
print(declared.Alias.__value__, declared.method.__type_params__[0].__bound__)
print(later.before, later.Alias.__value__, elsewhere.Alias.__value__)
for source in (
    "class X:\n def f[T](s):\n  nonlocal T",
    "def o():\n class X[T]:\n  nonlocal T",
    "def g[T](a):\n def h[T](a):\n  nonlocal T",
    "type X = (yield)",
    "type X[T: (yield)] = int",
    "def f[T: (y := 3)](): pass",
    "def f[T: ((y := 3), int)](): pass",
    "class C[T](y := object): pass",
    "class C[T]((yield from [])): pass",
    "async def o():\n type X = await 3",
    "async def o():\n def f[T: await 3](): pass",
    "async def o():\n class C[T](await 3): pass",
    "def f[T = (yield)](): pass",
    "def f[*Ts = (yield)](): pass",
    "def f[**P = (y := 1)](): pass",
    "type X[T] = (a := 3)",
    "class X[T, T]: pass",
    "type A[T=int, U] = 3",
):
    try:
        compile(source, "<source>", "exec")
        print("fine", source)
    except SyntaxError as error:
        print(error)
