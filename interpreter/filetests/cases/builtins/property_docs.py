# test: run
# Where the documentation of a property comes from, and what static and class methods have.
class Documented(property):
    """of the subclass"""


class Plain(property):
    pass


def getter(self):
    "of the getter"


def other_getter(self):
    "of another getter"


def silent(self):
    pass


def show(label, action):
    try:
        print(label, action())
    except Exception as error:
        print(label, "|", type(error).__name__, "|", error)


for kind in (property, Documented, Plain):
    name = kind.__name__
    show(name, lambda: kind(getter).__doc__)
    show(name, lambda: kind(silent).__doc__)
    show(name, lambda: kind(getter, doc="given").__doc__)
    show(name, lambda: kind(getter, None, None, "given").setter(silent).__doc__)
    show(name, lambda: kind(getter).getter(other_getter).__doc__)
    show(name, lambda: kind(getter, doc="given").getter(other_getter).__doc__)
    show(name, lambda: kind(silent).getter(other_getter).__doc__)
    show(name, lambda: kind(silent, doc="given").deleter(silent).__doc__)
    show(name, lambda: kind(getter).getter(silent).__doc__)
    changed = kind(getter)
    changed.__doc__ = "changed"
    show(name, lambda: changed.__doc__)


class Slotted(property):
    __slots__ = ()


class SlottedDoc(property):
    __slots__ = ("__doc__",)


show("no slot", lambda: Slotted(getter).__doc__)
show("no slot", lambda: Slotted(silent).__doc__)
show("no slot", lambda: Slotted(getter, doc="dropped").__doc__)
show("a slot", lambda: SlottedDoc(getter).__doc__)


class Outer:
    class Inner:
        empty = property()


def set_empty():
    Outer.Inner().empty = 5


def delete_empty():
    del Outer.Inner().empty


show("get", lambda: Outer.Inner().empty)
show("set", set_empty)
show("delete", delete_empty)
show("of nothing", lambda: property(getter).__get__(None, None))

static, of_class = staticmethod(getter), classmethod(getter)
for method in (static, of_class):
    method.extra = 5
    show("extra", lambda: method.extra)
    del method.extra
    show("extra", lambda: method.extra)
    show("annotations", lambda: method.__annotations__)
    show("wrapped", lambda: method.__wrapped__ is getter)
    show("doc", lambda: method.__doc__)
show("static", lambda: static.__get__(None, None) is getter)
show("of nothing", lambda: of_class.__get__(None, None))


class Methods:
    @classmethod
    @property
    def chained(cls):
        return 1

    around = classmethod(staticmethod(lambda *args: args))


show("chained", lambda: type(Methods.chained).__name__)
show("around", lambda: Methods.around(1))
