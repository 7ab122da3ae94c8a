# test: run
# Imports in functions that loops call: of modules that are there, of what they hold, of what changes
# meanwhile, and of what is not there.
import builtins
import sys
import types


def plain(n):
    total = 0
    for i in range(n):
        import math
        from math import floor, pi as half_turn
        total += floor(half_turn * i) + math.floor(0.5)
    return total


print(plain(300))


def parts(n):
    for _ in range(n):
        import os.path
        import os.path as p
        from os import path
        from os.path import join
        import collections.abc
    return p is path is os.path, join("a", "b"), collections.abc.Sized.__name__


print(parts(300))

shelf = types.ModuleType("shelf")
shelf.value = 1
sys.modules["shelf"] = shelf


def changed(n):
    told = []
    for i in range(n):
        import shelf as s
        from shelf import value
        if i == 100:
            s.value = 2
        elif i == 150:
            s.more = 1
        elif i == 200:
            other = types.ModuleType("shelf")
            other.value = "other"
            sys.modules["shelf"] = other
        elif i == 250:
            sys.modules["shelf"] = types.SimpleNamespace(value="no module")
        if not told or told[-1] != value:
            told.append(value)
    return told


print(changed(300))


def missing(n):
    told = []
    for i in range(n):
        sys.modules["shelf"] = shelf
        if i == 150:
            del sys.modules["shelf"]
        elif i == 160:
            sys.modules["shelf"] = None
        elif i == 170:
            del shelf.value
        try:
            from shelf import value
        except ImportError as error:
            if len(told) < 4:
                told.append((i, type(error).__name__, str(error).split(" (")[0]))
    return told


print(missing(200))


class Watching(types.ModuleType):
    @property
    def value(self):
        return "property"


def reclassed(n):
    module = types.ModuleType("reclassed")
    module.__dict__["value"] = "own"
    sys.modules["reclassed"] = module
    told = []
    for i in range(n):
        if i == n - 20:
            module.__class__ = Watching
        from reclassed import value
        if not told or told[-1] != value:
            told.append(value)
    return told


print(reclassed(200))


def fallback(n):
    module = types.ModuleType("fallback")
    module.__getattr__ = lambda name: name * 2
    sys.modules["fallback"] = module
    for i in range(n):
        if i == n - 20:
            module.ab = "own"
        from fallback import ab
        if i in (5, n - 21, n - 1):
            print(ab)


fallback(200)


def hooked(n):
    usual = builtins.__import__
    asked = []

    def own(name, *rest):
        asked.append(name)
        return usual(name, *rest)

    for i in range(n):
        if i == n - 5:
            builtins.__import__ = own
        import math
        from math import pi
    builtins.__import__ = usual
    return asked


print(hooked(200))


def package(n):
    # A package that does not hold its submodule is asked for it.
    import xml.dom
    told = []
    for i in range(n):
        if i == n - 5:
            kept = xml.dom
            del xml.dom
        try:
            from xml import dom
        except ImportError as error:
            dom = str(error).split(" (")[0]
        name = getattr(dom, "__name__", dom)
        if not told or told[-1] != name:
            told.append(name)
    xml.dom = kept
    return told


print(package(100))
