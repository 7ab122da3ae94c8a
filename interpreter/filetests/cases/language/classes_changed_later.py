# test: run
# What may be assigned to and deleted from classes, objects and modules after they are made.
import types


def show(label, action):
    try:
        print(label, action())
    except Exception as error:
        print(label, "|", type(error).__name__, "|", error)


class Items(dict):
    def __init__(self):
        self.__dict__ = self


def items():
    made = Items()
    made.a = 5
    made["b"] = 7
    del made.a
    made["c"] = made.b + 1
    return dict(made), made.b, made.c, hasattr(made, "a"), sorted(vars(made))


show("its own dictionary", items)
show("empty", lambda: Items())


class Plain:
    pass


class Meta(type):
    @property
    def managed(cls):
        return "managed"

    @managed.deleter
    def managed(cls):
        print("deleter runs")


class Managed(metaclass=Meta):
    pass


def delete(target, name):
    delattr(target, name)
    return "deleted"


show("meta property", lambda: delete(Managed, "managed"))
show("namespace", lambda: delete(Plain, "__dict__"))
show("doc", lambda: delete(Plain, "__doc__"))
show("name", lambda: delete(Plain, "__name__"))
show("nul", lambda: setattr(Plain, "__name__", "a\0b"))
show("missing", lambda: delete(Plain, "missing"))
Plain.found = 1
show("found", lambda: delete(Plain, "found"))


def replaced():
    made = Plain()
    made.x = 1
    del made.__dict__
    before = made.__dict__
    made.y = 2
    return before, made.__dict__


show("dictionary", replaced)
show("no dictionary", lambda: setattr(Plain(), "__dict__", 5))


class OfModule(types.ModuleType):
    @property
    def computed(self):
        return "computed by " + self.__name__

    def __getattr__(self, name):
        return "asked for " + name


def of_module():
    module = types.ModuleType("some")
    module.x = 1
    before = [getattr(module, "x", None) for _ in range(3)]
    module.__class__ = OfModule
    inside = module.x, module.computed, module.y, type(module).__name__
    module.x = 2
    after = module.x, module.__dict__["x"]
    module.__class__ = types.ModuleType
    return before, inside, after, type(module).__name__, hasattr(module, "y")


show("module", of_module)
show("no module", lambda: setattr(types.ModuleType("m"), "__class__", Plain))


class Ordering(type):
    def mro(cls):
        if "early" in cls.__dict__:
            print("class cell", cls.__dict__["early"]() is cls)
        return super().mro()


class Early(metaclass=Ordering):
    def early():
        return __class__


class Reserved(type):
    def __new__(meta, name, bases, space, slot):
        space["__slots__"] = [slot]
        return super().__new__(meta, name, bases, space)


def reserved(slot):
    class Made(metaclass=Reserved, slot=slot):
        def method(self):
            return __class__

    return Made.__slots__, Made().method() is Made


show("slot", lambda: reserved("__classcell__"))
show("slot", lambda: reserved("__qualname__"))


class Parent:
    pass


def with_keyword():
    class Child(Parent, x=5):
        pass


show("keyword", with_keyword)
show("super", lambda: super(Plain, 5))
show("super", lambda: super(Plain, int))
show("super", lambda: super(int, Plain()))
