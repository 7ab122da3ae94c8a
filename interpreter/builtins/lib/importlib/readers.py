"""Reading the files beside a module, for `importlib.resources`."""

import pathlib
from importlib.resources import abc


class FileReader(abc.TraversableResources):
    """The files beside a module that was loaded from a file."""

    def __init__(self, loader):
        self.path = pathlib.Path(loader.path).parent

    def resource_path(self, resource):
        return str(self.path.joinpath(resource))

    def files(self):
        return self.path


class FolderReader(abc.TraversableResources):
    """The files of a package that is made of folders alone."""

    def __init__(self, folders):
        self._folders = list(folders)

    def files(self):
        from importlib.resources.readers import MultiplexedPath
        return MultiplexedPath(*self._folders)
