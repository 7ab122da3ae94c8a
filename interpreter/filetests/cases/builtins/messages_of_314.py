# test: run
# Messages that CPython 3.14 words otherwise than the versions before it.
def show(label, action):
    try:
        print(label, action())
    except Exception as error:
        print(label, "|", type(error).__name__, "|", error)
def unpack(values):
    a, b = values
    return a, b
show("floor", lambda: 1 // 0)
show("modulo", lambda: 1 % 0)
show("big floor", lambda: 10**30 // 0)
show("divmod", lambda: divmod(5, 0))
show("float floor", lambda: 1.0 // 0)
show("float modulo", lambda: 1.0 % 0)
show("float divide", lambda: 1.0 / 0)
show("float divmod", lambda: divmod(1.0, 0.0))
show("true divide", lambda: 1 / 0)
show("power", lambda: 0**-1)
show("float power", lambda: 0.0**-1.5)
show("dict display", lambda: {[]: 1})
show("dict read", lambda: {}[{}])
show("dict write", lambda: {}.__setitem__(set(), 1))
show("dict in", lambda: [] in {})
show("dict nested", lambda: {([],): 1})
show("set display", lambda: {[]})
show("set add", lambda: set().add({}))
show("set in", lambda: [1] in {1})
show("in int", lambda: 1 in 5)
show("in object", lambda: "x" in None)
show("too many list", lambda: unpack([1, 2, 3]))
show("too many tuple", lambda: unpack((1, 2, 3, 4)))
show("too many dict", lambda: unpack({1: 2, 3: 4, 5: 6}))
show("too many text", lambda: unpack("xyz"))
show("too many iterator", lambda: unpack(iter([1, 2, 3])))
show("too few", lambda: unpack([1]))
show("not implemented", lambda: bool(NotImplemented))
