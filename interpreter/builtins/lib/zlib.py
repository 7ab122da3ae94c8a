"""Compression in the formats of zlib and gzip, and without a frame."""

from _zlib import deflater as _deflater, inflater as _inflater
from binascii import crc32

__version__ = "1.0"
ZLIB_VERSION = ZLIB_RUNTIME_VERSION = "1.2.13"
MAX_WBITS = 15
DEFLATED = DEF_MEM_LEVEL = 8
DEF_BUF_SIZE = 16384
Z_NO_COMPRESSION, Z_BEST_SPEED, Z_BEST_COMPRESSION, Z_DEFAULT_COMPRESSION = 0, 1, 9, -1
Z_DEFAULT_STRATEGY, Z_FILTERED, Z_HUFFMAN_ONLY, Z_RLE, Z_FIXED = range(5)
Z_NO_FLUSH, Z_PARTIAL_FLUSH, Z_SYNC_FLUSH, Z_FULL_FLUSH, Z_FINISH, Z_BLOCK, Z_TREES = range(7)

_GZIP_HEAD = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03"
_MESSAGES = {-3: "incorrect header check or data", -2: "inconsistent stream state"}


class error(Exception):
    pass


error.__module__ = "zlib"


def adler32(data, value=1, /):
    low, high = value & 0xFFFF, value >> 16 & 0xFFFF
    view = memoryview(data).cast("B")
    for start in range(0, len(view), 5552):
        for byte in view[start:start + 5552]:
            low += byte
            high += low
        low %= 65521
        high %= 65521
    return high << 16 | low


def _checked(wbits, reading):
    size = wbits & 15 if wbits > 15 else abs(wbits)
    if wbits > 47 or not (8 <= size <= 15 or reading and wbits in (0, 16, 32)):
        raise ValueError("Invalid initialization option")


class _Compress:
    def __init__(self, level, wbits, strategy):
        if not -1 <= level <= 9:
            raise ValueError("Invalid initialization option")
        _checked(wbits, False)
        self._gzip = wbits > 15
        self._stream = _deflater(level, wbits < 0 or self._gzip, strategy)
        self._head = _GZIP_HEAD if self._gzip else b""
        self._crc = self._size = 0
        self._ended = False

    def compress(self, data, /):
        if self._gzip:
            self._crc = crc32(data, self._crc)
            self._size += len(memoryview(data).cast("B"))
        head, self._head = self._head, b""
        return head + self._stream.feed(data, Z_NO_FLUSH)

    def flush(self, mode=Z_FINISH, /):
        if mode == Z_NO_FLUSH:
            return b""
        if self._ended:
            raise error("Error -2 while finishing compression: inconsistent stream state")
        head, self._head = self._head, b""
        out = head + self._stream.feed(b"", mode)
        if mode == Z_FINISH:
            self._ended = True
            if self._gzip:
                out += self._crc.to_bytes(4, "little") + (self._size & 0xFFFFFFFF).to_bytes(4, "little")
        return out

    def copy(self):
        made = object.__new__(type(self))
        made.__dict__.update(self.__dict__, _stream=self._stream.copy())
        return made

    __copy__ = copy

    def __deepcopy__(self, memo):
        return self.copy()


def compressobj(level=-1, method=DEFLATED, wbits=MAX_WBITS, memLevel=DEF_MEM_LEVEL,
                strategy=Z_DEFAULT_STRATEGY, zdict=None):
    """An object that compresses piece by piece."""
    if method != DEFLATED:
        raise ValueError("Invalid initialization option")
    if zdict is not None:
        raise ValueError("dictionaries are not supported")
    return _Compress(level, wbits, strategy)


def compress(data, /, level=-1, wbits=MAX_WBITS):
    """The data, compressed as a whole."""
    if not -1 <= level <= 9:
        raise error("Bad compression level")
    stream = _Compress(level, wbits, Z_DEFAULT_STRATEGY)
    return stream.compress(data) + stream.flush()


def _gzip_head_length(data):
    """The length of a gzip header at the front; None if it is not all there."""
    if len(data) < 10:
        return None
    if data[:3] != b"\x1f\x8b\x08":
        raise error("Error -3 while decompressing data: incorrect header check")
    flags, at = data[3], 10
    if flags & 4:
        if len(data) < at + 2:
            return None
        at += 2 + int.from_bytes(data[at:at + 2], "little")
    for bit in (8, 16):
        if flags & bit:
            end = data.find(b"\0", at)
            if end < 0:
                return None
            at = end + 1
    if flags & 2:
        at += 2
    return at if len(data) >= at else None


class _Decompress:
    def __init__(self, wbits):
        _checked(wbits, True)
        self._wbits = wbits
        self._kind = None
        self._stream = None
        self._held = b""
        self._tail = 0
        self._crc = self._size = 0
        self.eof = False
        self.unused_data = b""
        self.unconsumed_tail = b""

    def _open(self, data):
        """Decides on the format once enough is there; the data behind a header, or None."""
        wbits = self._wbits
        if wbits > 31:
            if len(data) < 2:
                return None
            gzip = data[:2] == b"\x1f\x8b"
        else:
            gzip = wbits > 15
        if gzip:
            length = _gzip_head_length(data)
            if length is None:
                return None
            data = data[length:]
        elif wbits >= 0 and len(data) >= 2 and (
                (data[0] << 8 | data[1]) % 31 or data[0] & 15 != 8):
            raise error("Error -3 while decompressing data: incorrect header check")
        self._kind = "gzip" if gzip else "zlib" if wbits >= 0 else "raw"
        self._stream = _inflater(self._kind != "zlib")
        return data

    def decompress(self, data, /, max_length=0):
        if max_length < 0:
            raise ValueError("max_length must be non-negative")
        data = self._held + bytes(data)
        self._held = b""
        if self.eof:
            self.unused_data += data
            return b""
        if self._stream is None:
            rest = self._open(data)
            if rest is None:
                self._held = data
                return b""
            data = rest
        if self._tail:
            return self._check(data, b"")
        # The last byte is held back until there is room left: as long as there is none, what is not
        # consumed says so.
        out, read, ended = self._feed(data[:-1] if max_length else data, max_length)
        if max_length and not ended and len(out) < max_length:
            more, also, ended = self._feed(data[read:], max_length - len(out))
            out, read = out + more, read + also
        rest = data[read:]
        if self._kind == "gzip":
            self._crc = crc32(out, self._crc)
            self._size += len(out)
        self.unconsumed_tail = b""
        if ended:
            if self._kind == "gzip":
                return self._check(rest, out)
            self.eof = True
            self.unused_data = rest
        else:
            self.unconsumed_tail = rest
        return out

    def _feed(self, data, max_length):
        found = self._stream.feed(data, max_length)
        if isinstance(found, int):
            raise error(f"Error {found} while decompressing data: "
                        f"{_MESSAGES.get(found, 'invalid data')}")
        return found

    def _check(self, data, out):
        """The sum and the length behind a gzip stream."""
        self._tail = 8
        if len(data) < 8:
            self._held = data
            return out
        if int.from_bytes(data[:4], "little") != self._crc:
            raise error("Error -3 while decompressing data: incorrect data check")
        if int.from_bytes(data[4:8], "little") != self._size & 0xFFFFFFFF:
            raise error("Error -3 while decompressing data: incorrect length check")
        self.eof = True
        self.unused_data = data[8:]
        return out

    def flush(self, length=DEF_BUF_SIZE, /):
        if length <= 0:
            raise ValueError("length must be greater than zero")
        tail, self.unconsumed_tail = self.unconsumed_tail, b""
        return self.decompress(tail) if tail else b""

    def copy(self):
        made = object.__new__(type(self))
        made.__dict__.update(self.__dict__)
        if self._stream is not None:
            made._stream = self._stream.copy()
        return made

    __copy__ = copy

    def __deepcopy__(self, memo):
        return self.copy()


def decompressobj(wbits=MAX_WBITS, zdict=b""):
    """An object that decompresses piece by piece."""
    if zdict:
        raise ValueError("dictionaries are not supported")
    return _Decompress(wbits)


def decompress(data, /, wbits=MAX_WBITS, bufsize=DEF_BUF_SIZE):
    """The data that was compressed as a whole."""
    stream = _Decompress(wbits)
    out = stream.decompress(data)
    if not stream.eof:
        raise error("Error -5 while decompressing data: incomplete or truncated stream")
    return out


class _ZlibDecompressor:
    """As `decompressobj`, with the interface of `bz2` and `lzma`."""

    def __init__(self, wbits=MAX_WBITS, zdict=b""):
        self._stream = decompressobj(wbits, zdict)
        self.needs_input = True
        self._rest = b""

    @property
    def eof(self):
        return self._stream.eof

    @property
    def unused_data(self):
        return self._stream.unused_data

    def decompress(self, data, max_length=-1):
        if self.eof:
            raise EOFError("End of stream already reached")
        out = self._stream.decompress(self._rest + bytes(data), max(max_length, 0))
        self._rest = self._stream.unconsumed_tail
        self.needs_input = not self.eof and not (0 <= max_length <= len(out))
        return out


ZlibDecompressor = _ZlibDecompressor
