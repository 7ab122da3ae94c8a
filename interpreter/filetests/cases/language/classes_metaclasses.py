# test: run
# Metaclasses: creation, __prepare__, __call__, conflicts, attributes of classes.
class Meta(type):
    @classmethod
    def __prepare__(mcls, name, bases, **kwargs):
        print("prepare", name, [b.__name__ for b in bases], kwargs)
        return {"prepared": True}
    def __new__(mcls, name, bases, namespace, **kwargs):
        print("new", name, kwargs, sorted(k for k in namespace if not k.startswith("__")))
        return super().__new__(mcls, name, bases, namespace)
    def __init__(cls, name, bases, namespace, **kwargs):
        print("init", name)
        super().__init__(name, bases, namespace)
    def __call__(cls, *args, **kwargs):
        print("call", cls.__name__, args)
        return super().__call__(*args, **kwargs)
    def class_method(cls):
        return f"from the metaclass of {cls.__name__}"
    def __repr__(cls):
        return f"<{cls.__name__}>"
    def __len__(cls): return 77
    def __getitem__(cls, key): return (cls.__name__, key)
    def __iter__(cls): return iter("meta")
    def __contains__(cls, x): return x == "in"
    def __add__(cls, other): return "added"
class A(metaclass=Meta, option=5):
    x = 1
    def __init__(self, value):
        self.value = value
class B(A):
    y = 2
print(A, B, type(B) is Meta, A.prepared, B(3).value, A.class_method(), len(A), A["k"], list(A), "in" in A, A + 1, isinstance(A, Meta), isinstance(A, type))
try:
    B(1).class_method()
except AttributeError as error:
    print(error)
class Singleton(type):
    instances = {}
    def __call__(cls, *args):
        if cls not in cls.instances:
            cls.instances[cls] = super().__call__(*args)
        return cls.instances[cls]
class One(metaclass=Singleton):
    def __init__(self, n=0): self.n = n
print(One(1) is One(2), One().n)
class OtherMeta(type): pass
class C(metaclass=OtherMeta): pass
try:
    class D(A, C): pass
except TypeError as error:
    print(type(error).__name__)
def function_meta(name, bases, namespace):
    return (name, bases, sorted(k for k in namespace if not k.startswith("__")))
class F(metaclass=function_meta):
    attr = 1
print(F)
T = type("T", (list,), {"double": lambda self: self * 2, "kind": "made"})
print(T([1]).double(), T.kind, T.__name__, T.__mro__[1], type(T))
class Ordered(type):
    def __new__(mcls, name, bases, ns):
        cls = super().__new__(mcls, name, bases, ns)
        cls.fields = [k for k, v in ns.items() if isinstance(v, int) and not k.startswith("_")]
        return cls
class Form(metaclass=Ordered):
    z = 1
    a = 2
    m = 3
print(Form.fields)
class Base:
    def __init_subclass__(cls, /, tag=None, **kwargs):
        super().__init_subclass__(**kwargs)
        cls.tag = tag
        print("subclass", cls.__name__, tag)
class S1(Base, tag="one"): pass
class S2(S1): pass
print(S1.tag, S2.tag)
try:
    class Bad(Base, unknown=1): pass
except TypeError as error:
    print(error)
print(type(5), type(type), type.__mro__, isinstance(type, object), isinstance(object, type), type(Meta).__name__)
class Inst(type):
    def __instancecheck__(cls, obj): return obj == "special"
    def __subclasscheck__(cls, sub): return sub is int
class Virtual(metaclass=Inst): pass
print(isinstance("special", Virtual), isinstance(5, Virtual), issubclass(int, Virtual), issubclass(str, Virtual), isinstance(Virtual(), Virtual))
