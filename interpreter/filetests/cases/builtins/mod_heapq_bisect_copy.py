# test: run
# heapq, bisect, copy.
import heapq
import bisect
import copy
h = [5, 3, 8, 1, 9, 2]
heapq.heapify(h)
print(h[0], heapq.heappop(h), heapq.heappushpop(h, 0), heapq.heapreplace(h, 7), heapq.nlargest(2, h), heapq.nsmallest(3, h), heapq.nsmallest(1, ["bb", "a"], key=len))
heapq.heappush(h, 4)
print([heapq.heappop(h) for _ in range(len(h))], list(heapq.merge([1, 4], [2, 3], [0])), list(heapq.merge("ac", "bd", key=ord, reverse=False)))
tasks = []
for priority, name in [(2, "b"), (1, "z"), (1, "a"), (3, "c")]:
    heapq.heappush(tasks, (priority, name))
print([heapq.heappop(tasks)[1] for _ in range(4)])
try:
    heapq.heappop([])
except IndexError as error:
    print(error)
a = [1, 3, 3, 5]
print(bisect.bisect(a, 3), bisect.bisect_left(a, 3), bisect.bisect_right(a, 0), bisect.bisect(a, 9), bisect.bisect([(1, "a"), (2, "b")], 1, key=lambda p: p[0]))
bisect.insort(a, 4)
bisect.insort_left(a, 3)
print(a)
class Point:
    def __init__(self, x, items): self.x, self.items = x, items
    def __eq__(self, other): return vars(self) == vars(other)
p = Point(1, [1, [2]])
q, r = copy.copy(p), copy.deepcopy(p)
p.items[1].append(3)
print(q.items is p.items, r.items, q == p, r == p)
nested = {"a": [1, (2, [3])], "s": {1}, "n": None}
d = copy.deepcopy(nested)
nested["a"][1][1].append(4)
print(d, nested, copy.copy([1, 2]), copy.copy((1,)), copy.deepcopy("x"))
loop = [1]
loop.append(loop)
c = copy.deepcopy(loop)
print(c[1] is c, c is loop, c)
class Custom:
    def __copy__(self): return "copied"
    def __deepcopy__(self, memo): return f"deep {type(memo).__name__}"
print(copy.copy(Custom()), copy.deepcopy([Custom()]), copy.copy(Point), copy.deepcopy(len) is len)
class Slots:
    __slots__ = ("a", "b")
s = Slots()
s.a = [1]
t = copy.deepcopy(s)
t.a.append(2)
print(s.a, t.a, hasattr(t, "b"))
