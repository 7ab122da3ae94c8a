"""Context variables. The current context is a global that each thread has its own of."""

from _decimal_numbers import variables_changed as _changed
from _threads import keep_context as _keep_context


class _Missing:
    def __repr__(self):
        return "<Token.MISSING>"


def _recursive_repr(function):
    """Shows an object inside of itself by three dots."""
    shown = set()

    def show(self):
        key = id(self)
        if key in shown:
            return "..."
        shown.add(key)
        try:
            return function(self)
        finally:
            shown.discard(key)

    return show


class Token:
    MISSING = _Missing()
    __hash__ = None

    def __init_subclass__(cls):
        raise TypeError("type '_contextvars.Token' is not an acceptable base type")

    def __init__(self, context, var, old_value):
        self._context, self.var, self.old_value = context, var, old_value
        self._used = False

    def __enter__(self):
        return self

    def __exit__(self, *details):
        self.var.reset(self)

    def __class_getitem__(cls, item):
        import types

        return types.GenericAlias(cls, item)

    @_recursive_repr
    def __repr__(self):
        used = " used" if self._used else ""
        return f"<Token{used} var={self.var!r} at {id(self):#x}>"


class ContextVar:
    def __init__(self, name, *, default=Token.MISSING):
        if not isinstance(name, str):
            raise TypeError("context variable name must be a str")
        self.name = name
        self._default = default

    def get(self, default=Token.MISSING, /):
        values = _current._values
        if self in values:
            return values[self]
        if default is not Token.MISSING:
            return default
        if self._default is not Token.MISSING:
            return self._default
        raise LookupError(self)

    def set(self, value, /):
        old = _current._values.get(self, Token.MISSING)
        _current._values = {**_current._values, self: value}
        _changed(self)
        return Token(_current, self, old)

    def reset(self, token, /):
        if token._used:
            raise RuntimeError(f"{token!r} has already been used once")
        if token.var is not self:
            raise ValueError(f"{token!r} was created by a different ContextVar")
        if token._context is not _current:
            raise ValueError(f"{token!r} was created in a different Context")
        token._used = True
        values = dict(_current._values)
        if token.old_value is Token.MISSING:
            values.pop(self, None)
        else:
            values[self] = token.old_value
        _current._values = values
        _changed(self)

    def __class_getitem__(cls, item):
        import types

        return types.GenericAlias(cls, item)

    def __init_subclass__(cls):
        raise TypeError("type '_contextvars.ContextVar' is not an acceptable base type")

    @_recursive_repr
    def __repr__(self):
        default = "" if self._default is Token.MISSING else f" default={self._default!r}"
        return f"<ContextVar name={self.name!r}{default} at {id(self):#x}>"


def _variable(key):
    if not isinstance(key, ContextVar):
        raise TypeError(f"a ContextVar key was expected, got {key!r}")
    return key


class Context:
    __hash__ = None

    def __init__(self):
        self._values = {}
        self._entered = False

    def __init_subclass__(cls):
        raise TypeError("type '_contextvars.Context' is not an acceptable base type")

    def __eq__(self, other):
        if not isinstance(other, Context):
            return NotImplemented
        return self._values == other._values

    def run(self, function, /, *args, **kwargs):
        global _current
        if self._entered:
            raise RuntimeError(f"cannot enter context: {self!r} is already entered")
        outer, _current, self._entered = _current, self, True
        _changed(self)
        try:
            return function(*args, **kwargs)
        finally:
            _current, self._entered = outer, False
            _changed(self)

    def copy(self):
        made = Context()
        made._values = self._values
        return made

    def get(self, var, default=None, /):
        return self._values.get(_variable(var), default)

    def __getitem__(self, var):
        return self._values[_variable(var)]

    def __contains__(self, var):
        return _variable(var) in self._values

    def __iter__(self):
        return iter(self._values)

    def __len__(self):
        return len(self._values)

    def keys(self):
        return self._values.keys()

    def values(self):
        return self._values.values()

    def items(self):
        return self._values.items()


_current = Context()
_keep_context(globals())


def _begin_thread():
    """The running thread is new: its context is empty."""
    global _current
    _current = Context()
    _changed(None)


def copy_context():
    return _current.copy()
