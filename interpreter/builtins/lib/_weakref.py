"""Weak references and proxies."""

from _weakrefs import ref, getweakrefcount, getweakrefs

ReferenceType = ref


def _remove_dead_weakref(mapping, key):
    """Removes an entry whose value is a dead reference."""
    reference = mapping.get(key)
    if reference is not None and reference() is None:
        del mapping[key]


def _target(self):
    target = object.__getattribute__(self, "_reference")()
    if target is None:
        raise ReferenceError("weakly-referenced object no longer exists")
    return target


class ProxyType:
    __slots__ = ("_reference", "__weakref__")

    def __new__(cls, target, callback=None):
        self = object.__new__(cls)
        object.__setattr__(self, "_reference", ref(target, callback))
        return self

    def __getattribute__(self, name):
        return getattr(_target(self), name)

    def __setattr__(self, name, value):
        setattr(_target(self), name, value)

    def __delattr__(self, name):
        delattr(_target(self), name)

    __hash__ = None


def _forward(name):
    def method(self, *args):
        return getattr(type(_target(self)), name)(_target(self), *args)
    method.__name__ = name
    return method


for _name in (
    "repr str bytes bool len getitem setitem delitem contains iter next reversed call "
    "add sub mul truediv floordiv mod pow matmul and or xor lshift rshift "
    "radd rsub rmul rtruediv rfloordiv rmod rpow rmatmul rand ror rxor rlshift rrshift "
    "iadd isub imul itruediv ifloordiv imod ipow imatmul iand ior ixor ilshift irshift "
    "neg pos abs invert int float index eq ne lt le gt ge enter exit"
).split():
    _name = f"__{_name}__"
    if _name not in ("__call__", "__repr__", "__bool__"):
        setattr(ProxyType, _name, _forward(_name))

ProxyType.__bool__ = lambda self: bool(_target(self))
ProxyType.__repr__ = lambda self: f"<weakproxy at {id(self):#x} to {type(_target(self)).__name__}>"


class CallableProxyType(ProxyType):
    __slots__ = ()

    def __call__(self, *args, **kwargs):
        return _target(self)(*args, **kwargs)


def proxy(target, callback=None, /):
    """A stand-in for an object that does not keep it alive."""
    return (CallableProxyType if callable(target) else ProxyType)(target, callback)
