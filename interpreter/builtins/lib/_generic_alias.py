"""types.GenericAlias, what subscripting a class gives as in list[int], and typing.Union, what
int | str gives."""


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
    if arg is type(None):
        return "None"
    if isinstance(arg, GenericAlias) or not isinstance(arg, type):
        return repr(arg)
    # Of `type` itself the attribute is the descriptor.
    if arg is type or arg.__module__ == "builtins":
        return arg.__qualname__
    return f"{arg.__module__}.{arg.__qualname__}"


def _substituted(alias, args, items):
    """The arguments of an alias with `items` put in place of its parameters."""
    parameters = alias.__parameters__
    if not parameters:
        raise TypeError(f"{alias!r} is not a generic class")
    if not isinstance(items, tuple):
        items = (items,)
    items = tuple([part for item in items for part in _parts(item)])
    for parameter in parameters:
        prepare = getattr(parameter, "__typing_prepare_subst__", None)
        if prepare is not None:
            items = prepare(alias, items)
    if len(items) != len(parameters):
        few = "few" if len(items) < len(parameters) else "many"
        raise TypeError(f"Too {few} arguments for {alias!r}; actual {len(items)}, "
                        f"expected {len(parameters)}")
    by_parameter = dict(zip(parameters, items))
    replaced = []
    for arg in args:
        if isinstance(arg, type) and not isinstance(arg, GenericAlias):
            replaced.append(arg)
            continue
        is_many = getattr(arg, "__typing_is_unpacked_typevartuple__", False)
        if hasattr(arg, "__typing_subst__"):
            arg = arg.__typing_subst__(by_parameter[arg])
        elif isinstance(arg, (list, tuple)):
            inner = _parameters(arg)
            arg = type(arg)(_substituted(_Part(inner), arg, tuple([by_parameter[p] for p in inner]))
                            if inner else arg)
        elif inner := getattr(arg, "__parameters__", ()):
            given = []
            for parameter in inner:
                item = by_parameter[parameter]
                if isinstance(item, tuple) and hasattr(type(parameter), "__iter__"):
                    given.extend(item)
                else:
                    given.append(item)
            arg = arg[tuple(given)]
        if is_many:
            replaced.extend(arg)
        else:
            replaced.append(arg)
    return tuple(replaced)


def _hashable(args):
    return tuple([_hashable(arg) if isinstance(arg, list) else arg for arg in args])


class _Part:
    """What stands for an alias where a list of types among its arguments is dealt with."""

    def __init__(self, parameters):
        self.__parameters__ = parameters


def _parts(item):
    """An unpacked tuple's types; anything else as it is."""
    if isinstance(item, type) and not isinstance(item, GenericAlias):
        return (item,)
    inner = getattr(item, "__typing_unpacked_tuple_args__", None)
    return (item,) if inner is None or inner and inner[-1] is ... else inner


# Attributes that belong to the alias; all others are those of the class.
_OWN = frozenset({
    "__origin__", "__args__", "__parameters__", "__mro_entries__", "__reduce_ex__",
    "__reduce__", "__copy__", "__deepcopy__", "__unpacked__", "__typing_unpacked_tuple_args__",
    "__class__",
})


class GenericAlias:
    """A class together with its type arguments."""

    __slots__ = ("_origin", "_args", "_starred", "__weakref__")

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

    @property
    def __typing_unpacked_tuple_args__(self):
        return self._args if self._starred and self._origin is tuple else None

    def __call__(self, /, *args, **kwargs):
        made = self._origin(*args, **kwargs)
        try:
            made.__orig_class__ = self
        except (AttributeError, TypeError):
            pass
        return made

    def __mro_entries__(self, bases):
        # A class that has `Generic[T]` from another of its bases needs it once.
        if self._origin.__name__ == "Generic" and self._origin.__module__ == "typing":
            others = bases[bases.index(self) + 1:]
            if any([hasattr(base, "__origin__") and base is not self for base in others]):
                return ()
        return (self._origin,)

    def __getattr__(self, name):
        if name.startswith("_") and name in _OWN:
            raise AttributeError(name)
        return getattr(self._origin, name)

    def __getitem__(self, items):
        made = GenericAlias(self._origin, _substituted(self, self._args, items))
        made._starred = self._starred
        return made

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
        return hash(self._origin) ^ hash(_hashable(self._args))

    def __or__(self, other):
        return union_of(self, other)

    def __ror__(self, other):
        return union_of(other, self)

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


class Union:
    """One of several types."""

    __slots__ = ("_args", "__weakref__")

    def __new__(cls, *args, **kwargs):
        raise TypeError("cannot create 'typing.Union' instances")

    def __class_getitem__(cls, items):
        if not isinstance(items, tuple):
            items = (items,)
        if not items:
            raise TypeError("Cannot take a Union of no types.")
        return _make_union(items)

    @property
    def __args__(self):
        return self._args

    @property
    def __origin__(self):
        return Union

    @property
    def __parameters__(self):
        return _parameters(self._args)

    def __or__(self, other):
        return union_of(self, other)

    def __ror__(self, other):
        return union_of(other, self)

    def __getitem__(self, items):
        replaced = _substituted(self, self._args, items)
        return _make_union(replaced)

    def __repr__(self):
        return " | ".join([_shown(arg) for arg in self._args])

    def __eq__(self, other):
        if not isinstance(other, Union):
            return NotImplemented
        return (len(self._args) == len(other._args)
                and all([arg in other._args for arg in self._args]))

    def __hash__(self):
        return hash(frozenset(self._args))

    def _classes(self, function):
        for arg in self._args:
            if not isinstance(arg, type):
                if isinstance(arg, GenericAlias):
                    raise TypeError(f"{function}() argument 2 cannot be a parameterized generic")
                raise TypeError(f"{function}() arg 2 must be a type, a tuple of types, or a union")
            yield arg

    def __instancecheck__(self, instance):
        for cls in self._classes("isinstance"):
            if isinstance(instance, cls):
                return True
        return False

    def __subclasscheck__(self, subclass):
        for cls in self._classes("issubclass"):
            if issubclass(subclass, cls):
                return True
        return False

    def __mro_entries__(self, bases):
        raise TypeError(f"Cannot subclass {self!r}")


Union.__module__ = "typing"


def _make_union(args):
    flat = []
    for arg in args:
        parts = arg._args if isinstance(arg, Union) else (arg,)
        for part in parts:
            if part is None:
                part = type(None)
            if part not in flat:
                flat.append(part)
    if len(flat) == 1:
        return flat[0]
    made = object.__new__(Union)
    made._args = tuple(flat)
    return made


def union_of(a, b):
    """a | b, where one of them is a type at least."""
    for part in (a, b):
        if not (part is None or isinstance(part, (type, GenericAlias, Union, str))
                or hasattr(part, "__typing_subst__") or hasattr(part, "__origin__")
                or hasattr(type(part), "__value__") or hasattr(part, "__supertype__")):
            return NotImplemented
    if isinstance(a, str) or isinstance(b, str):
        return NotImplemented
    return _make_union((a, b))
