"""Helpers for those who find, make and load modules themselves."""

import sys
from importlib.machinery import ModuleSpec, SourceFileLoader

MAGIC_NUMBER = b"\x00krb"
_ABSENT = object()


def resolve_name(name, package):
    """The absolute name of a relative one."""
    if not name.startswith("."):
        return name
    if not package:
        raise ImportError(f"no package specified for {name!r} (required for relative module names)")
    level = len(name) - len(name.lstrip("."))
    parts = package.rsplit(".", level - 1)
    if len(parts) < level:
        raise ImportError("attempted relative import beyond top-level package")
    tail = name[level:]
    return f"{parts[0]}.{tail}" if tail else parts[0]


def _find_spec(name, path=None):
    """The spec of a module that may be loaded already, by the finders on `sys.meta_path`."""
    for finder in sys.meta_path:
        if hasattr(finder, "find_spec"):
            spec = finder.find_spec(name, path)
            if spec is not None:
                return spec
    return None


def find_spec(name, package=None):
    """The spec of a module, without loading it (but its packages are); None if there is none."""
    fullname = resolve_name(name, package)
    if fullname in sys.modules:
        module = sys.modules[fullname]
        if module is None:
            return None
        spec = getattr(module, "__spec__", _ABSENT)
        if spec is _ABSENT:
            raise ValueError(f"{name}.__spec__ is not set")
        if spec is None:
            raise ValueError(f"{name}.__spec__ is None")
        return spec
    parent = fullname.rpartition(".")[0]
    path = None
    if parent:
        module = __import__(parent, fromlist=["__path__"])
        try:
            path = module.__path__
        except AttributeError as error:
            raise ModuleNotFoundError(
                f"__path__ attribute not found on {parent!r} while trying to find {fullname!r}",
                name=fullname,
            ) from error
    return _find_spec(fullname, path)


def spec_from_loader(name, loader, *, origin=None, is_package=None):
    if is_package is None and hasattr(loader, "is_package"):
        try:
            is_package = loader.is_package(name)
        except ImportError:
            is_package = None
    spec = ModuleSpec(name, loader, origin=origin, is_package=bool(is_package))
    if origin is None and hasattr(loader, "get_filename"):
        spec.origin = loader.get_filename(name)
        spec.has_location = True
    return spec


def spec_from_file_location(name, location=None, *, loader=None,
                            submodule_search_locations=_ABSENT):
    if location is None:
        if not hasattr(loader, "get_filename"):
            return None
        location = loader.get_filename(name)
    else:
        from os import fspath
        from os.path import abspath
        location = abspath(fspath(location))
    if loader is None:
        if not location.endswith(".py"):
            return None
        loader = SourceFileLoader(name, location)
    spec = ModuleSpec(name, loader, origin=location)
    spec.has_location = True
    if submodule_search_locations is _ABSENT:
        if hasattr(loader, "is_package") and loader.is_package(name):
            submodule_search_locations = []
        else:
            submodule_search_locations = None
    if submodule_search_locations == []:
        submodule_search_locations = [location.rpartition("/")[0]]
    spec.submodule_search_locations = submodule_search_locations
    if submodule_search_locations is not None:
        spec.parent = name
    return spec


def module_from_spec(spec):
    """A module for a spec, not executed yet."""
    module = None
    if hasattr(spec.loader, "create_module"):
        module = spec.loader.create_module(spec)
    if module is None:
        module = type(sys)(spec.name)
    module.__spec__ = spec
    module.__loader__ = spec.loader
    module.__package__ = spec.parent
    if spec.submodule_search_locations is not None:
        module.__path__ = spec.submodule_search_locations
    if spec.has_location:
        module.__file__ = spec.origin
        module.__cached__ = None
    return module


def decode_source(source_bytes):
    """The text of a source file, by its declaration or as UTF-8, its newlines made one kind."""
    import re
    encoding = "utf-8-sig"
    for line in source_bytes.split(b"\n", 2)[:2]:
        found = re.match(rb"^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)", line)
        if found:
            encoding = found[1].decode()
            break
        if line.strip() and not line.lstrip().startswith(b"#"):
            break
    return source_bytes.decode(encoding).replace("\r\n", "\n").replace("\r", "\n")


def source_hash(source_bytes):
    from hashlib import blake2s
    return blake2s(source_bytes, digest_size=8).digest()


def cache_from_source(path, debug_override=None, *, optimization=None):
    """Where another interpreter would keep the compiled file."""
    from os import fspath
    head, _, tail = fspath(path).rpartition("/")
    base = tail.rpartition(".")[0] or tail
    if debug_override is not None:
        optimization = "" if debug_override else 1
    elif optimization is None:
        optimization = sys.flags.optimize or ""
    if not str(optimization).isalnum() and optimization != "":
        raise ValueError(f"{optimization!r} is not alphanumeric")
    suffix = f".opt-{optimization}" if optimization != "" else ""
    name = f"{base}.{sys.implementation.cache_tag}{suffix}.pyc"
    return f"{head}/__pycache__/{name}" if head else f"__pycache__/{name}"


def source_from_cache(path):
    """The source file of such a path."""
    from os import fspath
    head, _, tail = fspath(path).rpartition("/")
    head, _, folder = head.rpartition("/")
    if folder != "__pycache__":
        raise ValueError(f"__pycache__ not bottom-level directory in {path!r}")
    base = tail.partition(".")[0] + ".py"
    return f"{head}/{base}" if head else base


class LazyLoader:
    """Puts off executing a module until one of its attributes is asked for."""

    def __init__(self, loader):
        if not hasattr(loader, "exec_module"):
            raise TypeError("loader must define exec_module()")
        self.loader = loader

    @classmethod
    def factory(cls, loader):
        return lambda *args, **kwargs: cls(loader(*args, **kwargs))

    def create_module(self, spec):
        return self.loader.create_module(spec)

    def exec_module(self, module):
        module.__spec__.loader = module.__loader__ = self.loader
        module.__class__ = _LazyModule


class _LazyModule(type(sys)):
    def __getattribute__(self, name):
        loader = object.__getattribute__(self, "__spec__").loader
        self.__class__ = type(sys)
        loader.exec_module(self)
        return getattr(self, name)
