# test: run
# A name that any function declares global is global in the code of the module too.
def show(source, *names):
    space, own = {}, {}
    try:
        exec(source, space, own)
    except Exception as error:
        print(repr(error))
    print([(name in space, name in own) for name in names])


show("""
y = 9
def f():
    y = 1
    def g():
        global y
        return y
    def h():
        return y + 1
    return g, h
g, h = f()
print(g(), h())
""", "y", "g")

show("""
x = 7
class C:
    def method(self):
        global x
        x += 1
        return x
print(C().method())
del x
""", "x", "C")

for source in (
    "x = 1\ndef f():\n global x\nglobal x",
    "def f():\n global x\n x = 1\n global x",
    "def f():\n global x\n print(x)\n global x",
    "def f():\n x = 1\n def g():\n  nonlocal x\n  x = 2\n  nonlocal x",
    "def f():\n global x\n global x",
    "x: int = 5\ndef f():\n global x",
):
    try:
        compile(source, "given", "exec")
        print("fine")
    except SyntaxError as error:
        print(error)

y = 1


def outer():
    y = 10

    class C:
        global y
        y = 2
        values = [(x, y) for x in range(2)]
        function = lambda: y

    return C.values, C.function(), y


print(outer(), y)
