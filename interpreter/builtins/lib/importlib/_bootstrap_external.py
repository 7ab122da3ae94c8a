"""The names by which some modules know the loaders of files."""

from importlib.machinery import (
    BYTECODE_SUFFIXES, EXTENSION_SUFFIXES, SOURCE_SUFFIXES, ExtensionFileLoader, FileFinder,
    NamespaceLoader, PathFinder, SourceFileLoader, SourceLoader, SourcelessFileLoader,
)
from importlib.util import (
    MAGIC_NUMBER, cache_from_source, decode_source, source_from_cache, spec_from_file_location,
)


def _head(flags, first, second):
    numbers = (flags, first & 0xFFFFFFFF, second & 0xFFFFFFFF)
    return MAGIC_NUMBER + b"".join(number.to_bytes(4, "little") for number in numbers)


def _code_to_timestamp_pyc(code, mtime=0, source_size=0):
    """A compiled file that is good as long as its source has this time and size."""
    import marshal
    return bytearray(_head(0, int(mtime), source_size) + marshal.dumps(code))


def _code_to_hash_pyc(code, source_hash, checked=True):
    """A compiled file that is good as long as its source has this hash, or for ever."""
    import marshal
    return bytearray(_head(1 | checked << 1, 0, 0)[:8] + source_hash + marshal.dumps(code))


def _calc_mode(path):
    """The rights of a compiled file: those of its source, and to write."""
    import os
    try:
        mode = os.stat(path).st_mode
    except OSError:
        mode = 0o666
    return mode | 0o200


def _write_atomic(path, data, mode=0o666):
    """Writes a file so that others see it whole or not at all."""
    import os
    beside = f"{path}.{id(path)}"
    fd = os.open(beside, os.O_EXCL | os.O_CREAT | os.O_WRONLY, mode & 0o666)
    try:
        with open(fd, "wb") as file:
            file.write(data)
        os.replace(beside, path)
    except OSError:
        os.unlink(beside)
        raise


def _get_sourcefile(bytecode_path):
    """The source beside a compiled file or above its `__pycache__`, if there is one."""
    import os
    if not bytecode_path:
        return None
    stem, _, suffix = bytecode_path.rpartition(".")
    if not stem or suffix.lower()[-3:-1] != "py":
        return bytecode_path
    try:
        source = source_from_cache(bytecode_path)
    except (NotImplementedError, ValueError):
        source = bytecode_path[:-1]
    return source if os.path.isfile(source) else bytecode_path
