# test: run
# Which classes bring `__weakref__` and `__dict__`, and what can be referred to weakly.
import collections
import enum
import io
import typing
import weakref


class O:
    __slots__ = ("x",)


def show(c): print(c.__name__, [n for n in ('__dict__','__weakref__') if n in c.__dict__])
class A(O): pass
class B(A): pass
class E(Exception): pass
class E2(E): pass
class L(list): pass
class D(dict): pass
class OD(collections.OrderedDict): pass
class DD(collections.defaultdict): pass
class S(set): pass
class T(tuple): pass
class I(int): pass
class St(str): pass
class F(float): pass
class By(bytes): pass
class P(property): pass
class M(type): pass
class C(metaclass=M): pass
class En(enum.Enum): a=1
class N(typing.NamedTuple): a:int
class LS(list): __slots__=()
class LW(list): __slots__=('__weakref__',)
class ES(Exception): __slots__=()
class IO_(io.StringIO): pass
for c in (A,B,E,E2,L,D,OD,DD,S,T,I,St,F,By,M,C,En,N,LS,LW,ES): show(c)
for o in (A(),E(),L(),D(),LW(),S()): print(weakref.ref(o)() is o, o.__weakref__ is not None if hasattr(o,'__weakref__') else '-')
