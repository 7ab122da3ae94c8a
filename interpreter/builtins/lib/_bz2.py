"""Compression in the format of bzip2, piece by piece."""

from _bzip import compressor as _compressor, decompressor as _decompressor


class BZ2Compressor:
    """Compresses at a level from 1 to 9; `flush` ends the stream."""

    def __init__(self, compresslevel=9, /):
        self._stream = _compressor(compresslevel)
        self._ended = False

    def compress(self, data, /):
        if self._ended:
            raise ValueError("Compressor has been flushed")
        return self._stream.feed(data, False)

    def flush(self):
        if self._ended:
            raise ValueError("Repeated call to flush()")
        self._ended = True
        return self._stream.feed(b"", True)

    def __reduce_ex__(self, protocol):
        raise TypeError(f"cannot pickle {type(self).__name__!r} object")


class BZ2Decompressor:
    """Decompresses one stream; what comes behind it is `unused_data`."""

    def __new__(cls):
        self = object.__new__(cls)
        self._stream = _decompressor()
        self._rest = b""
        self._eof = False
        self._unused_data = b""
        self._needs_input = True
        return self

    @property
    def eof(self):
        return self._eof

    @property
    def unused_data(self):
        return self._unused_data

    @property
    def needs_input(self):
        return self._needs_input

    def decompress(self, data, max_length=-1):
        if self._eof:
            raise EOFError("End of stream already reached")
        if self._rest:
            data = self._rest + bytes(data)
        out, read, self._eof = self._stream.feed(data, max_length)
        rest = bytes(memoryview(data)[read:])
        if self._eof:
            self._unused_data, rest = rest, b""
        self._rest = rest
        self._needs_input = not self._eof and not rest
        return out

    def __reduce_ex__(self, protocol):
        raise TypeError(f"cannot pickle {type(self).__name__!r} object")


for _class in BZ2Compressor, BZ2Decompressor:
    _class.__module__ = "_bz2"
del _class
