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
