"""Plain values as bytes and back, in the format of CPython's second version. Code has a form of its
own, which only this version of the interpreter reads."""

import _imp
import struct
from types import CodeType

version = 2


def dumps(value, version=version, /, *, allow_code=True):
    out = bytearray()
    _write(value, out, 0, allow_code)
    return bytes(out)


def dump(value, file, version=version, /, *, allow_code=True):
    return file.write(dumps(value, version, allow_code=allow_code))


def _sized(kind, data, out):
    out += kind + struct.pack("<i", len(data)) + data


def _write(value, out, depth, allow_code):
    if depth > 2000:
        raise ValueError("object too deeply nested to marshal")
    kind = type(value)
    if value in (None, True, False, ..., StopIteration) and kind in (type(None), bool, type(...), type):
        out += {None: b"N", True: b"T", False: b"F", ...: b".", StopIteration: b"S"}[value]
    elif kind is int:
        if -(1 << 31) <= value < 1 << 31:
            out += b"i" + struct.pack("<i", value)
        else:
            digits, rest = [], abs(value)
            while rest:
                digits.append(rest & 0x7FFF)
                rest >>= 15
            count = len(digits) if value > 0 else -len(digits)
            out += b"l" + struct.pack(f"<i{len(digits)}H", count, *digits)
    elif kind is float:
        out += b"g" + struct.pack("<d", value)
    elif kind is complex:
        out += b"y" + struct.pack("<dd", value.real, value.imag)
    elif kind is str:
        _sized(b"u", value.encode("utf-8", "surrogatepass"), out)
    elif kind in (bytes, bytearray, memoryview):
        _sized(b"s", bytes(value), out)
    elif kind in _CONTAINERS:
        out += _CONTAINERS[kind] + struct.pack("<i", len(value))
        for item in value:
            _write(item, out, depth + 1, allow_code)
    elif kind is dict:
        out += b"{"
        for key, item in value.items():
            _write(key, out, depth + 1, allow_code)
            _write(item, out, depth + 1, allow_code)
        out += b"0"
    elif kind is CodeType:
        if not allow_code:
            raise ValueError("marshalling code objects is disallowed")
        _sized(b"c", _imp._code_bytes(value), out)
    else:
        raise ValueError("unmarshallable object")


_CONTAINERS = {tuple: b"(", list: b"[", set: b"<", frozenset: b">"}
_MAKERS = {kind: make for make, kind in _CONTAINERS.items()}
_SINGLE = {b"N": None, b"T": True, b"F": False, b".": ..., b"S": StopIteration}
_END = object()


class _Reader:
    def __init__(self, data, allow_code):
        self.data, self.at, self.allow_code = data, 0, allow_code

    def take(self, count):
        taken = self.data[self.at:self.at + count]
        if len(taken) < count or count < 0:
            raise EOFError("marshal data too short")
        self.at += count
        return taken

    def count(self):
        return struct.unpack("<i", self.take(4))[0]

    def value(self):
        kind = self.take(1)
        if kind in _SINGLE:
            return _SINGLE[kind]
        if kind == b"0":
            return _END
        if kind == b"i":
            return self.count()
        if kind == b"l":
            count = self.count()
            digits = struct.unpack(f"<{abs(count)}H", self.take(2 * abs(count)))
            whole = sum(digit << 15 * at for at, digit in enumerate(digits))
            return whole if count > 0 else -whole
        if kind == b"g":
            return struct.unpack("<d", self.take(8))[0]
        if kind == b"y":
            return complex(*struct.unpack("<dd", self.take(16)))
        if kind == b"u":
            return self.take(self.count()).decode("utf-8", "surrogatepass")
        if kind == b"s":
            return self.take(self.count())
        if kind in _MAKERS:
            return _MAKERS[kind]([self.value() for _ in range(self.count())])
        if kind == b"c":
            if not self.allow_code:
                raise ValueError("unmarshalling code objects is disallowed")
            return _imp._code_of_bytes(self.take(self.count()))
        if kind == b"{":
            found = {}
            while (key := self.value()) is not _END:
                found[key] = self.value()
            return found
        raise ValueError(f"bad marshal data (unknown type code {kind!r})")


def loads(data, /, *, allow_code=True):
    value = _Reader(bytes(data), allow_code).value()
    if value is _END:
        raise TypeError("NULL object in marshal data for object")
    return value


def load(file, /, *, allow_code=True):
    """Reads one value and no byte more."""
    reader = _FileReader(b"", allow_code)
    reader.file = file
    value = reader.value()
    if value is _END:
        raise TypeError("NULL object in marshal data for object")
    return value


class _FileReader(_Reader):
    def take(self, count):
        taken = self.file.read(count)
        if not isinstance(taken, bytes):
            raise TypeError(f"file.read() returned not bytes but {type(taken).__name__}")
        if len(taken) < count:
            raise EOFError("EOF read where object expected")
        return taken
