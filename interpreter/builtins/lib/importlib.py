"""Importing by name. The machinery itself is the interpreter's; `importlib.machinery` describes it."""

import sys
from builtins import __import__

__all__ = ["__import__", "import_module", "invalidate_caches", "reload"]


class _Finder:
    """Stands on `sys.meta_path` for how the interpreter finds modules, until `importlib.machinery`
    puts the finders there that programs know."""

    _is_interpreters = True

    @staticmethod
    def find_spec(fullname, path=None, target=None):
        from importlib.machinery import _OWN_FINDERS
        for finder in _OWN_FINDERS:
            spec = finder.find_spec(fullname, path, target)
            if spec is not None:
                return spec
        return None

    @staticmethod
    def find_distributions(*args, **kwargs):
        from importlib.metadata import MetadataPathFinder
        return MetadataPathFinder.find_distributions(*args, **kwargs)


sys.meta_path.append(_Finder)


def _find_in_archives(name, path):
    """The spec of a module that lies in none of the folders of a path."""
    from importlib.machinery import PathFinder
    return PathFinder.find_spec(name, path)


def import_module(name, package=None):
    """Imports a module; a name that begins with dots is relative to `package`."""
    if name.startswith("."):
        from importlib.util import resolve_name
        if not package:
            raise TypeError(
                f"the 'package' argument is required to perform a relative import for {name!r}"
            )
        name = resolve_name(name, package)
    __import__(name)
    return sys.modules[name]


def invalidate_caches():
    """Tells the finders on `sys.meta_path` that there may be new modules."""
    for finder in sys.meta_path:
        if hasattr(finder, "invalidate_caches"):
            finder.invalidate_caches()


def reload(module):
    """Executes a module again in its own namespace."""
    from importlib import util
    spec = getattr(module, "__spec__", None)
    try:
        name = spec.name
    except AttributeError:
        try:
            name = module.__name__
        except AttributeError:
            raise TypeError("reload() argument must be a module") from None
    if sys.modules.get(name) is not module:
        raise ImportError(f"module {name} not in sys.modules", name=name)
    parent = name.rpartition(".")[0]
    path = None
    if parent:
        try:
            path = sys.modules[parent].__path__
        except KeyError:
            raise ImportError(f"parent {parent!r} not in sys.modules", name=parent) from None
    spec = util._find_spec(name, path)
    if spec is None:
        raise ModuleNotFoundError(f"spec not found for the module {name!r}", name=name)
    module.__spec__ = spec
    spec.loader.exec_module(module)
    return sys.modules[name]
