"""Modules in ZIP archives."""

import importlib.util
import os

__all__ = ["ZipImportError", "zipimporter"]


class ZipImportError(ImportError):
    pass


class zipimporter:
    """The modules of one archive, or of a folder in it."""

    def __init__(self, path):
        import zipfile
        path, inside = os.fsdecode(path), []
        if not path:
            raise ZipImportError("archive path is empty", path=path)
        archive = path
        while not os.path.isfile(archive):
            shorter, tail = os.path.split(archive)
            if shorter == archive:
                raise ZipImportError(f"not a Zip file: {path!r}", path=path)
            archive = shorter
            if tail:
                inside.insert(0, tail)
        if not zipfile.is_zipfile(archive):
            raise ZipImportError(f"not a Zip file: {archive!r}", path=archive)
        self.archive, self.prefix = archive, "".join(part + os.sep for part in inside)
        with zipfile.ZipFile(archive) as opened:
            self._files = {info.filename: info for info in opened.infolist()}

    def _get_files(self):
        return self._files

    def _place(self, fullname):
        """The name in the archive of a module's source, and whether it is a package."""
        start = self.prefix + fullname.rpartition(".")[2]
        for suffix in (".py", ".pyc"):
            for name, is_package in ((f"{start}/__init__{suffix}", True), (start + suffix, False)):
                if name in self._files:
                    return name, is_package
        raise ZipImportError(f"can't find module {fullname!r}", name=fullname)

    def get_data(self, pathname):
        import zipfile
        name = pathname.removeprefix(self.archive + os.sep)
        if name not in self._files:
            raise OSError(0, "", name)
        with zipfile.ZipFile(self.archive) as opened:
            return opened.read(name)

    def get_filename(self, fullname):
        return os.path.join(self.archive, self._place(fullname)[0])

    def is_package(self, fullname):
        return self._place(fullname)[1]

    def get_source(self, fullname):
        name = self._place(fullname)[0]
        return None if name.endswith(".pyc") else importlib.util.decode_source(self.get_data(name))

    def get_code(self, fullname):
        name = self._place(fullname)[0]
        if name.endswith(".pyc"):
            from importlib.machinery import SourcelessFileLoader
            loader = SourcelessFileLoader(fullname, self.get_filename(fullname))
            loader.get_data = self.get_data
            return loader.get_code(fullname)
        return compile(self.get_source(fullname), self.get_filename(fullname), "exec", dont_inherit=True)

    def find_spec(self, fullname, target=None):
        try:
            is_package = self.is_package(fullname)
        except ZipImportError:
            return None
        spec = importlib.util.spec_from_loader(fullname, self, origin=self.get_filename(fullname),
                                               is_package=is_package)
        spec.has_location = True
        if is_package:
            folder = self.prefix + fullname.rpartition(".")[2]
            spec.submodule_search_locations = [os.path.join(self.archive, folder)]
        return spec

    def get_resource_reader(self, fullname):
        from importlib.resources.readers import ZipReader
        return ZipReader(self, fullname)

    def create_module(self, spec):
        return None

    def exec_module(self, module):
        exec(self.get_code(module.__name__), module.__dict__)

    def invalidate_caches(self):
        try:
            self.__init__(os.path.join(self.archive, self.prefix.rstrip(os.sep)))
        except ZipImportError:
            self._files = {}

    def __repr__(self):
        return f'<zipimporter object "{os.path.join(self.archive, self.prefix)}">'
