"""Type parameters and type aliases: what the syntax of PEP 695 makes."""

from _generic_alias import GenericAlias, _make_union, union_of


class _NoDefault:
    __slots__ = ()

    def __repr__(self):
        return "typing.NoDefault"


NoDefault = _NoDefault()


def _caller_module():
    import sys
    return sys._getframemodulename(2)


# What stands for a value that its evaluator has not been asked for yet.
_UNKNOWN = object()


class _Constant:
    """The evaluator of a value that was given when the object was made."""

    __slots__ = ("_value",)

    def __init__(self, value):
        self._value = value

    def __repr__(self):
        return f"<constevaluator {self._value!r}>"

    def __call__(self, format, /):
        return self._value


def _lazy(slot, evaluator, absent):
    """A property whose value an evaluator computes when it is first asked for."""
    def read(self):
        value = getattr(self, slot)
        if value is _UNKNOWN:
            evaluate = getattr(self, evaluator)
            value = absent if evaluate is None else evaluate(1)
            setattr(self, slot, value)
        return value
    return property(read)


def _evaluator(slot, own, absent):
    """What `evaluate_…` gives: the evaluator that the syntax made, or one of the value."""
    def read(self):
        evaluate = getattr(self, own)
        if evaluate is not None:
            return evaluate
        value = getattr(self, slot)
        return None if value is absent else _Constant(value)
    return property(read)


def _signed_name(self):
    """The name behind the sign of its variance."""
    if self.__infer_variance__:
        return self.__name__
    sign = "+" if self.__covariant__ else "-" if self.__contravariant__ else "~"
    return sign + self.__name__


def _union(a, b):
    """a | b, one of them a type parameter; a name refers to what is defined later."""
    if not (isinstance(a, str) or isinstance(b, str)):
        return union_of(a, b)
    from annotationlib import ForwardRef
    return _make_union([ForwardRef(part) if isinstance(part, str) else part for part in (a, b)])


class _Parameter:
    # The dictionary has `__module__`, which says where the object is found.
    __slots__ = ("__name__", "_default", "_evaluate_default", "__weakref__", "__dict__")

    __default__ = _lazy("_default", "_evaluate_default", NoDefault)
    evaluate_default = _evaluator("_default", "_evaluate_default", NoDefault)

    def __repr__(self):
        return self.__name__

    def has_default(self):
        return self._evaluate_default is not None or self._default is not NoDefault

    def __mro_entries__(self, bases):
        raise TypeError(f"Cannot subclass an instance of {type(self).__name__}")

    def __or__(self, other):
        return _union(self, other)

    def __ror__(self, other):
        return _union(other, self)

    def __reduce__(self):
        return self.__name__

    def __typing_subst__(self, argument):
        return argument

    def _too_few(self, alias):
        raise TypeError(f"Too few arguments for {alias}")

    def __typing_prepare_subst__(self, alias, arguments):
        """The arguments of an alias, a default put where there is none for this parameter."""
        missing = alias.__parameters__.index(self) - len(arguments)
        if missing < 0:
            return arguments
        if missing > 0 or not self.has_default():
            self._too_few(alias)
        return (*arguments, self.__default__)


class TypeVar(_Parameter):
    __slots__ = (
        "_bound", "_evaluate_bound", "_constraints", "_evaluate_constraints", "__covariant__",
        "__contravariant__", "__infer_variance__",
    )

    __bound__ = _lazy("_bound", "_evaluate_bound", None)
    evaluate_bound = _evaluator("_bound", "_evaluate_bound", None)
    __constraints__ = _lazy("_constraints", "_evaluate_constraints", ())
    evaluate_constraints = _evaluator("_constraints", "_evaluate_constraints", ())

    def __init__(self, name, *constraints, bound=None, default=NoDefault, covariant=False,
                 contravariant=False, infer_variance=False):
        if len(constraints) == 1:
            raise TypeError("A single constraint is not allowed")
        if constraints and bound is not None:
            raise TypeError("Constraints cannot be combined with bound=...")
        if covariant and contravariant:
            raise ValueError("Bivariant types are not supported.")
        self.__name__ = name
        self._constraints = constraints
        self._bound = bound
        self._default = default
        self._evaluate_constraints = self._evaluate_bound = self._evaluate_default = None
        self.__covariant__ = covariant
        self.__contravariant__ = contravariant
        self.__infer_variance__ = infer_variance
        self.__module__ = _caller_module()

    __repr__ = _signed_name

    def __typing_subst__(self, argument):
        import typing
        return typing._typevar_subst(self, argument)


class ParamSpecArgs:
    __slots__ = ("__origin__", "__weakref__")

    def __eq__(self, other):
        if not isinstance(other, ParamSpecArgs):
            return NotImplemented
        return self.__origin__ == other.__origin__

    __hash__ = None

    def __init__(self, origin):
        self.__origin__ = origin

    def __repr__(self):
        return f"{self.__origin__.__name__}.args"


class ParamSpecKwargs:
    __slots__ = ("__origin__", "__weakref__")

    def __eq__(self, other):
        if not isinstance(other, ParamSpecKwargs):
            return NotImplemented
        return self.__origin__ == other.__origin__

    __hash__ = None

    def __init__(self, origin):
        self.__origin__ = origin

    def __repr__(self):
        return f"{self.__origin__.__name__}.kwargs"


class ParamSpec(_Parameter):
    __slots__ = (
        "__bound__", "__covariant__", "__contravariant__", "__infer_variance__",
    )

    def __init__(self, name, *, bound=None, default=NoDefault, covariant=False,
                 contravariant=False, infer_variance=False):
        self.__name__ = name
        self.__bound__ = bound
        self._default = default
        self._evaluate_default = None
        self.__covariant__ = covariant
        self.__contravariant__ = contravariant
        self.__infer_variance__ = infer_variance
        self.__module__ = _caller_module()

    __repr__ = _signed_name

    @property
    def args(self):
        return ParamSpecArgs(self)

    @property
    def kwargs(self):
        return ParamSpecKwargs(self)

    def __typing_subst__(self, argument):
        import typing
        return typing._paramspec_subst(self, argument)

    def __typing_prepare_subst__(self, alias, arguments):
        import typing
        return typing._paramspec_prepare_subst(self, alias, arguments)


class TypeVarTuple(_Parameter):
    __slots__ = ()

    def __init__(self, name, *, default=NoDefault):
        self.__name__ = name
        self._default = default
        self._evaluate_default = None
        self.__module__ = _caller_module()

    def __iter__(self):
        import typing
        yield typing.Unpack[self]

    def __typing_prepare_subst__(self, alias, arguments):
        import typing
        return typing._typevartuple_prepare_subst(self, alias, arguments)

    def __typing_subst__(self, argument):
        raise TypeError("Substitution of bare TypeVarTuple is not supported")


class TypeAliasType:
    __slots__ = (
        "__name__", "_value", "_evaluate_value", "__type_params__", "__weakref__",
        "__dict__",
    )

    __value__ = _lazy("_value", "_evaluate_value", None)
    evaluate_value = _evaluator("_value", "_evaluate_value", _UNKNOWN)

    def __init__(self, name, value, *, type_params=()):
        self.__name__ = name
        self._value = value
        self._evaluate_value = None
        self.__type_params__ = type_params
        self.__module__ = _caller_module()

    @property
    def __parameters__(self):
        return self.__type_params__

    def __repr__(self):
        return self.__name__

    def __reduce__(self):
        return self.__name__

    def __getitem__(self, arguments):
        if not self.__type_params__:
            raise TypeError("Only generic type aliases are subscriptable")
        return GenericAlias(self, arguments)

    def __or__(self, other):
        return union_of(self, other)

    def __ror__(self, other):
        return union_of(other, self)


class Generic:
    """The base of generic classes."""

    __slots__ = ()
    _is_protocol = False

    def __class_getitem__(cls, *parameters):
        import typing
        return typing._generic_class_getitem(cls, *parameters)

    def __init_subclass__(cls, *args, **kwargs):
        import typing
        typing._generic_init_subclass(cls, *args, **kwargs)


# What the syntax calls. The evaluators are functions, or None where there is nothing to evaluate.

def _with_default(made, module, evaluate):
    made.__module__ = module
    if evaluate is not None:
        made._default, made._evaluate_default = _UNKNOWN, evaluate
    return made


def type_var(name, bound, constraints, default):
    made = TypeVar(name, infer_variance=True)
    if bound is not None:
        made._bound, made._evaluate_bound = _UNKNOWN, bound
    if constraints is not None:
        made._constraints, made._evaluate_constraints = _UNKNOWN, constraints
    return _with_default(made, _caller_module(), default)


def param_spec(name, default):
    return _with_default(ParamSpec(name, infer_variance=True), _caller_module(), default)


def type_var_tuple(name, default):
    return _with_default(TypeVarTuple(name), _caller_module(), default)


def type_alias(name, params, value):
    made = TypeAliasType(name, _UNKNOWN, type_params=params)
    made._evaluate_value, made.__module__ = value, _caller_module()
    return made


for _class in (TypeVar, ParamSpec, ParamSpecArgs, ParamSpecKwargs, TypeVarTuple, TypeAliasType,
               Generic):
    _class.__module__ = "typing"


@staticmethod
def _idfunc(value):
    # Static, since `typing` makes it a method that does not bind.
    return value


Union = type(int | str)
