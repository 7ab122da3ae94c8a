# test: run
# Objects: by name, by __reduce_ex__, with state; hooks of picklers and unpicklers.
import copyreg
import functools
import io
import pickle


class Plain:
    def __init__(self, x):
        self.x = x

    class Inner:
        class Deep:
            pass

        def method(self):
            pass


class Slots:
    __slots__ = ("a", "b")


class Both(Slots):
    pass


class Arguments:
    def __new__(cls, *args, **kwargs):
        self = object.__new__(cls)
        self.given = args, kwargs
        return self

    def __getnewargs_ex__(self):
        return self.given


class State:
    def __getstate__(self):
        return ("state", self.x)

    def __setstate__(self, state):
        self.x = state


class MyList(list):
    pass


class MyDict(dict):
    pass


class Stream:
    def __init__(self):
        self.items, self.pairs = [], {}

    def append(self, item):
        self.items.append(item)

    def __setitem__(self, key, value):
        self.pairs[key] = value

    def __reduce__(self):
        return Stream, (), None, iter(self.items), iter(self.pairs.items())


def set_state(target, state):
    target.x = ("set", state)


class Setter:
    def __reduce__(self):
        return Setter, (), self.x, None, None, set_state


def function():
    pass


def show(value, look, protocols=range(6)):
    for protocol in protocols:
        data = pickle.dumps(value, protocol)
        print(protocol, data)
        back = pickle.loads(data)
        assert type(back) is type(value)
        print(look(back))


show(Plain([1, 2]), lambda o: o.x)
slots = Slots()
slots.a = 1
show(slots, lambda o: (o.a, hasattr(o, "b")), range(2, 6))
both = Both()
both.b, both.c = 2, 3
show(both, lambda o: (o.b, o.c), range(2, 6))
show(Arguments(1, k=2), lambda o: o.given)
state = State()
state.x = 5
show(state, lambda o: o.x)
items = MyList([1, 2])
items.extra = "e"
show(items, lambda o: (o, o.extra))
show(MyDict(a=1), lambda o: o, range(2, 6))
stream = Stream()
stream.append(1)
show(stream, lambda o: (o.items, o.pairs))
stream.append(2)
stream["k"] = "v"
show(stream, lambda o: (o.items, o.pairs))
setter = Setter()
setter.x = 3
show(setter, lambda o: o.x)
for known in [Plain, Plain.Inner, Plain.Inner.Deep, Plain.Inner.method, function, int,
              type(None), type(...), type(NotImplemented), functools.partial]:
    for protocol in range(6):
        data = pickle.dumps(known, protocol)
        print(protocol, data)
        assert pickle.loads(data) is known
for value in [1j, range(1, 9, 2), slice(1, 2, 3)]:
    show(value, repr)
error = pickle.loads(pickle.dumps(KeyError("k")))
print(repr(error))

# The extension registry, and a table of reducers.
copyreg.add_extension("__main__", "Plain", 0x1234)
data = pickle.dumps(Plain, 2)
print(data, pickle.loads(data) is Plain, pickle.dumps(Plain, 1))
copyreg.remove_extension("__main__", "Plain", 0x1234)
copyreg.clear_extension_cache()
try:
    pickle.loads(data)
except ValueError as error:
    print(error)
copyreg.pickle(Plain, lambda o: (Plain, (("registered", o.x),)))
print(pickle.loads(pickle.dumps(Plain(1))).x)
del copyreg.dispatch_table[Plain]


def dump(pickler_class, value, protocol=4, **attributes):
    file = io.BytesIO()
    pickler = pickler_class(file, protocol)
    for name, attribute in attributes.items():
        setattr(pickler, name, attribute)
    pickler.dump(value)
    return file.getvalue()


table = {Plain: lambda o: (Plain, (("table", o.x),))}
print(pickle.loads(dump(pickle.Pickler, Plain(1), dispatch_table=table)).x)


class Tabled(pickle.Pickler):
    dispatch_table = table


print(pickle.loads(dump(Tabled, Plain(2))).x)


class Overriding(pickle.Pickler):
    def reducer_override(self, value):
        if isinstance(value, Plain):
            return Plain, (("override", value.x),)
        if value is function:
            return "set_state"
        return NotImplemented


print(pickle.loads(dump(Overriding, Plain(3))).x)


# Persistent ids.
class Ids(pickle.Pickler):
    def persistent_id(self, value):
        if isinstance(value, Plain):
            return "plain%d" % value.x
        return None


class FromIds(pickle.Unpickler):
    def persistent_load(self, name):
        return ["loaded", name]

    def find_class(self, module, name):
        print("find", module, name)
        return super().find_class(module, name)


for protocol in range(6):
    data = dump(Ids, [Plain(1), (Plain(2), "text"), function], protocol)
    print(data)
    print(FromIds(io.BytesIO(data)).load()[:2])
    try:
        pickle.loads(data)
    except pickle.UnpicklingError as error:
        print(error)

# What is remembered from one pickle to the next.
file = io.BytesIO()
pickler = pickle.Pickler(file, 2)
value = ["text"]
pickler.dump(value)
pickler.dump(value)
print(file.getvalue(), sorted(number for number, _ in pickler.memo.copy().values()))
pickler.clear_memo()
pickler.dump(value)
print(file.getvalue())
file.seek(0)
unpickler = pickle.Unpickler(file)
first, second, third = unpickler.load(), unpickler.load(), unpickler.load()
print(first is second, first == third, first is third, unpickler.memo.copy())
pickler = pickle.Pickler(io.BytesIO(), 2)
pickler.fast = True
pickler.dump(["a", "a"])
print(pickler.bin, pickler.fast, pickler.memo.copy())
cyclic = []
cyclic.append(cyclic)
try:
    pickler.dump(cyclic)
except ValueError as error:
    print(str(error).split(" at ")[0])

# Names of Python 2, and its strings.
print(pickle.dumps(range(2), 2), pickle.dumps(range(2), 2, fix_imports=False))
print(pickle.loads(b"c__builtin__\nxrange\n."), pickle.loads(b"cbuiltins\nrange\n.", fix_imports=False))
old = b"S'caf\\xe9'\np0\n."
print(pickle.loads(old, encoding="latin-1"), pickle.loads(old, encoding="bytes"),
      pickle.loads(old, errors="replace"))
print(pickle.loads(b"U\x03abc."), pickle.loads(b"T\x03\0\0\0abc.", encoding="bytes"))
try:
    pickle.loads(old)
except UnicodeDecodeError as error:
    print(error)


class Old:
    def __init__(self, *args):
        self.args = args


print(pickle.loads(b"(I1\nI2\ni__main__\nOld\n.").args)
print(pickle.loads(b"(c__main__\nOld\nI1\no.").args)
print(hasattr(pickle.loads(b"(i__main__\nOld\n."), "args"))
