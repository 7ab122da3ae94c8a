"""Classes made of fields: the decorator writes `__init__`, `__repr__`, comparison and hash."""

import abc
import sys
from copy import deepcopy
from keyword import iskeyword
from reprlib import recursive_repr
from types import GenericAlias, MappingProxyType, new_class

__all__ = [
    "dataclass", "field", "Field", "FrozenInstanceError", "InitVar", "KW_ONLY", "MISSING",
    "fields", "asdict", "astuple", "make_dataclass", "replace", "is_dataclass",
]


class FrozenInstanceError(AttributeError):
    pass


class _Sentinel:
    def __init__(self, name):
        self._name = name

    def __repr__(self):
        return self._name


class _MissingType(_Sentinel):
    pass


class _KwOnlyType(_Sentinel):
    pass


MISSING = _MissingType("<dataclasses.MISSING>")
KW_ONLY = _KwOnlyType("<dataclasses.KW_ONLY>")

_FIELDS = "__dataclass_fields__"
_PARAMS = "__dataclass_params__"
_POST_INIT = "__post_init__"
_NO_METADATA = MappingProxyType({})

_PLAIN, _CLASS_VARIABLE, _INIT_ONLY = "field", "class variable", "init only"


class InitVar:
    __slots__ = ("type",)

    def __init__(self, type):
        self.type = type

    def __repr__(self):
        name = self.type.__name__ if isinstance(self.type, type) else repr(self.type)
        return f"dataclasses.InitVar[{name}]"

    def __class_getitem__(cls, type):
        return InitVar(type)


class Field:
    __slots__ = (
        "name", "type", "default", "default_factory", "repr", "hash", "init", "compare",
        "metadata", "kw_only", "doc", "_field_type",
    )

    def __init__(self, default, default_factory, init, repr, hash, compare, metadata, kw_only,
                 doc=None):
        self.name = self.type = None
        self.default, self.default_factory = default, default_factory
        self.init, self.repr, self.hash, self.compare = init, repr, hash, compare
        self.metadata = _NO_METADATA if metadata is None else MappingProxyType(metadata)
        self.kw_only, self.doc = kw_only, doc
        self._field_type = None

    @recursive_repr()
    def __repr__(self):
        return (
            f"Field(name={self.name!r},type={self.type!r},default={self.default!r},"
            f"default_factory={self.default_factory!r},init={self.init!r},repr={self.repr!r},"
            f"hash={self.hash!r},compare={self.compare!r},metadata={self.metadata!r},"
            f"kw_only={self.kw_only!r},doc={self.doc!r},_field_type={self._field_type})"
        )

    def __set_name__(self, owner, name):
        hook = getattr(type(self.default), "__set_name__", None)
        if hook:
            hook(self.default, owner, name)

    __class_getitem__ = classmethod(GenericAlias)


def field(*, default=MISSING, default_factory=MISSING, init=True, repr=True, hash=None,
          compare=True, metadata=None, kw_only=MISSING, doc=None):
    if default is not MISSING and default_factory is not MISSING:
        raise ValueError("cannot specify both default and default_factory")
    return Field(default, default_factory, init, repr, hash, compare, metadata, kw_only, doc)


class _Params:
    __slots__ = (
        "init", "repr", "eq", "order", "unsafe_hash", "frozen", "match_args", "kw_only", "slots",
        "weakref_slot",
    )

    def __init__(self, **values):
        for name, value in values.items():
            setattr(self, name, value)

    def __repr__(self):
        shown = ",".join(f"{name}={getattr(self, name)!r}" for name in self.__slots__)
        return f"_DataclassParams({shown})"


def _word(text):
    """The name that a text begins with, and what follows it; without spaces around."""
    text = text.lstrip()
    end = next((at for at, c in enumerate(text) if not (c.isalnum() or c == "_")), len(text))
    return text[:end], text[end:].lstrip()


def _meant(annotation, cls, module):
    """What the name is that a text begins with, where the class stands or in a module of its."""
    name, rest = _word(annotation)
    space = vars(sys.modules.get(cls.__module__, sys))
    if rest.startswith("."):
        inner, _ = _word(rest[1:])
        if inner:
            if space.get(name) is not module or module is None:
                return None
            name, space = inner, vars(module)
    return space.get(name)


def _is_class_variable(annotation):
    origin = getattr(annotation, "__origin__", annotation)
    return "typing.ClassVar" in (repr(annotation), repr(origin))


def _is_init_only(annotation):
    return annotation is InitVar or type(annotation) is InitVar


def _kind(annotation, cls):
    """What sort of field an annotation stands for; annotations may be text."""
    if isinstance(annotation, str):
        if _is_class_variable(_meant(annotation, cls, sys.modules.get("typing"))):
            return _CLASS_VARIABLE
        if _is_init_only(_meant(annotation, cls, sys.modules[__name__])):
            return _INIT_ONLY
        return _PLAIN
    if _is_init_only(annotation):
        return _INIT_ONLY
    if _is_class_variable(annotation):
        return _CLASS_VARIABLE
    return _PLAIN


def _is_kw_only(annotation, cls):
    if isinstance(annotation, str):
        annotation = _meant(annotation, cls, sys.modules[__name__])
    return annotation is KW_ONLY


def _annotations(cls):
    """A class's own annotations. Names in them that stand for nothing yet, such as the class's
    own, become references."""
    try:
        return cls.__annotations__
    except NameError:
        from annotationlib import Format, get_annotations
        return get_annotations(cls, format=Format.FORWARDREF)


def _make_field(cls, name, annotation, kw_only):
    default = getattr(cls, name, MISSING)
    if isinstance(default, Field):
        made = default
    else:
        if hasattr(type(default), "__get__") and type(default).__name__ == "member_descriptor":
            default = MISSING
        made = field(default=default)
    made.name, made.type, made._field_type = name, annotation, _kind(annotation, cls)
    if made._field_type in (_CLASS_VARIABLE, _INIT_ONLY) and made.default_factory is not MISSING:
        raise TypeError(f"field {name} cannot have a default factory")
    if made._field_type is _CLASS_VARIABLE:
        if made.kw_only is not MISSING:
            raise TypeError(f"field {name} is a ClassVar but specifies kw_only")
    elif made.kw_only is MISSING:
        made.kw_only = kw_only
    if made._field_type is _PLAIN and type(made.default).__hash__ is None:
        raise ValueError(
            f"mutable default {type(made.default)} for field {name} is not allowed: "
            "use default_factory"
        )
    return made


def _collect(cls, kw_only):
    """All fields by name, inherited ones first, and whether bases are frozen."""
    found, frozen_bases = {}, []
    for base in cls.__mro__[-1:0:-1]:
        inherited = base.__dict__.get(_FIELDS)
        if inherited is not None:
            found.update(inherited)
            frozen_bases.append(base.__dict__[_PARAMS].frozen)
    annotations = _annotations(cls)
    seen_marker = False
    own = []
    for name, annotation in annotations.items():
        if _is_kw_only(annotation, cls):
            if seen_marker:
                raise TypeError(f"{name!r} is KW_ONLY, but KW_ONLY has already been specified")
            seen_marker = kw_only = True
            continue
        own.append(_make_field(cls, name, annotation, kw_only))
    for made in own:
        found[made.name] = made
        if isinstance(getattr(cls, made.name, None), Field):
            if made.default is MISSING:
                delattr(cls, made.name)
            else:
                setattr(cls, made.name, made.default)
    for name, value in cls.__dict__.items():
        if isinstance(value, Field) and name not in annotations:
            raise TypeError(f"{name!r} is a field but has no type annotation")
    return found, frozen_bases


def _define(cls, name, parameters, body, names):
    """A function of this text, with `names` and those of the class's module in its reach."""
    lines = "\n".join(f"  {line}" for line in body) or "  pass"
    source = f"def _make({', '.join(names)}):\n def {name}({', '.join(parameters)}):\n"
    source += "\n".join(f" {line}" for line in lines.split("\n"))
    source += f"\n return {name}"
    space = {}
    module = sys.modules.get(cls.__module__)
    exec(source, {} if module is None else module.__dict__, space)
    return space["_make"](**names)


def _parameter(made):
    if made.default is MISSING and made.default_factory is MISSING:
        return made.name
    value = "_FACTORY" if made.default is MISSING else f"_default_{made.name}"
    return f"{made.name}={value}"


_FACTORY = _Sentinel("<factory>")


def _init(cls, found, frozen, slots):
    usable = [f for f in found.values() if f._field_type in (_PLAIN, _INIT_ONLY)]
    positional = [f for f in usable if f.init and not f.kw_only]
    keyword = [f for f in usable if f.init and f.kw_only]
    seen = None
    for made in positional:
        if made.default is not MISSING or made.default_factory is not MISSING:
            seen = made
        elif seen:
            raise TypeError(
                f"non-default argument {made.name!r} follows default argument {seen.name!r}"
            )
    self = "__dataclass_self__" if "self" in found else "self"
    names = {"_FACTORY": _FACTORY, "_set": object.__setattr__}
    body = []
    for made in usable:
        if made.default is not MISSING:
            names[f"_default_{made.name}"] = made.default
        if made.default_factory is not MISSING:
            names[f"_factory_{made.name}"] = made.default_factory
        if made._field_type is _INIT_ONLY:
            continue
        value = made.name
        if made.default_factory is not MISSING:
            call = f"_factory_{made.name}()"
            value = f"{call} if {made.name} is _FACTORY else {made.name}" if made.init else call
        elif not made.init:
            if made.default is MISSING or not slots:
                continue
            value = f"_default_{made.name}"
        if frozen:
            body.append(f"_set({self}, {made.name!r}, {value})")
        else:
            body.append(f"{self}.{made.name} = {value}")
    if hasattr(cls, _POST_INIT):
        given = ", ".join(f.name for f in usable if f._field_type is _INIT_ONLY)
        body.append(f"{self}.{_POST_INIT}({given})")
    parameters = [self, *map(_parameter, positional)]
    if keyword:
        parameters += ["*", *map(_parameter, keyword)]
    function = _define(cls, "__init__", parameters, body, names)
    function.__annotations__ = {f.name: f.type for f in usable if f.init} | {"return": None}
    return function


def _repr_of(shown):
    def __repr__(self):
        parts = ", ".join(f"{name}={getattr(self, name)!r}" for name in shown)
        return f"{type(self).__qualname__}({parts})"
    # By this name `pprint` knows it from one that the class was given.
    __repr__.__qualname__ = "__create_fn__.<locals>.__repr__"
    return recursive_repr()(__repr__)


def _tuple_text(name, compared):
    return "(" + "".join(f"{name}.{f.name}," for f in compared) + ")"


def _compare(cls, name, symbol, compared):
    body = [
        "if other.__class__ is self.__class__:",
        f" return {_tuple_text('self', compared)}{symbol}{_tuple_text('other', compared)}",
        "return NotImplemented",
    ]
    return _define(cls, name, ["self", "other"], body, {})


def _equal(cls, compared):
    terms = " and ".join(f"self.{f.name}==other.{f.name}" for f in compared) or "True"
    body = [
        "if self is other:",
        " return True",
        "if other.__class__ is self.__class__:",
        f" return {terms}",
        "return NotImplemented",
    ]
    return _define(cls, "__eq__", ["self", "other"], body, {})


def _freeze(cls, names):
    names = frozenset(names)

    def __setattr__(self, name, value):
        if type(self) is cls or name in names:
            raise FrozenInstanceError(f"cannot assign to field {name!r}")
        super(cls, self).__setattr__(name, value)

    def __delattr__(self, name):
        if type(self) is cls or name in names:
            raise FrozenInstanceError(f"cannot delete field {name!r}")
        super(cls, self).__delattr__(name)

    return __setattr__, __delattr__


def _install(cls, name, function):
    """Adds a method unless the class has its own; whether it had."""
    if name in cls.__dict__:
        return True
    if function is not _replace:
        function.__qualname__ = f"{cls.__qualname__}.{name}"
    setattr(cls, name, function)
    return False


def _hash_action(cls, params, compared, had_hash):
    if params.unsafe_hash:
        if had_hash:
            raise TypeError(f"Cannot overwrite attribute __hash__ in class {cls.__name__}")
    elif not params.eq or had_hash:
        return
    elif not params.frozen:
        cls.__hash__ = None
        return
    used = [f for f in compared if (f.compare if f.hash is None else f.hash)]
    function = _define(cls, "__hash__", ["self"], [f"return hash({_tuple_text('self', used)})"], {})
    function.__qualname__ = f"{cls.__qualname__}.__hash__"
    cls.__hash__ = function


def _process(cls, params):
    found, frozen_bases = _collect(cls, params.kw_only)
    if frozen_bases:
        if params.frozen and not all(frozen_bases):
            raise TypeError("cannot inherit frozen dataclass from a non-frozen one")
        if not params.frozen and any(frozen_bases):
            raise TypeError("cannot inherit non-frozen dataclass from a frozen one")
    if params.order and not params.eq:
        raise ValueError("eq must be true if order is true")
    setattr(cls, _FIELDS, found)
    setattr(cls, _PARAMS, params)
    plain = [f for f in found.values() if f._field_type is _PLAIN]
    own_hash = cls.__dict__.get("__hash__", MISSING)
    had_hash = not (own_hash is MISSING or (own_hash is None and "__eq__" in cls.__dict__))
    if params.init:
        _install(cls, "__init__", _init(cls, found, params.frozen, params.slots))
    _install(cls, "__replace__", _replace)
    if params.repr:
        _install(cls, "__repr__", _repr_of([f.name for f in plain if f.repr]))
    compared = [f for f in plain if f.compare]
    if params.eq:
        _install(cls, "__eq__", _equal(cls, compared))
    if params.order:
        for name, symbol in (("__lt__", "<"), ("__le__", "<="), ("__gt__", ">"), ("__ge__", ">=")):
            if _install(cls, name, _compare(cls, name, symbol, compared)):
                raise TypeError(
                    f"Cannot overwrite attribute {name} in class {cls.__name__}. "
                    "Consider using functools.total_ordering"
                )
    if params.frozen:
        for function in _freeze(cls, [f.name for f in plain]):
            if _install(cls, function.__name__, function):
                raise TypeError(
                    f"Cannot overwrite attribute {function.__name__} in class {cls.__name__}"
                )
    _hash_action(cls, params, plain, had_hash)
    if not cls.__doc__:
        cls.__doc__ = f"{cls.__name__}({', '.join(_shown_parameters(found))})"
    if params.match_args and "__match_args__" not in cls.__dict__:
        cls.__match_args__ = tuple(
            f.name for f in found.values()
            if f.init and not f.kw_only and f._field_type is not _CLASS_VARIABLE
        )
    if params.slots:
        cls = _with_slots(cls, [f.name for f in plain], params.weakref_slot)
    elif params.weakref_slot:
        raise TypeError("weakref_slot is True but slots is False")
    abc.update_abstractmethods(cls)
    return cls


def _shown_parameters(found):
    taken = [f for f in found.values() if f.init and f._field_type is not _CLASS_VARIABLE]
    keyword = [f for f in taken if f.kw_only]
    for made in [f for f in taken if not f.kw_only] + keyword:
        if keyword and made is keyword[0]:
            yield "*"
        kind = made.type.type if type(made.type) is InitVar else made.type
        if isinstance(kind, str):
            kind = repr(kind)
        elif isinstance(kind, type) and not hasattr(kind, "__origin__"):
            builtin = kind.__module__ == "builtins"
            kind = kind.__qualname__ if builtin else f"{kind.__module__}.{kind.__qualname__}"
        text = f"{made.name}: {kind}".replace("typing.", "")
        if made.default is not MISSING:
            text += f" = {made.default!r}"
        elif made.default_factory is not MISSING:
            text += " = <factory>"
        yield text


def _getstate(self):
    return [getattr(self, f.name) for f in fields(self)]


def _setstate(self, state):
    for f, value in zip(fields(self), state):
        object.__setattr__(self, f.name, value)


def _rebind_class_cells(made, old):
    """Lets `super()` in methods of a class that was made anew find the new one."""
    for value in list(vars(made).values()):
        parts = (value.fget, value.fset, value.fdel) if isinstance(value, property) else (value,)
        for part in parts:
            while hasattr(part, "__wrapped__"):
                part = part.__wrapped__
            code = getattr(part, "__code__", None)
            if code is None or "__class__" not in code.co_freevars:
                continue
            cell = part.__closure__[code.co_freevars.index("__class__")]
            if cell.cell_contents is old:
                cell.cell_contents = made


def _with_slots(cls, names, weakref_slot):
    if "__slots__" in cls.__dict__:
        raise TypeError(f"{cls.__name__} already specifies __slots__")
    inherited = set()
    for base in cls.__mro__[1:-1]:
        slots = base.__dict__.get("__slots__", ())
        if hasattr(slots, "__next__"):
            raise TypeError(f"Slots of '{base.__name__}' cannot be determined")
        inherited.update((slots,) if isinstance(slots, str) else slots)
        if "__weakref__" in base.__dict__:
            inherited.add("__weakref__")
    space = dict(cls.__dict__)
    slots = [name for name in names if name not in inherited]
    if weakref_slot and "__weakref__" not in inherited:
        slots.append("__weakref__")
    space["__slots__"] = tuple(slots)
    for name in [*names, "__dict__", "__weakref__"]:
        space.pop(name, None)
    made = type(cls)(cls.__name__, cls.__bases__, space)
    made.__qualname__ = cls.__qualname__
    _rebind_class_cells(made, cls)
    if made.__dict__[_PARAMS].frozen:
        for function in _freeze(made, names):
            setattr(made, function.__name__, function)
        if "__getstate__" not in space:
            made.__getstate__ = _getstate
        if "__setstate__" not in space:
            made.__setstate__ = _setstate
    return made


def dataclass(cls=None, /, *, init=True, repr=True, eq=True, order=False, unsafe_hash=False,
              frozen=False, match_args=True, kw_only=False, slots=False, weakref_slot=False):
    params = _Params(
        init=init, repr=repr, eq=eq, order=order, unsafe_hash=unsafe_hash, frozen=frozen,
        match_args=match_args, kw_only=kw_only, slots=slots, weakref_slot=weakref_slot,
    )
    if cls is None:
        return lambda cls: _process(cls, params)
    return _process(cls, params)


def fields(class_or_instance):
    found = getattr(class_or_instance, _FIELDS, None)
    if found is None:
        raise TypeError("must be called with a dataclass type or instance")
    return tuple(f for f in found.values() if f._field_type is _PLAIN)


def is_dataclass(obj):
    return hasattr(obj if isinstance(obj, type) else type(obj), _FIELDS)


def _is_instance(obj):
    return hasattr(type(obj), _FIELDS)


def asdict(obj, *, dict_factory=dict):
    if not _is_instance(obj):
        raise TypeError("asdict() should be called on dataclass instances")
    return _convert(obj, lambda pairs: dict_factory(pairs))


def astuple(obj, *, tuple_factory=tuple):
    if not _is_instance(obj):
        raise TypeError("astuple() should be called on dataclass instances")
    return _convert(obj, lambda pairs: tuple_factory([value for _, value in pairs]))


def _convert(obj, make):
    if _is_instance(obj):
        return make([(f.name, _convert(getattr(obj, f.name), make)) for f in fields(obj)])
    if isinstance(obj, tuple) and hasattr(obj, "_fields"):
        return type(obj)(*[_convert(item, make) for item in obj])
    if isinstance(obj, (list, tuple)):
        return type(obj)(_convert(item, make) for item in obj)
    if isinstance(obj, dict):
        pairs = [(_convert(key, make), _convert(value, make)) for key, value in obj.items()]
        if hasattr(type(obj), "default_factory"):
            result = type(obj)(obj.default_factory)
            result.update(pairs)
            return result
        return type(obj)(pairs)
    return deepcopy(obj)


def make_dataclass(cls_name, fields, *, bases=(), namespace=None, module=None, decorator=dataclass,
                   **options):
    space = dict(namespace or {})
    annotations = {}
    for item in fields:
        if isinstance(item, str):
            name, kind = item, "typing.Any"
        elif len(item) == 2:
            name, kind = item
        elif len(item) == 3:
            name, kind, space[item[0]] = item
        else:
            raise TypeError(f"Invalid field: {item!r}")
        if not isinstance(name, str) or not name.isidentifier():
            raise TypeError(f"Field names must be valid identifiers: {name!r}")
        if iskeyword(name):
            raise TypeError(f"Field names must not be keywords: {name!r}")
        if name in annotations:
            raise TypeError(f"Field name duplicated: {name!r}")
        annotations[name] = kind
    space["__annotations__"] = annotations
    cls = new_class(cls_name, bases, {}, lambda ns: ns.update(space))
    cls.__module__ = module or sys._getframemodulename(1) or "__main__"
    return decorator(cls, **options)


def replace(obj, /, **changes):
    if not _is_instance(obj):
        raise TypeError("replace() should be called on dataclass instances")
    return _replace(obj, **changes)


def _replace(self, /, **changes):
    for made in getattr(self, _FIELDS).values():
        if made._field_type is _CLASS_VARIABLE:
            continue
        if not made.init:
            if made.name in changes:
                raise TypeError(
                    f"field {made.name} is declared with init=False, it cannot be specified "
                    "with replace()"
                )
            continue
        if made.name not in changes:
            if made._field_type is _INIT_ONLY and made.default is MISSING:
                raise TypeError(f"InitVar {made.name!r} must be specified with replace()")
            changes[made.name] = getattr(self, made.name)
    return self.__class__(**changes)
