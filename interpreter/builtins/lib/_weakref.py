"""Weak references and proxies."""

from _weakrefs import ref, getweakrefcount
from _weakrefs import getweakrefs as _getweakrefs, shared_proxy, share_proxy

ReferenceType = ref


def _remove_dead_weakref(mapping, key):
    """Removes an entry whose value is a dead reference."""
    reference = mapping.get(key)
    if reference is not None and reference() is None:
        del mapping[key]


class _Held(ref):
    """What a proxy has of its target. Of those with a callback the proxy is known."""

    __slots__ = ("proxy",)


def getweakrefs(target, /):
    """The references and proxies of an object."""
    return [each.proxy if type(each) is _Held else each for each in _getweakrefs(target)]


def _target(self):
    target = object.__getattribute__(self, "_reference")()
    if target is None:
        raise ReferenceError("weakly-referenced object no longer exists")
    return target


class ProxyType:
    __slots__ = ("_reference", "__weakref__")

    def __new__(cls, target, callback=None):
        self = object.__new__(cls)
        if callback is None:
            held = _Held(target)
        else:
            held = _Held(target, lambda held: callback(held.proxy))
            held.proxy = self
        object.__setattr__(self, "_reference", held)
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
    if callback is None and (shared := shared_proxy(target)) is not None:
        return shared
    made = (CallableProxyType if callable(target) else ProxyType)(target, callback)
    if callback is None:
        share_proxy(target, made)
    return made
