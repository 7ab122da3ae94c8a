"""Cells of tables as files and as sequences of bytes."""

from _sqlite3_base import ProgrammingError, bytes_of as _bytes_of, int_of as _int


def open_blob(connection, blob):
    self = object.__new__(Blob)
    self._connection = connection
    self._blob = blob
    self._at = 0
    return self


class Blob:
    """A cell of a table, read and written like a file."""

    __module__ = "sqlite3"
    __slots__ = ("_connection", "_blob", "_at", "__weakref__")

    def __new__(cls, *args, **keywords):
        raise TypeError("cannot create 'sqlite3.Blob' instances")

    def _check(self):
        self._connection._check()
        blob = self._blob
        if not blob.is_open:
            raise ProgrammingError("Cannot operate on a closed blob.")
        return blob

    def close(self):
        """Close the blob."""
        self._connection._check()
        self._blob.close()

    def read(self, length=-1, /):
        """Read data at the current offset position."""
        blob = self._check()
        length = _int(length, 32)
        left = blob.length - self._at
        if length < 0 or length > left:
            length = left
        if length == 0:
            return b""
        data = blob.read(self._at, length)
        self._at += length
        return data

    def write(self, data, /):
        """Write data at the current offset."""
        blob = self._check()
        data = _bytes_of(data)
        if len(data) > blob.length - self._at:
            raise ValueError("data longer than blob length")
        blob.write(self._at, data)
        self._at += len(data)

    def seek(self, offset, origin=0, /):
        """Set the current access position to offset."""
        offset, origin = _int(offset, 32), _int(origin, 32)
        blob = self._check()
        match origin:
            case 0:
                begin = 0
            case 1:
                begin = self._at
            case 2:
                begin = blob.length
            case _:
                raise ValueError("'origin' should be os.SEEK_SET, os.SEEK_CUR, or os.SEEK_END")
        if begin + offset >= 1 << 31:
            raise OverflowError("seek offset results in offset out of range")
        if not 0 <= begin + offset <= blob.length:
            raise ValueError("offset out of blob range")
        self._at = begin + offset

    def tell(self):
        """Return the current access position for the blob."""
        self._check()
        return self._at

    def __enter__(self):
        self._check()
        return self

    def __exit__(self, type, value, traceback, /):
        self._check()
        self.close()

    def __len__(self):
        return self._check().length

    def _place(self, key, blob):
        length = blob.length
        at = key.__index__()
        if at < 0:
            at += length
        if not 0 <= at < length:
            raise IndexError("Blob index out of range")
        return at

    def __getitem__(self, key, /):
        blob = self._check()
        if hasattr(key, "__index__"):
            return blob.read(self._place(key, blob), 1)[0]
        if not isinstance(key, slice):
            raise TypeError("Blob indices must be integers")
        start, stop, step = key.indices(blob.length)
        count = len(range(start, stop, step))
        if not count:
            return b""
        if step == 1:
            return blob.read(start, count)
        last = start + (count - 1) * step
        low, high = min(start, last), max(start, last)
        return blob.read(low, high - low + 1)[start - low::step][:count] if step > 0 else \
            blob.read(low, high - low + 1)[::step][:count]

    def __setitem__(self, key, value, /):
        blob = self._check()
        if hasattr(key, "__index__"):
            at = self._place(key, blob)
            if not isinstance(value, int):
                raise TypeError(f"'{type(value).__name__}' object cannot be interpreted as an integer")
            if not 0 <= value <= 255:
                raise ValueError("byte must be in range(0, 256)")
            blob.write(at, bytes((value,)))
            return
        if not isinstance(key, slice):
            raise TypeError("Blob indices must be integers")
        data = _bytes_of(value)
        start, stop, step = key.indices(blob.length)
        places = range(start, stop, step)
        if len(data) != len(places):
            raise IndexError("Blob slice assignment is wrong size")
        if not len(places):
            return
        if step == 1:
            blob.write(start, data)
            return
        low, high = min(places), max(places)
        whole = bytearray(blob.read(low, high - low + 1))
        for at, byte in zip(places, data):
            whole[at - low] = byte
        blob.write(low, whole)

    def __delitem__(self, key, /):
        self._check()
        if isinstance(key, slice):
            raise TypeError("Blob doesn't support slice deletion")
        raise TypeError("Blob doesn't support item deletion")

    __iter__ = None
    __contains__ = None
