# test: run
# Cells: sharing, late binding, nonlocal, deep nesting.
def counter():
    count = 0
    def up(by=1):
        nonlocal count
        count += by
        return count
    def read():
        return count
    return up, read
up, read = counter()
up2, read2 = counter()
print(up(), up(5), read(), up2(), read2(), read())
late = [lambda: i for i in range(3)]
fixed = [lambda i=i: i for i in range(3)]
print([f() for f in late], [f() for f in fixed])
def outer(a):
    def middle(b):
        def inner(c):
            nonlocal a, b
            a += c
            b *= 2
            return a, b, c
        return inner
    return middle
inner = outer(1)(2)
print(inner(10), inner(20), inner.__closure__[0].cell_contents, len(inner.__closure__), inner.__code__.co_freevars)
def unbound():
    def get():
        return value
    try:
        get()
    except NameError as error:
        print(type(error).__name__, error)
    value = 1
    print(get())
    del value
    try:
        get()
    except NameError as error:
        print(error)
unbound()
def unbound_local(flag):
    if flag:
        x = 1
    try:
        return x
    except UnboundLocalError as error:
        return str(error)
print(unbound_local(True), unbound_local(False))
def param_cell(x, *args, **kw):
    def show():
        return x, args, kw
    x += 1
    return show
print(param_cell(1, 2, k=3)())
def class_scope():
    x = "function"
    class A:
        x = "class"
        def m(self):
            return x
        y = [x for _ in range(1)]
        z = x
    return A().m(), A.y, A.z
print(class_scope())
def recursive(n):
    def fact(k):
        return 1 if k < 2 else k * fact(k - 1)
    return fact(n)
print(recursive(10))
def compose(*functions):
    def run(x):
        for f in functions:
            x = f(x)
        return x
    return run
print(compose(str, len, lambda n: n * 2)(12345), (lambda x: lambda y: lambda z: x + y * z)(1)(2)(3))
def loop_cells():
    result = []
    for i in range(3):
        def f():
            return i
        result.append(f)
    i = "changed"
    return [f() for f in result]
print(loop_cells())
