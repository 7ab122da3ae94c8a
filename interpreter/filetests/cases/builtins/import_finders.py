# test: run
# Finders on sys.meta_path are asked in their order, those in front before the interpreter's own.
import importlib
import importlib.machinery
import importlib.util
import os
import sys
import tempfile
import zipfile

print([finder.__name__ for finder in sys.meta_path if finder is importlib.machinery.PathFinder])
asked = []


class Rewriter:
    """Takes what the path has, and loads it another way."""

    def find_spec(self, name, path=None, target=None):
        asked.append(name)
        if not name.startswith("found_"):
            return None
        spec = importlib.machinery.PathFinder.find_spec(name, path)
        if spec is None or not isinstance(spec.loader, importlib.machinery.SourceFileLoader):
            return None
        return importlib.util.spec_from_file_location(
            name, spec.origin, loader=self,
            submodule_search_locations=spec.submodule_search_locations)

    def create_module(self, spec):
        return None

    def exec_module(self, module):
        source = importlib.util.decode_source(open(module.__spec__.origin, "rb").read())
        exec(compile(source.replace("plain", "rewritten"), module.__file__, "exec"), module.__dict__)


class Last:
    @staticmethod
    def find_spec(name, path, target=None):
        asked.append("last " + name)
        return None


with tempfile.TemporaryDirectory() as folder:
    package = os.path.join(folder, "found_package")
    os.mkdir(package)
    for place, text in (("found_module.py", "what = 'plain'\n"), ("other.py", "what = 'plain'\n"),
                        ("found_package/__init__.py", "what = 'plain package'\n"),
                        ("found_package/inner.py", "what = 'plain inner'\n")):
        with open(os.path.join(folder, place), "w") as file:
            file.write(text)
    with zipfile.ZipFile(os.path.join(folder, "archive.zip"), "w") as archive:
        archive.writestr("zipped.py", "what = 'in an archive'\n")
        archive.writestr("zipped_package/__init__.py", "")
        archive.writestr("zipped_package/part.py", "what = __name__\n")
    sys.path.insert(0, folder)
    sys.path.append(os.path.join(folder, "archive.zip"))
    sys.meta_path.insert(0, Rewriter())
    sys.meta_path.append(Last)
    import found_module
    import found_package.inner
    import other
    print(found_module.what, found_package.what, found_package.inner.what, other.what)
    print(found_package.__package__, found_package.inner.__package__, found_package.inner.__name__)
    print(os.path.basename(found_module.__file__), type(found_module.__loader__).__name__)
    print([name for name in asked if name.startswith(("found", "last found", "other"))])
    asked.clear()
    try:
        import missing_module
    except ModuleNotFoundError as error:
        print(error, asked[:2])
    import zipped
    import zipped_package.part
    print(zipped.what, zipped_package.part.what, os.path.relpath(zipped.__file__, folder))
    print(importlib.util.find_spec("other").name, importlib.util.find_spec("no_such_module"))
    print(importlib.util.find_spec("zipped_package.part").has_location)
