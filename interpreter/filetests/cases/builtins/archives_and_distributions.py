# test: run
"""Importers of ZIP archives, and what is told of installed distributions."""
import importlib.metadata
import importlib.util
import os
import sys
import tempfile
import zipfile
import zipimport

folder = tempfile.mkdtemp()
path = os.path.join(folder, "a.zip")
with zipfile.ZipFile(path, "w") as archive:
    archive.writestr("single.py", "value = 42\n")
    archive.writestr("pack/__init__.py", "from . import __name__ as n\n")
    archive.writestr("pack/inner.py", "x = 'é'\n")
    archive.writestr("pack/data.txt", "text")
importer = zipimport.zipimporter(path)
print(importer.archive == path, importer.prefix, importer.is_package("pack"), importer.is_package("single"))
print(importer.get_source("single"), importer.get_filename("pack") == os.path.join(path, "pack", "__init__.py"))
print(importer.get_data(os.path.join(path, "pack/data.txt")), importer.find_spec("absent"))
spec = importer.find_spec("single")
module = importlib.util.module_from_spec(spec)
spec.loader.exec_module(module)
print(module.value, spec.origin == os.path.join(path, "single.py"))
inner = zipimport.zipimporter(os.path.join(path, "pack"))
print(inner.prefix, ascii(inner.get_source("inner")))
for bad in ("", os.path.join(folder, "none.zip"), __file__):
    try:
        zipimport.zipimporter(bad)
    except zipimport.ZipImportError as error:
        print(type(error).__name__)
try:
    importer.get_code("absent")
except zipimport.ZipImportError as error:
    print(error)

info = os.path.join(folder, "some_project-1.5.dist-info")
os.mkdir(info)
with open(os.path.join(info, "METADATA"), "w") as file:
    file.write("Metadata-Version: 2.1\nName: some-project\nVersion: 1.5\nSummary: what it is\n")
with open(os.path.join(info, "entry_points.txt"), "w") as file:
    file.write("[some.group]\nfirst = json:dumps\n")
sys.path.insert(0, folder)
print(importlib.metadata.version("some_project"), importlib.metadata.metadata("some-project")["Summary"])
(point,) = importlib.metadata.entry_points(group="some.group")
print(point.name, point.value, point.load()([1]))
try:
    importlib.metadata.version("absent-project")
except importlib.metadata.PackageNotFoundError as error:
    print(error)
