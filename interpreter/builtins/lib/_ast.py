"""The classes of syntax trees, made from the table of nodes."""

import _syntax

PyCF_ONLY_AST = 1024
PyCF_OPTIMIZED_AST = 33792
PyCF_TYPE_COMMENTS = 4096
PyCF_ALLOW_TOP_LEVEL_AWAIT = 8192

_PLACE = ("lineno", "col_offset", "end_lineno", "end_col_offset")


class AST:
    """A node of a syntax tree."""

    __module__ = "ast"
    _fields = ()
    _attributes = ()
    __match_args__ = ()
    _field_types = {}

    def __init__(self, *args, **kwargs):
        cls = type(self)
        fields = cls._fields
        if len(args) > len(fields):
            plural = "" if len(fields) == 1 else "s"
            raise TypeError(
                f"{cls.__name__} constructor takes at most {len(fields)} positional "
                f"argument{plural}"
            )
        for name, value in zip(fields, args):
            if name in kwargs:
                raise TypeError(f"{cls.__name__} got multiple values for argument {name!r}")
            setattr(self, name, value)
        for name, value in kwargs.items():
            if name not in fields and name not in cls._attributes:
                _deprecated(
                    f"{cls.__name__}.__init__ got an unexpected keyword argument {name!r}. "
                    "Support for arbitrary keyword arguments is deprecated and will be removed "
                    "in Python 3.15."
                )
            setattr(self, name, value)
        for name in fields[len(args):]:
            if name not in kwargs:
                _set_default(self, cls, name)

    def __reduce_ex__(self, protocol):
        return (_remake, (type(self), dict(self.__dict__)))

    def __replace__(self, /, **changes):
        cls = type(self)
        known = (*cls._fields, *cls._attributes)
        for name in changes:
            if name not in known:
                raise TypeError(
                    f"{cls.__name__}.__replace__ got an unexpected keyword argument {name!r}."
                )
        state = {**self.__dict__, **changes}
        missing = [
            name for name in cls._fields
            if name not in state and not hasattr(self, name)
        ]
        if missing:
            plural = "" if len(missing) == 1 else "s"
            raise TypeError(
                f"{cls.__name__}.__replace__ missing {len(missing)} keyword "
                f"argument{plural}: {', '.join(map(repr, missing))}."
            )
        return cls(**state)

    def __repr__(self):
        return _show(self, 3)


def _deprecated(message):
    import warnings
    warnings.warn(message, DeprecationWarning, stacklevel=4)


def _set_default(node, cls, name):
    """The default of a field that the constructor was not given."""
    kind = cls._field_types.get(name)
    if kind is None:
        _deprecated(
            f"Field {name!r} is missing from {cls.__name__}._field_types. This will become an "
            "error in Python 3.15."
        )
    elif name in cls.__dict__ or type(kind) is _Union:
        pass
    elif type(kind) is _Alias:
        setattr(node, name, [])
    elif kind is expr_context:
        setattr(node, name, _load)
    else:
        _deprecated(
            f"{cls.__name__}.__init__ missing 1 required positional argument: {name!r}. This "
            "will become an error in Python 3.15."
        )


def _show(value, depth):
    if isinstance(value, list):
        shown = value if len(value) < 3 else [value[0], value[-1]]
        shown = [_show(item, depth) for item in shown]
        if len(value) > 2:
            shown.insert(1, "...")
        return f"[{', '.join(shown)}]"
    if not isinstance(value, AST):
        return repr(value)
    name = type(value).__name__
    if not value._fields:
        return f"{name}()"
    if depth <= 0:
        return f"{name}(...)"
    fields = [
        f"{field}={_show(getattr(value, field, None), depth - 1)}" for field in value._fields
    ]
    return f"{name}({', '.join(fields)})"


def _remake(cls, state):
    made = cls.__new__(cls)
    made.__dict__.update(state)
    return made


_Union = type(int | None)
_Alias = type(list[int])


def _make_classes():
    families = _syntax.families()
    types = {"identifier": str, "string": str, "int": int, "constant": object}
    classes = []
    for name, is_sum, has_place, nodes in families:
        place = {}
        if has_place:
            place = {"_attributes": _PLACE, "end_lineno": None, "end_col_offset": None}
        base = AST
        if is_sum:
            texts = [_describe(node, text) for node, text, _ in nodes]
            plain = all(not text for _, text, _ in nodes)
            between = " | " if plain else f"\n{' ' * len(name)} | "
            doc = f"{name} = {between.join(texts)}"
            base = types[name] = type(name, (AST,), {"__module__": "ast", "__doc__": doc, **place})
            place = {}
        for node, text, fields in nodes:
            names = tuple(field for field, _, _, _ in fields)
            space = {
                "__module__": "ast",
                "__doc__": _describe(node, text),
                "_fields": names,
                "__match_args__": names,
                **place,
            }
            for field, _, is_optional, is_list in fields:
                if is_optional and not is_list:
                    space[field] = None
            made = type(node, (base,), space)
            classes.append((made, fields))
            globals()[node] = made
            if not is_sum:
                types[name] = made
        if is_sum:
            globals()[name] = base
    for made, fields in classes:
        made._field_types = {
            field: _field_type(types[kind], is_optional, is_list)
            for field, kind, is_optional, is_list in fields
        }
    return [made for made, _ in classes]


def _describe(node, text):
    return f"{node}({text})" if text else node


def _field_type(kind, is_optional, is_list):
    if is_list:
        return list[kind]
    return kind | None if is_optional else kind


_classes = _make_classes()
# Nodes without fields or place, of which parsing makes no second one.
_leaves = [
    None if made._fields or made._attributes else made() for made in _classes
]
_load = _leaves[_classes.index(Load)]
_syntax.keep(AST, _classes, _leaves)
