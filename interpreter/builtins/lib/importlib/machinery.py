"""Finders and loaders: how the interpreter finds modules, as objects that programs know."""

import _imp
import importlib
import sys

SOURCE_SUFFIXES = [".py"]
BYTECODE_SUFFIXES = [".pyc"]
DEBUG_BYTECODE_SUFFIXES = OPTIMIZED_BYTECODE_SUFFIXES = BYTECODE_SUFFIXES
EXTENSION_SUFFIXES = []

ModuleSpec = type(__spec__)


def _init(self, name, loader, *, origin=None, loader_state=None, is_package=None):
    self.name = name
    self.loader = loader
    self.origin = origin
    self.loader_state = loader_state
    self.submodule_search_locations = [] if is_package else None
    self.cached = None
    self.has_location = False
    self.parent = name if is_package else name.rpartition(".")[0]
    self._initializing = False
    self._uninitialized_submodules = []


def _repr(self):
    fields = [f"name={self.name!r}", f"loader={self.loader!r}"]
    if self.origin is not None:
        fields.append(f"origin={self.origin!r}")
    if self.submodule_search_locations is not None:
        fields.append(f"submodule_search_locations={self.submodule_search_locations}")
    return f"ModuleSpec({', '.join(fields)})"


def _eq(self, other):
    if not isinstance(other, ModuleSpec):
        return NotImplemented
    names = ("name", "loader", "origin", "submodule_search_locations", "cached", "has_location")
    return all(getattr(self, name) == getattr(other, name) for name in names)


ModuleSpec.__init__ = _init
ModuleSpec.__repr__ = _repr
ModuleSpec.__eq__ = _eq


def all_suffixes():
    """The endings of files that can be imported."""
    return SOURCE_SUFFIXES + BYTECODE_SUFFIXES + EXTENSION_SUFFIXES


class _Loader:
    def create_module(self, spec):
        return None

    def exec_module(self, module):
        exec(self.get_code(module.__name__), module.__dict__)

    def load_module(self, fullname):
        from importlib.util import spec_from_loader, module_from_spec
        module = sys.modules.get(fullname)
        if module is None:
            module = sys.modules[fullname] = module_from_spec(spec_from_loader(fullname, self))
        self.exec_module(module)
        return sys.modules[fullname]

    def get_code(self, fullname):
        source = self.get_source(fullname)
        return None if source is None else self.source_to_code(source, self._place(fullname))

    @staticmethod
    def source_to_code(data, path="<string>", *, _optimize=-1):
        return compile(data, path, "exec", dont_inherit=True, optimize=_optimize)


class FileLoader(_Loader):
    """Loads a module from a file."""

    def __init__(self, fullname, path):
        self.name = fullname
        self.path = path

    def __eq__(self, other):
        return self.__class__ == other.__class__ and self.__dict__ == other.__dict__

    def __hash__(self):
        return hash(self.name) ^ hash(self.path)

    def __repr__(self):
        return f"<{type(self).__module__}.{type(self).__name__} object at {id(self):#x}>"

    def _place(self, fullname):
        return self.path

    def get_filename(self, name=None):
        return self.path

    def get_data(self, path):
        with open(path, "rb") as file:
            return file.read()

    def is_package(self, fullname):
        return self.path.rpartition("/")[2].rpartition(".")[0] == "__init__" and (
            fullname.rpartition(".")[2] != "__init__")

    def get_resource_reader(self, name=None):
        from importlib.readers import FileReader
        return FileReader(self)


class SourceLoader(FileLoader):
    def get_source(self, fullname):
        from importlib.util import decode_source
        try:
            return decode_source(self.get_data(self.get_filename(fullname)))
        except OSError as error:
            raise ImportError("source not available through get_data()", name=fullname) from error

    def path_stats(self, path):
        from os import stat
        found = stat(path)
        return {"mtime": found.st_mtime, "size": found.st_size}


class SourceFileLoader(SourceLoader):
    """Loads a module from a file of Python text."""


class SourcelessFileLoader(FileLoader):
    """Loads a module from a compiled file."""

    def get_code(self, fullname):
        from importlib.util import MAGIC_NUMBER
        import marshal
        data = self.get_data(self.get_filename(fullname))
        if data[:4] != MAGIC_NUMBER:
            raise ImportError(f"bad magic number in {fullname!r}: {data[:4]!r}",
                              name=fullname, path=self.path)
        return marshal.loads(data[16:])

    def get_source(self, fullname):
        return None


class ExtensionFileLoader(FileLoader):
    """Modules in C cannot be loaded."""

    def create_module(self, spec):
        raise ImportError("modules in C cannot be loaded", name=spec.name, path=self.path)

    def get_source(self, fullname):
        return None


AppleFrameworkLoader = ExtensionFileLoader


class NamespaceLoader(_Loader):
    """Loads a package that is a folder without `__init__.py`."""

    def __init__(self, name, path, path_finder=None):
        self._path = path

    def is_package(self, fullname):
        return True

    def get_source(self, fullname):
        return ""

    def get_resource_reader(self, name=None):
        from importlib.readers import FolderReader
        return FolderReader(self._path)

    def _place(self, fullname):
        return "<string>"

    def exec_module(self, module):
        pass


class BuiltinImporter(_Loader):
    """Modules written in Rust."""

    _is_interpreters = True

    @classmethod
    def find_spec(cls, fullname, path=None, target=None):
        if _imp.is_builtin(fullname):
            return ModuleSpec(fullname, cls, origin="built-in")
        return None

    @staticmethod
    def create_module(spec):
        return sys.modules.get(spec.name) or __import__(spec.name)

    @staticmethod
    def exec_module(module):
        pass

    @classmethod
    def get_code(cls, fullname):
        return None

    @classmethod
    def get_source(cls, fullname):
        return None

    @classmethod
    def is_package(cls, fullname):
        return False


class FrozenImporter(_Loader):
    """Modules in Python that the executable carries."""

    _is_interpreters = True

    @classmethod
    def find_spec(cls, fullname, path=None, target=None):
        if not _imp.is_frozen(fullname):
            return None
        return ModuleSpec(fullname, cls, origin="frozen",
                          is_package=_imp.is_frozen_package(fullname))

    @staticmethod
    def create_module(spec):
        return None

    @classmethod
    def exec_module(cls, module):
        exec(cls.get_code(module.__name__), module.__dict__)

    @classmethod
    def get_code(cls, fullname):
        return compile(cls.get_source(fullname), f"<frozen {fullname}>", "exec", dont_inherit=True)

    @classmethod
    def get_source(cls, fullname):
        if not _imp.is_frozen(fullname):
            raise ImportError(f"{fullname!r} is not a frozen module", name=fullname)
        return _imp._frozen_source(fullname)

    @classmethod
    def is_package(cls, fullname):
        return _imp.is_frozen_package(fullname)


class FileFinder:
    """Looks for modules in one folder."""

    def __init__(self, path, *loader_details):
        self.path = path or "."

    @classmethod
    def path_hook(cls, *loader_details):
        def path_hook_for_FileFinder(path):
            from os.path import isdir
            if path and not isdir(path):
                raise ImportError("only directories are supported", path=path)
            return cls(path, *loader_details)
        return path_hook_for_FileFinder

    def invalidate_caches(self):
        pass

    def __repr__(self):
        return f"FileFinder({self.path!r})"

    def find_spec(self, fullname, target=None):
        from importlib.util import spec_from_file_location
        from os.path import isdir, isfile
        base = f"{self.path}/{fullname.rpartition('.')[2]}"
        if isfile(f"{base}/__init__.py"):
            return spec_from_file_location(fullname, f"{base}/__init__.py",
                                           submodule_search_locations=[base])
        if isfile(f"{base}.py"):
            return spec_from_file_location(fullname, f"{base}.py")
        if isdir(base):
            spec = ModuleSpec(fullname, None)
            spec.submodule_search_locations = [base]
            return spec
        return None


class PathFinder:
    """Looks for modules in the folders and archives of a path."""

    _is_interpreters = True

    @staticmethod
    def invalidate_caches():
        for place, finder in list(sys.path_importer_cache.items()):
            if finder is None:
                del sys.path_importer_cache[place]
            elif hasattr(finder, "invalidate_caches"):
                finder.invalidate_caches()

    @staticmethod
    def _finder(place):
        """What looks for modules in one place, by the first of `sys.path_hooks` that will."""
        try:
            return sys.path_importer_cache[place]
        except KeyError:
            pass
        found = None
        for hook in sys.path_hooks:
            try:
                found = hook(place)
                break
            except ImportError:
                pass
        sys.path_importer_cache[place] = found
        return found

    @classmethod
    def find_spec(cls, fullname, path=None, target=None):
        portions = []
        for place in sys.path if path is None else path:
            if not isinstance(place, str):
                continue
            finder = cls._finder(place or ".")
            spec = None if finder is None else finder.find_spec(fullname)
            if spec is None:
                continue
            if spec.loader is not None:
                return spec
            portions.extend(spec.submodule_search_locations)
        if not portions:
            return None
        spec = ModuleSpec(fullname, None, is_package=True)
        spec.loader = NamespaceLoader(fullname, portions)
        spec.submodule_search_locations = portions
        return spec

    @staticmethod
    def find_distributions(*args, **kwargs):
        from importlib.metadata import MetadataPathFinder
        return MetadataPathFinder.find_distributions(*args, **kwargs)


def _loader_of(spec):
    """The loader that stands for how the interpreter loaded a module."""
    if spec.has_location:
        return SourceFileLoader(spec.name, spec.origin)
    if spec.origin == "frozen":
        return FrozenImporter
    if spec.origin == "built-in":
        return BuiltinImporter
    if spec.submodule_search_locations is not None:
        return NamespaceLoader(spec.name, spec.submodule_search_locations)
    return None


def _zip_hook(path):
    """Archives are read by a module that few programs need."""
    from os.path import isdir
    if isdir(path):
        raise ImportError("not a Zip file", path=path)
    from zipimport import zipimporter
    return zipimporter(path)


_OWN_FINDERS = [BuiltinImporter, PathFinder, FrozenImporter]
if not sys.path_hooks:
    sys.path_hooks.extend([_zip_hook, FileFinder.path_hook((SourceFileLoader, SOURCE_SUFFIXES))])
for _at, _finder in enumerate(sys.meta_path):
    if _finder is importlib._Finder:
        sys.meta_path[_at:_at + 1] = _OWN_FINDERS
        break


class WindowsRegistryFinder:
    """There is no registry here."""

    @staticmethod
    def find_spec(fullname, path=None, target=None):
        return None
