# test: bytecode
@decorate
@register("name")
class Point(Base, metaclass=Meta, **options):
    """A point."""

    x: int = 0
    __slots__ = ("x", "__hidden")

    def area(self, other: "Point", *, scale=1.0) -> float:
        """The area."""
        self.cached = self.__hidden
        return __class__

    if x:
        y: str


def outer(x):
    class Inner:
        z = x

        def get(self):
            return x

    return Inner
