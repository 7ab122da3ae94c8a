"""Tools for functions and callable objects."""

__all__ = [
    "update_wrapper", "wraps", "WRAPPER_ASSIGNMENTS", "WRAPPER_UPDATES", "total_ordering",
    "cache", "cmp_to_key", "lru_cache", "reduce", "partial", "partialmethod", "singledispatch",
    "singledispatchmethod", "cached_property", "Placeholder",
]

from abc import get_cache_token as _cache_token

from _functools import (
    Placeholder, _lru_cache_wrapper, cached_property, cmp_to_key, partial, reduce,
)

WRAPPER_ASSIGNMENTS = (
    "__module__", "__name__", "__qualname__", "__doc__", "__annotate__", "__type_params__",
)
WRAPPER_UPDATES = ("__dict__",)


def update_wrapper(wrapper, wrapped, assigned=WRAPPER_ASSIGNMENTS, updated=WRAPPER_UPDATES):
    """Make a wrapper look like the function that it wraps."""
    for name in assigned:
        try:
            value = getattr(wrapped, name)
        except AttributeError:
            continue
        setattr(wrapper, name, value)
    for name in updated:
        source = getattr(wrapped, name, {})
        getattr(wrapper, name).update(source)
    wrapper.__wrapped__ = wrapped
    return wrapper


def wraps(wrapped, assigned=WRAPPER_ASSIGNMENTS, updated=WRAPPER_UPDATES):
    """A decorator that applies update_wrapper."""
    def decorate(wrapper):
        return update_wrapper(wrapper, wrapped, assigned, updated)
    return decorate


# For each comparison that a class may define: how the others follow from it. Each takes the
# defined one's result, which is never NotImplemented, and the operands.
_ORDERINGS = {
    "__lt__": {
        "__gt__": lambda less, a, b: not less and a != b,
        "__le__": lambda less, a, b: less or a == b,
        "__ge__": lambda less, a, b: not less,
    },
    "__le__": {
        "__ge__": lambda at_most, a, b: not at_most or a == b,
        "__lt__": lambda at_most, a, b: at_most and a != b,
        "__gt__": lambda at_most, a, b: not at_most,
    },
    "__gt__": {
        "__lt__": lambda more, a, b: not more and a != b,
        "__ge__": lambda more, a, b: more or a == b,
        "__le__": lambda more, a, b: not more,
    },
    "__ge__": {
        "__le__": lambda at_least, a, b: not at_least or a == b,
        "__gt__": lambda at_least, a, b: at_least and a != b,
        "__lt__": lambda at_least, a, b: not at_least,
    },
}


def _derived_comparison(name, root, follow):
    def comparison(self, other):
        result = getattr(type(self), root)(self, other)
        if result is NotImplemented:
            return result
        return follow(result, self, other)
    comparison.__name__ = name
    comparison.__qualname__ = f"_{name.strip('_')}_from_{root.strip('_')}"
    comparison.__doc__ = (f"Return a {_SIGNS[name]} b.  Computed by @total_ordering from "
                          f"{_derivation(name, root)}.")
    return comparison


_SIGNS = {"__lt__": "<", "__le__": "<=", "__gt__": ">", "__ge__": ">="}


def _derivation(name, root):
    """How a comparison follows from another, in words."""
    is_strict, turns = name in ("__lt__", "__gt__"), name[2] != root[2]
    root_sign = _SIGNS[root]
    known = f"(not a {root_sign} b)" if turns else f"(a {root_sign} b)"
    if turns and is_strict != (root in ("__lt__", "__gt__")):
        return known
    return f"{known} and (a != b)" if is_strict else f"{known} or (a == b)"


def total_ordering(cls):
    """Fill in the comparisons that a class does not define."""
    defined = [name for name in _ORDERINGS
               if getattr(cls, name, None) is not getattr(object, name, None)]
    if not defined:
        raise ValueError("must define at least one ordering operation: < > <= >=")
    root = next(name for name in ("__lt__", "__le__", "__gt__", "__ge__") if name in defined)
    for name, follow in _ORDERINGS[root].items():
        if name not in defined:
            comparison = _derived_comparison(name, root, follow)
            # `pickle` finds them here by name; they are the same for every class.
            comparison = globals().setdefault(comparison.__qualname__, comparison)
            setattr(cls, name, comparison)
    return cls


def _cache_info_type():
    global _CacheInfo
    if _CacheInfo is None:
        from collections import namedtuple
        _CacheInfo = namedtuple("CacheInfo", ["hits", "misses", "maxsize", "currsize"])
        _CacheInfo.__module__ = __name__
    return _CacheInfo


_CacheInfo = None


def _cache_info(hits, misses, maxsize, currsize):
    return _cache_info_type()(hits, misses, maxsize, currsize)


def lru_cache(maxsize=128, typed=False):
    """Remember the results of the last calls."""
    if isinstance(maxsize, int):
        if maxsize < 0:
            maxsize = 0
    elif callable(maxsize) and isinstance(typed, bool):
        function, maxsize = maxsize, 128
        return _cached(function, maxsize, typed)
    elif maxsize is not None:
        raise TypeError("Expected first argument to be an integer, a callable, or None")

    def decorate(function):
        return _cached(function, maxsize, typed)
    return decorate


def _cached(function, maxsize, typed):
    wrapper = _lru_cache_wrapper(function, maxsize, typed, _cache_info)
    wrapper.cache_parameters = lambda: {"maxsize": maxsize, "typed": typed}
    return update_wrapper(wrapper, function)


def cache(user_function, /):
    """Remember the results of all calls."""
    return lru_cache(maxsize=None)(user_function)


def _unwrap_partialmethod(func):
    """The function below any number of partial methods and partial functions."""
    before = None
    while func is not before:
        before = func
        while isinstance(getattr(func, "__partialmethod__", None), partialmethod):
            func = func.__partialmethod__
        while isinstance(func, partialmethod):
            func = func.func
        func = _unwrap_partial(func)
    return func


def _unwrap_partial(func):
    while isinstance(func, partial):
        func = func.func
    return func


class partialmethod:
    """A method with some of its arguments given already."""

    def __init__(self, func, /, *args, **keywords):
        if not callable(func) and not hasattr(func, "__get__"):
            raise TypeError(f"the first argument {func!r} must be a callable or a descriptor")
        if isinstance(func, partialmethod):
            args = func.args + args
            keywords = {**func.keywords, **keywords}
            func = func.func
        self.func = func
        self.args = args
        self.keywords = keywords

    def __repr__(self):
        parts = [repr(self.func), *map(repr, self.args)]
        parts += [f"{name}={value!r}" for name, value in self.keywords.items()]
        cls = type(self)
        return f"{cls.__module__}.{cls.__qualname__}({', '.join(parts)})"

    def _method(self):
        def method(receiver, /, *args, **keywords):
            return self.func(receiver, *self.args, *args, **{**self.keywords, **keywords})
        method.__isabstractmethod__ = self.__isabstractmethod__
        method.__partialmethod__ = self
        return method

    def __get__(self, instance, cls=None):
        get = getattr(self.func, "__get__", None)
        if get is not None and not isinstance(self.func, partial):
            bound = get(instance, cls)
            if bound is not self.func:
                result = partial(bound, *self.args, **self.keywords)
                try:
                    result.__self__ = bound.__self__
                except AttributeError:
                    pass
                return result
        return self._method().__get__(instance, cls)

    @property
    def __isabstractmethod__(self):
        return getattr(self.func, "__isabstractmethod__", False)


def _most_specific(cls, registry):
    """The class of the registry that stands first among those that a class is one of."""
    order = cls.__mro__
    match = None
    for candidate in _compose_mro(cls, registry):
        if candidate not in registry:
            if match is not None:
                break
        elif match is None:
            match = candidate
        else:
            # Neither is a base, and neither is one of the other.
            if not (candidate in order or match in order or issubclass(match, candidate)):
                raise RuntimeError(f"Ambiguous dispatch: {match} or {candidate}")
            break
    return match


def _compose_mro(cls, types):
    """A class's order of bases with those of some other classes in it that it is one of."""
    own = set(cls.__mro__)
    found = [one for one in types
             if one not in own and _is_class(one) and _is_one_of(cls, one)]
    # The bases of these come with them.
    found = [one for one in found
             if not any(one is not other and one in other.__mro__ for other in found)]
    abstract = []
    for one in found:
        below = [sub for sub in type.__subclasses__(one) if sub not in own and _is_one_of(cls, sub)]
        chains = [[base for base in sub.__mro__ if base in types] for sub in below]
        for chain in sorted(chains, key=len, reverse=True) or [[one]]:
            abstract += [base for base in chain if base not in abstract]
    return _c3_mro(cls, abstract)


def _is_one_of(cls, other):
    try:
        return issubclass(cls, other)
    except TypeError:
        return False


def _c3_mro(cls, abcs=()):
    """The C3 order of a class's bases and of classes that it is one of without being derived from
    them: each stands where the class begins to be one, before bases that are not abstract."""
    bases = cls.__bases__
    split = 0
    for at, base in enumerate(bases, 1):
        if hasattr(base, "__abstractmethods__"):
            split = at
    begun = [one for one in abcs
             if issubclass(cls, one) and not any(issubclass(base, one) for base in bases)]
    rest = [one for one in abcs if one not in begun]
    parts = [list(bases[:split]), begun, list(bases[split:])]
    orders = [_c3_mro(base, rest) for part in parts for base in part]
    return _merged([[cls]] + orders + parts)


def _merged(sequences):
    """The classes of some sequences, each sequence's in its order."""
    merged = []
    while sequences := [sequence for sequence in sequences if sequence]:
        for candidate, *_ in sequences:
            if not any(candidate in sequence[1:] for sequence in sequences):
                break
        else:
            raise RuntimeError("Inconsistent hierarchy")
        merged.append(candidate)
        sequences = [sequence[1:] if sequence[0] is candidate else sequence
                     for sequence in sequences]
    return merged


_Union = type(int | str)


def _is_class(value):
    return isinstance(value, type) and not hasattr(value, "__origin__")


def singledispatch(func):
    """A function with implementations by the class of its first argument."""
    registry = {}
    remembered = {}
    # What the count of registered classes was, if any class here is one that others are registered with.
    token = None
    name = getattr(func, "__name__", "singledispatch function")

    def dispatch(cls):
        nonlocal token
        if token is not None and token != _cache_token():
            remembered.clear()
            token = _cache_token()
        implementation = remembered.get(cls)
        if implementation is None:
            implementation = registry.get(cls)
            if implementation is None:
                implementation = registry[_most_specific(cls, registry)]
            remembered[cls] = implementation
        return implementation

    def is_valid(cls):
        if isinstance(cls, _Union):
            return all(map(_is_class, cls.__args__))
        return _is_class(cls)

    def register(cls, func=None):
        nonlocal token
        if is_valid(cls):
            if func is None:
                return lambda function: register(cls, function)
        else:
            if func is not None:
                raise TypeError(
                    f"Invalid first argument to `register()`. {cls!r} is not a class or union type.")
            annotations = getattr(cls, "__annotations__", {})
            if not annotations:
                raise TypeError(
                    f"Invalid first argument to `register()`: {cls!r}. "
                    "Use either `@register(some_class)` or plain `@register` on an annotated "
                    "function.")
            func = cls
            if any(isinstance(annotation, str) for annotation in annotations.values()):
                from typing import get_type_hints
                annotations = get_type_hints(func)
            argument, cls = next(iter(annotations.items()))
            if cls is None:
                cls = type(None)
            if not is_valid(cls):
                what = "not all arguments are classes" if isinstance(cls, _Union) else "not a class"
                raise TypeError(f"Invalid annotation for {argument!r}. {cls!r} is {what}."
                                if what == "not a class" else
                                f"Invalid annotation for {argument!r}. {cls!r} {what}.")
        classes = cls.__args__ if isinstance(cls, _Union) else (cls,)
        for one in classes:
            registry[one] = func
            if token is None and hasattr(one, "__abstractmethods__"):
                token = _cache_token()
        remembered.clear()
        return func

    def wrapper(*args, **kw):
        if not args:
            raise TypeError(f"{name} requires at least 1 positional argument")
        return dispatch(args[0].__class__)(*args, **kw)

    registry[object] = func
    wrapper.register = register
    wrapper.dispatch = dispatch
    wrapper.registry = registry
    wrapper._clear_cache = remembered.clear
    update_wrapper(wrapper, func)
    return wrapper


class singledispatchmethod:
    """A method with implementations by the class of its first argument."""

    def __init__(self, func):
        if not callable(func) and not hasattr(func, "__get__"):
            raise TypeError(f"{func!r} is not callable or a descriptor")
        self.dispatcher = singledispatch(func)
        self.func = func

    def register(self, cls, method=None):
        return self.dispatcher.register(cls, func=method)

    def __get__(self, obj, cls=None):
        return _singledispatchmethod_get(self, obj, cls)

    @property
    def __isabstractmethod__(self):
        return getattr(self.func, "__isabstractmethod__", False)


# `inspect` knows it by this name.
class _singledispatchmethod_get:
    """A method that dispatches, as an object or a class has it."""

    # What it has from the function.
    _SAME = frozenset((
        "__name__", "__qualname__", "__isabstractmethod__", "__annotations__", "__type_params__",
    ))

    def __init__(self, method, obj, cls):
        self._method = method
        self._obj = obj
        self._cls = cls
        for name in ("__module__", "__doc__"):
            try:
                setattr(self, name, getattr(method.func, name))
            except AttributeError:
                pass

    def __repr__(self):
        name = getattr(self._method.func, "__qualname__", "?")
        if self._obj is None:
            return f"<single dispatch method descriptor {name}>"
        return f"<bound single dispatch method {name} of {self._obj!r}>"

    def __call__(self, /, *args, **kwargs):
        if not args:
            name = getattr(self, "__name__", "singledispatchmethod method")
            raise TypeError(f"{name} requires at least 1 positional argument")
        function = self._method.dispatcher.dispatch(args[0].__class__)
        return function.__get__(self._obj, self._cls)(*args, **kwargs)

    def __getattr__(self, name):
        if name not in self._SAME:
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
        return getattr(self._method.func, name)

    @property
    def __wrapped__(self):
        return self._method.func

    @property
    def register(self):
        return self._method.register
