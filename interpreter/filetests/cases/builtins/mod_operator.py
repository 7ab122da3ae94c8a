# test: run
# operator: function forms, itemgetter, attrgetter, methodcaller.
import operator as op
from operator import itemgetter, attrgetter, methodcaller
print(op.add(1, 2), op.sub(5, 3), op.mul(2, "a"), op.truediv(7, 2), op.floordiv(7, 2), op.mod(7, 3), op.pow(2, 5), op.neg(4), op.pos(-4), op.abs(-3), op.invert(5), op.lshift(1, 4), op.rshift(16, 2), op.and_(6, 3), op.or_(6, 3), op.xor(6, 3), op.not_(0), op.truth([1]), op.is_(None, None), op.is_not(1, None), op.lt(1, 2), op.le(2, 2), op.eq(1, 1.0), op.ne(1, 2), op.ge(2, 1), op.gt(1, 2), op.index(5), op.concat([1], [2]), op.contains("abc", "b"), op.countOf([1, 2, 1], 1), op.indexOf("abc", "c"), op.length_hint([1, 2]), op.getitem({"a": 1}, "a"))
x = [1, 2, 3]
op.setitem(x, 0, 9)
op.delitem(x, 1)
print(x, op.iadd(x, [4]), x, op.imul(3, 4), op.iconcat([1], [2]))
rows = [("b", 2, 1.5), ("a", 3, 0.5), ("c", 1, 2.5)]
print(sorted(rows, key=itemgetter(1)), sorted(rows, key=itemgetter(2, 0)), itemgetter(0, 2)("xyz"), itemgetter("k")({"k": 5}), itemgetter(slice(1, 3))([0, 1, 2, 3]), max(rows, key=itemgetter(1)), list(map(itemgetter(0), rows)))
class P:
    def __init__(self, name, inner=None):
        self.name, self.inner = name, inner
    def hello(self, greeting="hi", mark="!"):
        return f"{greeting} {self.name}{mark}"
p = P("outer", P("inner"))
print(attrgetter("name")(p), attrgetter("inner.name")(p), attrgetter("name", "inner.name")(p), methodcaller("hello")(p), methodcaller("hello", "yo", mark="?")(p), methodcaller("upper")("abc"), sorted([P("z"), P("y")], key=attrgetter("name"))[0].name)
for action in (lambda: itemgetter(5)([1]), lambda: attrgetter("zz")(p), lambda: itemgetter(), lambda: attrgetter(5), lambda: op.index(1.5), lambda: op.add(1, "a"), lambda: op.indexOf([1], 2), lambda: methodcaller("nope")(p)):
    try:
        action()
    except (TypeError, IndexError, AttributeError, ValueError) as error:
        print(type(error).__name__)
from functools import reduce
print(reduce(op.mul, range(1, 11)), list(map(op.add, [1, 2], [10, 20])), reduce(op.or_, [{1}, {2}, {3}]), op.matmul.__name__)
