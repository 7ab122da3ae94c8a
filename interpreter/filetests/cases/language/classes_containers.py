# test: run
# Emulating containers: len, getitem, setitem, delitem, contains, iter, reversed, call.
FIVE = 5
class Grid:
    def __init__(self, width, height):
        self.width, self.height = width, height
        self.cells = {}
    def __len__(self): return self.width * self.height
    def __getitem__(self, key):
        if isinstance(key, slice):
            return ("slice", key.start, key.stop, key.step)
        if key is Ellipsis:
            return "everything"
        x, y = key
        return self.cells.get((x, y), 0)
    def __setitem__(self, key, value): self.cells[key] = value
    def __delitem__(self, key): del self.cells[key]
    def __contains__(self, value): return value in self.cells.values()
    def __iter__(self): return iter(sorted(self.cells.items()))
    def __reversed__(self): return iter("backwards")
    def __call__(self, *args, **kwargs): return args, kwargs
    def __missing__(self, key): return "not used here"
g = Grid(3, 4)
g[1, 2] = 5
g[0, 0] = 1
g[1, 2] += 10
print(len(g), g[1, 2], g[9, 9], g[1:2], g[::3], g[...], 15 in g, 5 in g, list(g), list(reversed(g)), g(1, k=2), bool(g), bool(Grid(0, 5)))
del g[0, 0]
print(list(g))
try:
    del g[7, 7]
except KeyError as error:
    print(error)
class Seq:
    def __init__(self, *items): self.items = items
    def __len__(self): return len(self.items)
    def __getitem__(self, i): return self.items[i]
s = Seq("a", "b", "c")
print(list(s), "b" in s, list(reversed(s)), s[-1], s[0:2], [*s], min(s), sorted(s, reverse=True), "-".join(s), list(enumerate(s)), dict(zip(s, range(3))))
class BadLen:
    def __init__(self, value): self.value = value
    def __len__(self): return self.value
for value in (-1, "x", 1.5, 2**70):
    try:
        print(len(BadLen(value)))
    except (ValueError, TypeError, OverflowError) as error:
        print(type(error).__name__)
print(len(BadLen(True)), bool(BadLen(0)))
for action in (lambda: object()[0], lambda: object()(), lambda: len(object()), lambda: iter(object()), lambda: reversed(object()), lambda: int[0], lambda: FIVE[1:2]):
    try:
        action()
    except TypeError as error:
        print(error)
try:
    object()[0] = 1
except TypeError as error:
    print(error)
try:
    del object()[0]
except TypeError as error:
    print(error)
class Generic:
    def __class_getitem__(cls, item): return f"{cls.__name__}[{item}]"
print(Generic[int], Generic["x", 1], list[int], dict[str, int], list[int] == list[int], list[int]([1, 2]))
class Callable:
    def __call__(self): return "instance call"
c = Callable()
c.__call__ = lambda: "ignored"
print(c(), callable(c), callable(5), callable(Callable), callable(len), callable(lambda: 0))
