# test: run
# Binding of arguments: defaults, keyword-only, positional-only, star forms.
def plain(a, b, c=3, d=4):
    return a, b, c, d
def star(a, *rest, b=2, **more):
    return a, rest, b, sorted(more.items())
def kwonly(*, x, y=5):
    return x, y
def posonly(a, b=2, /, c=3, *, d=4):
    return a, b, c, d
def everything(p, /, q, *args, k, o=9, **kw):
    return p, q, args, k, o, kw
print(plain(1, 2), plain(1, 2, 30), plain(1, b=20), plain(b=1, a=2), plain(1, 2, d=40), plain(*[1, 2], **{"d": 5}), plain(*(1,), 2, *[3]))
print(star(1), star(1, 2, 3), star(1, b=5), star(1, 2, z=1, b=7), star(*range(4), **{"q": 1}, r=2), star(a=5))
print(kwonly(x=1), kwonly(y=2, x=3), posonly(1), posonly(1, 5, c=6, d=7), posonly(1, 2, 3))
print(everything(1, 2, k=3), everything(1, 2, 3, 4, k=5, z=6), everything(1, q=2, k=3, p=4))
print((lambda *a, **k: (a, k))(1, *[2, 3], x=4, **{"y": 5}), (lambda x, y=2: x + y)(1), (lambda: None)())
def defaults(a, seen=[], *, table={}):
    seen.append(a)
    table[a] = len(seen)
    return seen, table
print(defaults(1), defaults(2), defaults(3, []), defaults.__defaults__, defaults.__kwdefaults__)
base = 10
def early(x=base):
    return x
base = 20
print(early(), plain.__defaults__, kwonly.__kwdefaults__, plain.__name__, plain.__qualname__, plain.__code__.co_argcount, everything.__code__.co_varnames[:6], posonly.__code__.co_posonlyargcount, everything.__code__.co_kwonlyargcount)
early.__defaults__ = (99,)
print(early())
def order():
    trace = []
    def f(x):
        trace.append(x)
        return x
    (lambda *a, **k: None)(f(1), *[f(2)], f(3), k=f(4), **{"z": f(5)})
    return trace
print(order())
