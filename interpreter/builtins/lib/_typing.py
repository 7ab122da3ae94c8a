"""Type parameters and type aliases: what the syntax of PEP 695 makes."""

from _generic_alias import GenericAlias, union_of


class _NoDefault:
    __slots__ = ()

    def __repr__(self):
        return "typing.NoDefault"


NoDefault = _NoDefault()


def _caller_module():
    import sys
    return sys._getframemodulename(2)


class _Parameter:
    __slots__ = ("__name__", "__default__", "_module", "__weakref__")

    def __repr__(self):
        return self.__name__

    def has_default(self):
        return self.__default__ is not NoDefault

    def __mro_entries__(self, bases):
        raise TypeError(f"Cannot subclass an instance of {type(self).__name__}")

    def __or__(self, other):
        return union_of(self, other)

    def __ror__(self, other):
        return union_of(other, self)

    def __reduce__(self):
        return self.__name__


class TypeVar(_Parameter):
    __slots__ = (
        "__bound__", "__constraints__", "__covariant__", "__contravariant__",
        "__infer_variance__",
    )

    def __init__(self, name, *constraints, bound=None, default=NoDefault, covariant=False,
                 contravariant=False, infer_variance=False):
        if len(constraints) == 1:
            raise TypeError("A single constraint is not allowed")
        if covariant and contravariant:
            raise ValueError("Bivariant types are not supported.")
        self.__name__ = name
        self.__constraints__ = constraints
        self.__bound__ = bound
        self.__default__ = default
        self.__covariant__ = covariant
        self.__contravariant__ = contravariant
        self.__infer_variance__ = infer_variance
        self._module = _caller_module()

    def __repr__(self):
        if self.__infer_variance__:
            return self.__name__
        sign = "+" if self.__covariant__ else "-" if self.__contravariant__ else "~"
        return sign + self.__name__

    def __typing_subst__(self, argument):
        return argument


class ParamSpecArgs:
    __slots__ = ("__origin__",)

    def __init__(self, origin):
        self.__origin__ = origin

    def __repr__(self):
        return f"{self.__origin__.__name__}.args"


class ParamSpecKwargs:
    __slots__ = ("__origin__",)

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
        self.__default__ = default
        self.__covariant__ = covariant
        self.__contravariant__ = contravariant
        self.__infer_variance__ = infer_variance
        self._module = _caller_module()

    @property
    def args(self):
        return ParamSpecArgs(self)

    @property
    def kwargs(self):
        return ParamSpecKwargs(self)

    def __typing_subst__(self, argument):
        return argument


class TypeVarTuple(_Parameter):
    __slots__ = ()

    def __init__(self, name, *, default=NoDefault):
        self.__name__ = name
        self.__default__ = default
        self._module = _caller_module()

    def __iter__(self):
        yield Unpacked(self)

    def __typing_subst__(self, argument):
        raise TypeError("Substitution of bare TypeVarTuple is not supported")


class Unpacked:
    """`*Ts` in a subscript."""

    __slots__ = ("__origin__", "__args__", "__parameters__")

    def __init__(self, parameter):
        self.__origin__ = Unpacked
        self.__args__ = (parameter,)
        self.__parameters__ = (parameter,)

    def __repr__(self):
        return f"typing.Unpack[{self.__args__[0]!r}]"


class TypeAliasType:
    __slots__ = ("__name__", "__value__", "__type_params__", "_module", "__weakref__")

    def __init__(self, name, value, *, type_params=()):
        self.__name__ = name
        self.__value__ = value
        self.__type_params__ = type_params
        self._module = _caller_module()

    @property
    def __parameters__(self):
        return self.__type_params__

    def __repr__(self):
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

    def __class_getitem__(cls, parameters):
        if not isinstance(parameters, tuple):
            parameters = (parameters,)
        return GenericAlias(cls, parameters)

    def __init_subclass__(cls, *args, **kwargs):
        super().__init_subclass__(*args, **kwargs)
        found = []
        for base in cls.__dict__.get("__orig_bases__", ()):
            for parameter in getattr(base, "__parameters__", ()):
                if parameter not in found:
                    found.append(parameter)
        cls.__parameters__ = tuple(found)


for _class in (TypeVar, ParamSpec, ParamSpecArgs, ParamSpecKwargs, TypeVarTuple, TypeAliasType,
               Generic):
    _class.__module__ = "typing"


def _idfunc(value):
    return value


Union = type(int | str)
