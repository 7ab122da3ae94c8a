"""types.GenericAlias: what subscripting a class gives, as in list[int]."""


def _parameters(args):
    found = []
    for arg in args:
        if isinstance(arg, type):
            continue
        if hasattr(arg, "__typing_subst__"):
            if arg not in found:
                found.append(arg)
            continue
        if isinstance(arg, (list, tuple)):
            inner = _parameters(arg)
        else:
            inner = getattr(arg, "__parameters__", ())
        if isinstance(inner, (list, tuple)):
            for parameter in inner:
                if parameter not in found:
                    found.append(parameter)
    return tuple(found)


def _shown(arg):
    if arg is ...:
        return "..."
    if isinstance(arg, list):
        return "[" + ", ".join([_shown(part) for part in arg]) + "]"
    if isinstance(arg, GenericAlias) or not isinstance(arg, type):
        return repr(arg)
    if arg.__module__ == "builtins":
        return arg.__qualname__
    return f"{arg.__module__}.{arg.__qualname__}"


# Attributes that belong to the alias; all others are those of the class.
_OWN = frozenset({
    "__origin__", "__args__", "__parameters__", "__mro_entries__", "__reduce_ex__",
    "__reduce__", "__copy__", "__deepcopy__", "__unpacked__", "__typing_unpacked_tuple_args__",
    "__class__",
})


class GenericAlias:
    """A class together with its type arguments."""

    __slots__ = ("_origin", "_args", "_starred")

    def __init__(self, origin, args, /):
        if not isinstance(args, tuple):
            args = (args,)
        self._origin = origin
        self._args = args
        self._starred = False

    @property
    def __origin__(self):
        return self._origin

    @property
    def __args__(self):
        return self._args

    @property
    def __parameters__(self):
        return _parameters(self._args)

    @property
    def __unpacked__(self):
        return self._starred

    def __call__(self, /, *args, **kwargs):
        made = self._origin(*args, **kwargs)
        try:
            made.__orig_class__ = self
        except (AttributeError, TypeError):
            pass
        return made

    def __mro_entries__(self, bases):
        return (self._origin,)

    def __getattr__(self, name):
        if name.startswith("_") and name in _OWN:
            raise AttributeError(name)
        return getattr(self._origin, name)

    def __getitem__(self, items):
        parameters = self.__parameters__
        if not parameters:
            raise TypeError(f"{self!r} is not a generic class")
        if not isinstance(items, tuple):
            items = (items,)
        if len(items) != len(parameters):
            few = "few" if len(items) < len(parameters) else "many"
            raise TypeError(f"Too {few} arguments for {self!r}; actual {len(items)}, "
                            f"expected {len(parameters)}")
        by_parameter = dict(zip(parameters, items))
        replaced = []
        for arg in self._args:
            if not isinstance(arg, type) and hasattr(arg, "__typing_subst__"):
                replaced.append(arg.__typing_subst__(by_parameter[arg]))
                continue
            inner = () if isinstance(arg, type) else getattr(arg, "__parameters__", ())
            if inner:
                arg = arg[tuple([by_parameter[parameter] for parameter in inner])]
            replaced.append(arg)
        return GenericAlias(self._origin, tuple(replaced))

    def __repr__(self):
        args = ", ".join([_shown(arg) for arg in self._args]) or "()"
        star = "*" if self._starred else ""
        return f"{star}{_shown(self._origin)}[{args}]"

    def __eq__(self, other):
        if not isinstance(other, GenericAlias):
            return NotImplemented
        return (self._origin == other._origin and self._args == other._args
                and self._starred == other._starred)

    def __hash__(self):
        return hash(self._origin) ^ hash(self._args)

    def __or__(self, other):
        from types import UnionType
        return UnionType._of(self, other)

    def __ror__(self, other):
        from types import UnionType
        return UnionType._of(other, self)

    def __iter__(self):
        starred = GenericAlias(self._origin, self._args)
        starred._starred = True
        yield starred

    def __instancecheck__(self, instance):
        raise TypeError("isinstance() argument 2 cannot be a parameterized generic")

    def __subclasscheck__(self, subclass):
        raise TypeError("issubclass() argument 2 cannot be a parameterized generic")

    def __dir__(self):
        return sorted(set(dir(self._origin)) | _OWN)

    def __reduce__(self):
        return GenericAlias, (self._origin, self._args)


GenericAlias.__module__ = "types"
