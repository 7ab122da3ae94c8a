"""Annotations of functions, classes and modules, evaluated or as text."""

import builtins
import enum
import sys
import types

__all__ = [
    "Format", "ForwardRef", "call_annotate_function", "call_evaluate_function",
    "get_annotate_from_class_namespace", "get_annotations", "annotations_to_string", "type_repr",
]


class Format(enum.IntEnum):
    VALUE = 1
    VALUE_WITH_FAKE_GLOBALS = 2
    FORWARDREF = 3
    STRING = 4


class ForwardRef:
    """An annotation that is text, to be evaluated when its names are known."""

    # `_made` is for references that are being found.
    __slots__ = ("__arg__", "__forward_arg__", "__forward_module__", "__owner__",
                 "__forward_is_argument__", "__forward_is_class__", "_made", "__weakref__")

    def __init__(self, arg, *, module=None, owner=None, is_argument=True, is_class=False):
        if not isinstance(arg, str):
            raise TypeError(f"Forward reference must be a string -- got {arg!r}")
        self.__arg__ = self.__forward_arg__ = arg
        self.__forward_module__ = module
        self.__owner__ = owner
        self.__forward_is_argument__ = is_argument
        self.__forward_is_class__ = is_class

    def evaluate(self, *, globals=None, locals=None, type_params=None, owner=None,
                 format=Format.VALUE):
        if format == Format.STRING:
            return self.__forward_arg__
        owner = self.__owner__ if owner is None else owner
        if globals is None:
            module = self.__forward_module__
            if isinstance(module, str):
                module = sys.modules.get(module)
            if module is None and owner is not None:
                module = sys.modules.get(getattr(owner, "__module__", None))
                globals = getattr(owner, "__globals__", None)
            if globals is None:
                globals = getattr(module, "__dict__", {})
        names = dict(vars(owner)) if isinstance(owner, type) else {}
        for parameter in type_params or getattr(owner, "__type_params__", ()):
            names.setdefault(parameter.__name__, parameter)
        names.update(locals or {})
        try:
            return eval(self.__forward_arg__, globals, names)
        except NameError:
            if format == Format.FORWARDREF:
                return self
            raise

    @property
    def __forward_code__(self):
        try:
            return compile(self.__forward_arg__, "<string>", "eval")
        except SyntaxError:
            raise SyntaxError(
                f"Forward reference must be an expression -- got {self.__forward_arg__!r}"
            ) from None

    def __eq__(self, other):
        if not isinstance(other, ForwardRef):
            return NotImplemented
        return (self.__forward_arg__ == other.__forward_arg__
                and self.__forward_module__ == other.__forward_module__)

    def __hash__(self):
        return hash((self.__forward_arg__, self.__forward_module__))

    def __or__(self, other):
        import typing
        return typing.Union[self, other]

    def __ror__(self, other):
        import typing
        return typing.Union[other, self]

    def __repr__(self):
        more = "" if self.__forward_module__ is None else f", module={self.__forward_module__!r}"
        return f"ForwardRef({self.__forward_arg__!r}{more})"


class _Unknown(ForwardRef):
    """A name that stands for nothing yet, while what it is part of is evaluated."""

    __slots__ = ()

    def __init__(self, text, owner, made):
        super().__init__(text, owner=owner)
        self._made = made
        made.append(self)

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return _Unknown(f"{self.__forward_arg__}.{name}", self.__owner__, self._made)

    def __getitem__(self, items):
        items = items if isinstance(items, tuple) else (items,)
        text = ", ".join(map(_text, items))
        return _Unknown(f"{self.__forward_arg__}[{text}]", self.__owner__, self._made)


def _with_references(function, owner):
    """What an annotate function gives when each name that it does not find is a reference."""
    code, made = function.__code__, []
    space, cells = dict(function.__globals__), list(function.__closure__ or ())
    try:
        while True:
            again = types.FunctionType(code, space, function.__name__, None, tuple(cells) or None)
            try:
                return again(Format.VALUE)
            except NameError as error:
                if error.name is None or any(r.__forward_arg__ == error.name for r in made):
                    raise
                reference = _Unknown(error.name, owner, made)
                if error.name in code.co_freevars:
                    cells[code.co_freevars.index(error.name)] = types.CellType(reference)
                else:
                    space[error.name] = reference
    finally:
        for reference in made:
            del reference._made
            reference.__class__ = ForwardRef


def _text(value):
    if isinstance(value, ForwardRef):
        return value.__forward_arg__
    return value if isinstance(value, str) else type_repr(value)


def type_repr(value):
    """The text of a type as it is written in a program."""
    if isinstance(value, (type, types.FunctionType, types.BuiltinFunctionType)):
        if value.__module__ == "builtins":
            return value.__qualname__
        return f"{value.__module__}.{value.__qualname__}"
    if value is ...:
        return "..."
    return repr(value)


def annotations_to_string(annotations):
    return {name: _text(value) for name, value in annotations.items()}


def call_evaluate_function(evaluate, format, *, owner=None):
    return call_annotate_function(evaluate, format, owner=owner, _is_evaluate=True)


def call_annotate_function(annotate, format, *, owner=None, _is_evaluate=False):
    """Annotations from an annotate function; where names in them are not known yet, references."""
    if format == Format.VALUE:
        return annotate(Format.VALUE)
    try:
        found = annotate(Format.VALUE)
    except NameError:
        if not isinstance(annotate, types.FunctionType):
            raise
        found = _with_references(annotate, owner)
    if format != Format.STRING:
        return found
    return _text(found) if _is_evaluate else annotations_to_string(found)


def get_annotate_from_class_namespace(namespace):
    return namespace.get("__annotate__", namespace.get("__annotate_func__"))


def get_annotations(obj, *, globals=None, locals=None, eval_str=False, format=Format.VALUE):
    """The annotations of an object as a new dictionary."""
    if eval_str and format != Format.VALUE:
        raise ValueError("eval_str=True is only supported with format=Format.VALUE")
    try:
        found = getattr(obj, "__annotations__", None)
    except NameError:
        annotate = getattr(obj, "__annotate__", None)
        if format == Format.VALUE or annotate is None:
            raise
        found = call_annotate_function(annotate, Format.FORWARDREF, owner=obj)
    if found is None:
        if isinstance(obj, type) or callable(obj):
            return {}
        raise TypeError(f"{obj!r} does not have annotations")
    if not isinstance(found, dict):
        raise ValueError(f"{obj!r}.__annotations__ is neither a dict nor None")
    found = dict(found)
    if format == Format.STRING:
        return annotations_to_string(found)
    if not eval_str:
        return found
    if globals is None:
        if isinstance(obj, type):
            globals = getattr(sys.modules.get(obj.__module__), "__dict__", {})
            locals = dict(vars(obj)) if locals is None else locals
        elif isinstance(obj, types.ModuleType):
            globals = obj.__dict__
        else:
            inner = obj
            while hasattr(inner, "__wrapped__"):
                inner = inner.__wrapped__
            globals = getattr(inner, "__globals__", vars(builtins))
    names = {p.__name__: p for p in getattr(obj, "__type_params__", ())} | (locals or {})
    return {
        name: eval(value, globals, names) if isinstance(value, str) else value
        for name, value in found.items()
    }
