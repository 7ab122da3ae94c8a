"""Abstract base classes."""


def abstractmethod(funcobj):
    """Mark a method that subclasses must define."""
    funcobj.__isabstractmethod__ = True
    return funcobj


class abstractclassmethod(classmethod):
    __isabstractmethod__ = True

    def __init__(self, callable):
        callable.__isabstractmethod__ = True
        super().__init__(callable)


class abstractstaticmethod(staticmethod):
    __isabstractmethod__ = True

    def __init__(self, callable):
        callable.__isabstractmethod__ = True
        super().__init__(callable)


class abstractproperty(property):
    __isabstractmethod__ = True


# Counts registrations: what was remembered as no instance may be one after the next of them.
_registrations = 0


def get_cache_token():
    return _registrations


class ABCMeta(type):
    """The class of abstract base classes: others can be registered as their subclasses."""

    def __new__(mcls, name, bases, namespace, /, **kwargs):
        cls = super().__new__(mcls, name, bases, namespace, **kwargs)
        _find_abstract(cls, namespace.items())
        cls._abc_registry = []
        cls._abc_known = {}
        cls._abc_token = _registrations
        return cls

    def register(cls, subclass):
        global _registrations
        if not isinstance(subclass, type):
            raise TypeError("Can only register classes")
        if issubclass(subclass, cls):
            return subclass
        if issubclass(cls, subclass):
            raise RuntimeError("Refusing to create an inheritance cycle")
        cls._abc_registry.append(subclass)
        _registrations += 1
        return subclass

    def __instancecheck__(cls, instance):
        subclass = instance.__class__
        if cls._abc_token == _registrations:
            known = cls._abc_known.get(subclass)
            if known is not None:
                subtype = type(instance)
                if known or subtype is subclass:
                    return known
        subtype = type(instance)
        if subtype is subclass:
            return cls.__subclasscheck__(subclass)
        return any(cls.__subclasscheck__(c) for c in (subclass, subtype))

    def __subclasscheck__(cls, subclass):
        if not isinstance(subclass, type):
            raise TypeError("issubclass() arg 1 must be a class")
        if cls._abc_token != _registrations:
            cls._abc_known = {}
            cls._abc_token = _registrations
        known = cls._abc_known.get(subclass)
        if known is None:
            known = _is_subclass(cls, subclass)
            cls._abc_known[subclass] = known
        return known

    def _dump_registry(cls, file=None):
        print(f"Class: {cls.__module__}.{cls.__qualname__}", file=file)
        print(f"_abc_registry: {cls._abc_registry!r}", file=file)


def _is_subclass(cls, subclass):
    answer = cls.__subclasshook__(subclass)
    if answer is not NotImplemented:
        return answer
    if cls in getattr(subclass, "__mro__", ()):
        return True
    for registered in cls._abc_registry:
        if issubclass(subclass, registered):
            return True
    for derived in type.__subclasses__(cls):
        if issubclass(subclass, derived):
            return True
    return False


def _find_abstract(cls, items):
    names = {name for name, value in items if getattr(value, "__isabstractmethod__", False)}
    for base in cls.__bases__:
        for name in getattr(base, "__abstractmethods__", ()):
            if getattr(getattr(cls, name, None), "__isabstractmethod__", False):
                names.add(name)
    cls.__abstractmethods__ = frozenset(names)


def update_abstractmethods(cls):
    """Look again for abstract methods of a class that was changed."""
    if hasattr(cls, "__abstractmethods__"):
        _find_abstract(cls, vars(cls).items())
    return cls


class ABC(metaclass=ABCMeta):
    """A class whose metaclass is ABCMeta."""

    __slots__ = ()
