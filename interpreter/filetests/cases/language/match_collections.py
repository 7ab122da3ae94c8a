# test: run
# What patterns take for a sequence and what for a mapping.
import array
import collections
import collections.abc


def mapping_first(value):
    match value:
        case {}:
            return "mapping"
        case [*_]:
            return "sequence"


def sequence_first(value):
    match value:
        case [*_]:
            return "sequence"
        case {}:
            return "mapping"


class Plain:
    pass


class A(collections.UserDict, collections.abc.Sequence): pass
class B(Plain, collections.UserDict, collections.abc.Sequence): pass
class C(collections.UserDict, Plain, list): pass
class D(dict, collections.abc.Sequence, Plain): pass
class E(collections.UserList, collections.abc.Mapping): pass
class F(Plain, collections.UserList, collections.abc.Mapping): pass
class G(list, Plain, collections.abc.Mapping): pass
class H(collections.UserList, dict, Plain): pass
class I(list): pass
class J(dict): pass
class K(str): pass


class Registered:
    pass


collections.abc.Sequence.register(Registered)
for value in (
    A(), B(), C(), D(), E(), F(), G(), H(), I(), J(), K(), Registered(), collections.deque(), range(3),
    collections.OrderedDict(), type.__dict__, "text", b"bytes", bytearray(), {1}, 5, Plain(),
    array.array("b", b"abc"), memoryview(b"abc"), collections.ChainMap(), collections.Counter(),
):
    print(type(value).__name__, mapping_first(value), sequence_first(value))

match memoryview(b"abc"):
    case [x, y, *rest]:
        print(x, y, rest)
for value in (memoryview(b""), array.array("b"), b""):
    print(isinstance(value, collections.abc.Sequence), isinstance(value, collections.abc.Buffer))
print(isinstance(array.array("b"), collections.abc.MutableSequence))
