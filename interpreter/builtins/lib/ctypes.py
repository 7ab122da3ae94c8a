"""The simple types of C, for programs that ask for their sizes and for how numbers wrap. Foreign libraries
cannot be loaded, and there are no pointers, arrays or structures."""

from operator import index as _index

DEFAULT_MODE = RTLD_LOCAL = 0
RTLD_GLOBAL = 256


class ArgumentError(Exception):
    """An argument that cannot be converted."""


class _SimpleCData:
    _zero = 0

    def __init__(self, value=None):
        self._value = self._zero if value is None else self._converted(value)

    @property
    def value(self):
        return self._value

    @value.setter
    def value(self, value):
        self._value = self._converted(value)

    @staticmethod
    def _converted(value):
        return value

    def __bool__(self):
        return bool(self._value)

    def __repr__(self):
        return f"{type(self).__name__}({self._value!r})"


class _Signed(_SimpleCData):
    @classmethod
    def _converted(cls, value):
        half = 1 << 8 * cls._size_ - 1
        return (_index(value) + half) % (2 * half) - half


class _Unsigned(_SimpleCData):
    @classmethod
    def _converted(cls, value):
        return _index(value) % (1 << 8 * cls._size_)


class _Real(_SimpleCData):
    _zero = 0.0

    @classmethod
    def _converted(cls, value):
        if not isinstance(value, (int, float)):
            raise TypeError(f"must be real number, not {type(value).__name__}")
        if cls._size_ == 4:
            from struct import pack, unpack
            return unpack("f", pack("f", value))[0]
        return float(value)


class _Text(_SimpleCData):
    _zero = None

    @classmethod
    def _converted(cls, value):
        if value is None or isinstance(value, (cls._kind, int)):
            return value
        raise TypeError(f"{cls._kind.__name__} or integer address expected instead of "
                        f"{type(value).__name__} instance")


def _made(name, base, code, size):
    return type(name, (base,), {"__module__": __name__, "_type_": code, "_size_": size})


c_byte, c_short = _made("c_byte", _Signed, "b", 1), _made("c_short", _Signed, "h", 2)
c_int, c_long = _made("c_int", _Signed, "i", 4), _made("c_long", _Signed, "l", 8)
c_ubyte, c_ushort = _made("c_ubyte", _Unsigned, "B", 1), _made("c_ushort", _Unsigned, "H", 2)
c_uint, c_ulong = _made("c_uint", _Unsigned, "I", 4), _made("c_ulong", _Unsigned, "L", 8)
c_float, c_double = _made("c_float", _Real, "f", 4), _made("c_double", _Real, "d", 8)
c_longlong, c_ulonglong, c_ssize_t, c_size_t = c_long, c_ulong, c_long, c_ulong
c_int8, c_int16, c_int32, c_int64 = c_byte, c_short, c_int, c_long
c_uint8, c_uint16, c_uint32, c_uint64 = c_ubyte, c_ushort, c_uint, c_ulong
c_time_t = c_long


class c_bool(_SimpleCData):
    _type_, _size_, _zero, _converted = "?", 1, False, staticmethod(bool)


class c_char(_SimpleCData):
    _type_, _size_, _zero = "c", 1, b"\0"

    @staticmethod
    def _converted(value):
        if isinstance(value, int) and 0 <= value < 256:
            return bytes([value])
        if isinstance(value, (bytes, bytearray)) and len(value) == 1:
            return bytes(value)
        raise TypeError("one character bytes, bytearray, or an integer in range(256) expected")


class c_wchar(_SimpleCData):
    _type_, _size_, _zero = "u", 4, "\0"

    @staticmethod
    def _converted(value):
        if isinstance(value, str) and len(value) == 1:
            return value
        raise TypeError(f"a unicode character expected, not instance of {type(value).__name__}")


class c_char_p(_Text):
    _type_, _size_, _kind = "z", 8, bytes


class c_wchar_p(_Text):
    _type_, _size_, _kind = "Z", 8, str


class c_void_p(_SimpleCData):
    _type_, _size_, _zero = "P", 8, None

    @staticmethod
    def _converted(value):
        if value is None:
            return None
        if not isinstance(value, int):
            raise TypeError("cannot be converted to pointer")
        return value % (1 << 64) or None


def sizeof(kind, /):
    size = getattr(kind, "_size_", None)
    if size is None:
        raise TypeError("this type has no size")
    return size


alignment = sizeof


class CDLL:
    """A foreign library, none of which can be loaded."""

    def __init__(self, name, mode=DEFAULT_MODE, handle=None, use_errno=False, use_last_error=False,
                 winmode=None):
        raise OSError(f"{name}: foreign libraries cannot be loaded by this interpreter")


PyDLL = CDLL


class LibraryLoader:
    def __init__(self, dlltype):
        self._dlltype = dlltype

    def __getattr__(self, name):
        if name.startswith("_"):
            raise AttributeError(name)
        return self._dlltype(name)

    def __getitem__(self, name):
        return getattr(self, name)

    def LoadLibrary(self, name):
        return self._dlltype(name)


cdll, pydll = LibraryLoader(CDLL), LibraryLoader(PyDLL)
