# test: run
# Objects of subclasses of builtin types keep their attributes when they are copied or pickled;
# methods of builtin types can be pickled.
import copy
import pickle
from collections import OrderedDict, deque


class A(bytearray): pass
class B(bytes): pass
class C(list): pass
class D(tuple): pass
class E(dict): pass
class F(set): pass
class G(int): pass
class H(str): pass
class I(OrderedDict): pass
class J(deque): pass


class Slots(bytearray):
    __slots__ = ("x", "__dict__")


for kind, content in (
    (A, b"abc"), (B, b"abc"), (C, [1]), (D, (1, 2)), (E, {1: 2}), (F, {1}), (G, 5), (H, "s"), (I, {1: 2}),
    (Slots, b"abc"),
):
    made = kind(content)
    made.x, made.y = 10, [1]
    copies = [pickle.loads(pickle.dumps(made, p)) for p in range(pickle.HIGHEST_PROTOCOL + 1)]
    copies += [copy.copy(made), copy.deepcopy(made)]
    print(kind.__name__, {(type(c) is kind, c == made, c.x, str(c.y)) for c in copies})
made = J([1, 2], 5)
made.x = 10
print([(c, c.x, c.maxlen) for c in (pickle.loads(pickle.dumps(made)), copy.deepcopy(made))])

for function in (str.index, list.append, [].append, len, dict.fromkeys, object.__new__, list.__len__):
    print(pickle.loads(pickle.dumps(function)) == function)
for kind in (type(None), type(...), type(NotImplemented), type, type(len), type(lambda: 0)):
    print(kind.__module__)
for value in (type(None), type(...), type(NotImplemented), None, ..., NotImplemented):
    print(pickle.loads(pickle.dumps(value)) is value)
