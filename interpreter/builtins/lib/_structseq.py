"""Tuples whose items have names, and a plain namespace: what native modules return."""


class _Field:
    """Reads one item of a tuple."""

    __slots__ = ("_index",)

    def __init__(self, index):
        self._index = index

    def __get__(self, instance, owner=None):
        if instance is None:
            return self
        return tuple.__getitem__(instance, self._index)

    def __set__(self, instance, value):
        raise AttributeError("readonly attribute")


def make(module, name, fields, hidden=()):
    """A class of tuples with these field names; `hidden` ones come after the visible items."""
    full_name = name if module == "builtins" else f"{module}.{name}"
    visible = len(fields)

    def __new__(cls, sequence, extra={}):
        items = tuple(sequence)
        if len(items) < visible:
            raise TypeError(
                f"{full_name}() takes an at least {visible}-sequence "
                f"({len(items)}-sequence given)"
            )
        if len(items) > visible + len(hidden):
            raise TypeError(
                f"{full_name}() takes an at most {visible + len(hidden)}-sequence "
                f"({len(items)}-sequence given)"
            )
        self = tuple.__new__(cls, items[:visible])
        for name, value in zip(hidden, items[visible:] + (None,) * len(hidden)):
            self.__dict__[name] = extra.get(name, value)
        return self

    def __repr__(self):
        pairs = ", ".join(f"{n}={v!r}" for n, v in zip(fields, self))
        return f"{full_name}({pairs})"

    def __reduce__(self):
        return (type(self), (tuple(self), {name: self.__dict__[name] for name in hidden}))

    namespace = {
        "__module__": module,
        "__new__": __new__,
        "__repr__": __repr__,
        "__reduce__": __reduce__,
        "n_fields": visible + len(hidden),
        "n_sequence_fields": visible,
        "n_unnamed_fields": 0,
        "__match_args__": tuple(fields),
    }
    if not hidden:
        namespace["__slots__"] = ()
    for index, field in enumerate(fields):
        namespace[field] = _Field(index)
    return type(name, (tuple,), namespace)


class SimpleNamespace:
    """An object with the attributes that it was made with."""

    def __init__(self, mapping_or_iterable=(), /, **attributes):
        self.__dict__.update(mapping_or_iterable)
        self.__dict__.update(attributes)

    def __repr__(self):
        name = type(self).__name__
        if name == "SimpleNamespace":
            name = "namespace"
        items = ", ".join(f"{key}={value!r}" for key, value in self.__dict__.items())
        return f"{name}({items})"

    def __eq__(self, other):
        if isinstance(self, SimpleNamespace) and isinstance(other, SimpleNamespace):
            return self.__dict__ == other.__dict__
        return NotImplemented

    def __replace__(self, /, **changes):
        return type(self)(**{**self.__dict__, **changes})

    __hash__ = None


SimpleNamespace.__module__ = "types"
namespace = SimpleNamespace
