# test: bytecode
def calls(f, x, *args, **kw):
    f()
    x.m(f(1), 2, k=3)
    f(*args)
    f(1, *args, 2, k=3, **kw)
    x.a.b(x[0], x[-1], x[1:2, ...])
    return f(f(f(x)))


class Child(Parent):
    def __init__(self, value):
        super().__init__(value)
        self.value = value
        super(Child, self).other()
        first = super()
