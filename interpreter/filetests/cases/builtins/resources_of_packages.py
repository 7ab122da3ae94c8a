# test: run
# The files beside modules, through the loaders that the modules' specs have.
import importlib
import importlib.machinery
import importlib.resources
import importlib.util
import os
import sys
import tempfile
import zipfile

with tempfile.TemporaryDirectory() as folder:
    for place, text in (("package/__init__.py", ""), ("package/data.txt", "beside"), ("package/sub/more.txt", "below"),
                        ("spread/only.txt", "in a folder"), ("lone.py", "")):
        path = os.path.join(folder, place)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w") as file:
            file.write(text)
    archive = os.path.join(folder, "archive.zip")
    with zipfile.ZipFile(archive, "w") as opened:
        opened.writestr("zipped/__init__.py", "")
        opened.writestr("zipped/data.txt", "in an archive")
    sys.path[:0] = [folder, archive]
    import lone
    import package
    import zipped
    spec = package.__spec__
    print(type(spec.loader).__name__, spec.loader.is_package("package"), spec.loader.name)
    print(type(lone.__spec__.loader).__name__, os.path.basename(lone.__spec__.loader.path))
    files = importlib.resources.files("package")
    print(files.joinpath("data.txt").read_text(), (files / "sub" / "more.txt").read_text())
    print(sorted(entry.name for entry in files.iterdir() if not entry.name.startswith("__pycache__")))
    print(importlib.resources.files("zipped").joinpath("data.txt").read_text())
    print(importlib.resources.files("spread").joinpath("only.txt").read_text())
    with importlib.resources.as_file(files / "data.txt") as path:
        print(path.name, path.is_file())
    os.remove(archive)
    importlib.invalidate_caches()
    print(importlib.util.find_spec("zipped_no_more"))
    try:
        spec.no_such_attribute
    except AttributeError as error:
        print(error)
