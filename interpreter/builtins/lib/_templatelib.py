"""Template strings and their fields (PEP 750)."""


class Interpolation:
    __slots__ = ("_parts",)
    __match_args__ = ("value", "expression", "conversion", "format_spec")

    def __new__(cls, value, expression="", conversion=None, format_spec=""):
        if conversion not in (None, "s", "r", "a"):
            raise ValueError("Interpolation() argument 'conversion' must be one of 's', 'a' or 'r'")
        self = object.__new__(cls)
        object.__setattr__(self, "_parts", (value, expression, conversion, format_spec))
        return self

    def __setattr__(self, name, value):
        raise AttributeError("readonly attribute")

    value = property(lambda self: self._parts[0])
    expression = property(lambda self: self._parts[1])
    conversion = property(lambda self: self._parts[2])
    format_spec = property(lambda self: self._parts[3])

    def __repr__(self):
        return "Interpolation({!r}, {!r}, {!r}, {!r})".format(*self._parts)

    def __reduce__(self):
        return Interpolation, self._parts

    def __init_subclass__(cls):
        raise TypeError("type 'string.templatelib.Interpolation' is not an acceptable base type")


class Template:
    __slots__ = ("_strings", "_interpolations")

    def __new__(cls, *args):
        strings, interpolations = [""], []
        for arg in args:
            if isinstance(arg, str):
                strings[-1] += arg
            elif isinstance(arg, Interpolation):
                interpolations.append(arg)
                strings.append("")
            else:
                raise TypeError(
                    "Template.__new__ *args need to be of type 'str' or 'Interpolation', "
                    f"got {type(arg).__name__}"
                )
        self = object.__new__(cls)
        object.__setattr__(self, "_strings", tuple(strings))
        object.__setattr__(self, "_interpolations", tuple(interpolations))
        return self

    def __setattr__(self, name, value):
        raise AttributeError("readonly attribute")

    strings = property(lambda self: self._strings)
    interpolations = property(lambda self: self._interpolations)
    values = property(lambda self: tuple([part.value for part in self._interpolations]))

    def __iter__(self):
        for at, text in enumerate(self._strings):
            if text:
                yield text
            if at < len(self._interpolations):
                yield self._interpolations[at]

    def __add__(self, other):
        if isinstance(other, Template):
            return Template(*self, *other)
        raise TypeError(
            'can only concatenate string.templatelib.Template (not "'
            f'{type(other).__name__}") to string.templatelib.Template'
        )

    def __repr__(self):
        return f"Template(strings={self._strings!r}, interpolations={self._interpolations!r})"

    def __reduce__(self):
        return Template, tuple(self)

    def __init_subclass__(cls):
        raise TypeError("type 'string.templatelib.Template' is not an acceptable base type")


Template.__module__ = Interpolation.__module__ = "string.templatelib"
