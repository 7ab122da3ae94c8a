# test: run
# collections: deque, Counter, defaultdict, namedtuple, OrderedDict, ChainMap.
from collections import deque, Counter, defaultdict, namedtuple, OrderedDict, ChainMap, UserDict, UserList, UserString
d = deque([1, 2, 3], maxlen=4)
d.append(4); d.append(5); d.appendleft(0)
print(d, d.maxlen, len(d), d[0], d[-1], d.pop(), d.popleft(), d, 2 in d, list(reversed(d)), d == deque([2, 3]), d.index(3), d.count(3))
d.extend("ab"); d.extendleft("xy"); d.rotate(1); print(d); d.rotate(-2); d.remove("b") if "b" in d else None; d.pop(); d.insert(1, "i"); d.reverse()
print(d, d.copy(), deque(), deque("abc", 2), deque([1]) + deque([2]), deque([1]) * 3, bool(deque()), deque([1, 2]) < deque([1, 3]))
d[1] = "set"; del d[0]; print(d); d.clear()
for action in (lambda: d.pop(), lambda: d.popleft(), lambda: d[0], lambda: d.remove(1), lambda: deque([1], -1), lambda: deque([1]).index(5)):
    try:
        action()
    except (IndexError, ValueError) as error:
        print(type(error).__name__)
try:
    q = deque([1, 2])
    for x in q:
        q.append(x)
except RuntimeError as error:
    print(error)
c = Counter("abracadabra")
print(c, c["a"], c["zz"], c.most_common(2), sorted(c.elements())[:4], c.total(), Counter(a=2, b=1) + Counter(b=3, c=-1), Counter(a=3) - Counter(a=1, b=2), Counter(a=3, b=1) & Counter(a=1, b=5), Counter(a=3) | Counter(b=5), +Counter(a=-1, b=2), c == Counter("abracadabra"), Counter([1, 1]) <= Counter([1, 1, 2]))
c.update("aaa"); c.subtract({"b": 5}); c["new"] += 1; del c["r"]
print(c, dict(c)["b"], len(c), Counter({"x": 2}), Counter(), list(Counter("hello")))
dd = defaultdict(list)
dd["a"].append(1); dd["b"].append(2); dd["a"].append(3)
print(dd, dict(dd), "z" in dd, dd.get("z"), dd.default_factory, defaultdict(int, x=1), defaultdict(lambda: "d")["k"])
try:
    defaultdict(None)["q"]
except KeyError as error:
    print(repr(error))
nested = defaultdict(lambda: defaultdict(int))
nested["a"]["b"] += 5
print({k: dict(v) for k, v in nested.items()})
Point = namedtuple("Point", "x y")
p = Point(1, y=2)
print(p, p.x, p[1], p._asdict(), p._replace(x=9), Point._fields, Point._make([3, 4]), p == (1, 2), tuple(p), isinstance(p, tuple), Point.__name__, hash(p) == hash((1, 2)), p + (3,), [*p])
Q = namedtuple("Q", ["a", "b", "c"], defaults=[8, 9])
print(Q(1), Q(1, 2), Q._field_defaults, namedtuple("R", "a class b a", rename=True)._fields)
for action in (lambda: Point(1), lambda: Point(1, 2, 3), lambda: namedtuple("B", "class"), lambda: namedtuple("B", "a a"), lambda: p._replace(z=1), lambda: setattr(p, "x", 5)):
    try:
        action()
    except (TypeError, ValueError, AttributeError) as error:
        print(type(error).__name__)
class Sub(namedtuple("Base", "u v")):
    __slots__ = ()
    @property
    def total(self): return self.u + self.v
print(Sub(1, 2).total, Sub(1, 2))
o = OrderedDict([("a", 1), ("b", 2), ("c", 3)])
o.move_to_end("a"); o.move_to_end("c", last=False)
print(o, list(o), o.popitem(), o.popitem(last=False), o, OrderedDict(a=1, b=2) == OrderedDict(b=2, a=1), OrderedDict(a=1) == {"a": 1}, list(reversed(OrderedDict(a=1, b=2))))
m = ChainMap({"a": 1}, {"a": 2, "b": 3})
m["c"] = 4
print(m["a"], m["b"], m["c"], sorted(m), len(m), m.maps, m.new_child({"z": 0})["a"], m.parents["a"], "q" in m, dict(m))
class UD(UserDict):
    def __setitem__(self, k, v): super().__setitem__(k, v * 2)
print(UD(a=1), UserList([1, 2]) + [3], UserString("abc").upper(), UD({"x": 5})["x"])
