"""Arrays of numbers or characters of one size.

Numbers of four and eight bytes are in a list, as programs compute with them, until someone asks for
the bytes that they are. From then on, and of other types always, the items lie as bytes in a bytearray.
They are read through a view of it that knows their format and how many there are; so what changes the
length lets go of the view, and the next access to an item makes another. Since a program mostly does
either of both many times in a row, that is cheap.
"""

import sys
from _struct import error as _Unfit, pack as _pack, unpack as _unpack

__all__ = ["ArrayType", "array", "typecodes"]

typecodes = "bBuwhHiIlLqQfd"

_INFINITY = float("inf")

# Of each type code: the format of the view, the size of an item, and how an error calls the type.
_FORMATS = {
    "b": ("b", 1, "signed char"),
    "B": ("B", 1, "unsigned byte integer"),
    "u": ("I", 4, None),
    "w": ("I", 4, None),
    "h": ("h", 2, "signed short integer"),
    "H": ("H", 2, "unsigned short"),
    "i": ("i", 4, "signed integer"),
    "I": ("I", 4, "unsigned int"),
    "l": ("l", 8, None),
    "L": ("L", 8, None),
    "q": ("q", 8, None),
    "Q": ("Q", 8, None),
    "f": ("f", 4, None),
    "d": ("d", 8, None),
}

# The types whose items may be in a list; a float of four bytes is not what it was given as.
_LISTED = "iIlLqQd"


def _array_reconstructor(cls, typecode, mformat_code, items):
    """An array from what pickles of other machines say."""
    if not isinstance(items, bytes):
        raise TypeError("fourth argument should be bytes, not " + type(items).__name__)
    import struct

    order, letter = _MACHINE_FORMATS[mformat_code]
    if letter in "uw":
        return cls(typecode, items.decode("utf-32" + ("-be" if order == ">" else "-le")))
    size = struct.calcsize(order + letter)
    count = len(items) // size
    return cls(typecode, struct.unpack(f"{order}{count}{letter}", items))


# The codes of formats in pickles, as CPython numbers them.
_MACHINE_FORMATS = {
    0: ("<", "B"), 1: ("<", "b"),
    2: ("<", "H"), 3: (">", "H"), 4: ("<", "h"), 5: (">", "h"),
    6: ("<", "I"), 7: (">", "I"), 8: ("<", "i"), 9: (">", "i"),
    10: ("<", "Q"), 11: (">", "Q"), 12: ("<", "q"), 13: (">", "q"),
    14: ("<", "f"), 15: (">", "f"), 16: ("<", "d"), 17: (">", "d"),
    20: ("<", "w"), 21: (">", "w"),
}


class array:
    """array(typecode [, initializer]) -> array

    Return a new array whose items are restricted by typecode, and
    initialized from the optional initializer value, which must be a list,
    string or iterable over elements of the appropriate type.
    """

    # `_numbers` is the list, `_bytes` what is used if that is None, `_items` a view of it. A number of the
    # type `_takes` from `_least` to `_most` is an item as it is.
    __slots__ = (
        "_code", "_format", "_size", "_holds_numbers", "_takes", "_least", "_most",
        "_numbers", "_bytes", "_items", "__dict__", "__weakref__",
    )
    __hash__ = None

    def __new__(cls, typecode, initializer=(), /, **kwargs):
        if kwargs and cls is array:
            raise TypeError("array.array() takes no keyword arguments")
        if not isinstance(typecode, str) or len(typecode) != 1:
            given = f"a string of length {len(typecode)}" if isinstance(typecode, str) else type(typecode).__name__
            raise TypeError(f"array() argument 1 must be a unicode character, not {given}")
        if typecode not in _FORMATS:
            raise ValueError("bad typecode (must be b, B, u, w, h, H, i, I, l, L, q, Q, f or d)")
        text = typecode in "uw"
        if not text:
            other = isinstance(initializer, array) and initializer._code in "uw"
            if other or isinstance(initializer, str):
                what = "an array with typecode 'u'" if other else "a str"
                raise TypeError(f"cannot use {what} to initialize an array with typecode '{typecode}'")
        self = object.__new__(cls)
        self._start(typecode, [] if typecode in _LISTED else None, bytearray())
        if isinstance(initializer, (bytes, bytearray)):
            self.frombytes(initializer)
        elif text and isinstance(initializer, str):
            self.fromunicode(initializer)
        elif isinstance(initializer, array) and initializer._code == typecode:
            self.extend(initializer)
        else:
            self._extend(initializer)
        return self

    def _start(self, code, numbers, data):
        """Makes it an array of a type with these items: in a list, or else as bytes."""
        self._code = code
        self._format, self._size, _ = _FORMATS[code]
        self._holds_numbers = code not in "uw"
        self._takes = float if code in "fd" else int
        if code in "fd":
            self._least, self._most = -_INFINITY, _INFINITY
        else:
            self._least, self._most = self._limits()
        self._numbers, self._bytes, self._items = numbers, data, None

    # What an item is.

    @property
    def typecode(self):
        """the typecode character used to create the array"""
        return self._code

    @property
    def itemsize(self):
        """the size, in bytes, of one array item"""
        return self._size

    def _packed(self, value):
        """The bytes of an item."""
        if type(value) is int or type(value) is float and self._code in "fd":
            # What does not fit is looked at again below, which says why.
            try:
                return _pack(self._format, value)
            except (_Unfit, OverflowError):
                pass
        return _pack(self._format, self._number(value))

    def _number(self, value):
        """The number that stands for a value in the view of the items."""
        code = self._code
        if code in "uw":
            if not isinstance(value, str):
                raise TypeError(f"array item must be a unicode character, not {type(value).__name__}")
            if len(value) != 1:
                raise TypeError(
                    f"array item must be a string of length 1, not a string of length {len(value)}"
                )
            value = ord(value)
        elif code in "fd":
            if not isinstance(value, (int, float)) and not hasattr(type(value), "__float__") \
                    and not hasattr(type(value), "__index__"):
                raise TypeError(f"must be real number, not {type(value).__name__}")
            value = float(value)
            if code == "f" and abs(value) > 3.4028235677973366e38 and value - value == 0.0:
                value = value * float("inf")
        else:
            if not isinstance(value, int):
                if not hasattr(type(value), "__index__"):
                    what = f"'{type(value).__name__}' object cannot be interpreted as an integer"
                    raise TypeError(what)
                value = value.__index__()
            self._check(value)
        return value

    def _limits(self):
        """The least and the greatest integer that an item can be."""
        bits = 8 * self._size
        return (-(1 << bits - 1), (1 << bits - 1) - 1) if self._code in "bhilq" else (0, (1 << bits) - 1)

    def _check(self, value):
        """OverflowError if an integer is none that an item can be."""
        name = _FORMATS[self._code][2]
        signed = self._code in "bhilq"
        low, high = self._limits()
        if low <= value <= high:
            return
        if name is not None:
            raise OverflowError(f"{name} is {'less than minimum' if value < low else 'greater than maximum'}")
        if signed:
            raise OverflowError("int too big to convert" if self._code == "q" else "Python int too large to convert to C long")
        if value < low:
            raise OverflowError("can't convert negative int to unsigned")
        raise OverflowError("int too big to convert" if self._code == "Q" else "Python int too large to convert to C unsigned long")

    # The bytes and the view of them.

    def _packed_numbers(self):
        """The bytes of the items in the list."""
        numbers = self._numbers
        return _pack(f"{len(numbers)}{self._format}", *numbers)

    @property
    def _data(self):
        """The bytes of the items, as which they lie there from now on."""
        if self._numbers is not None:
            self._bytes = bytearray(self._packed_numbers())
            self._numbers = None
        return self._bytes

    @_data.setter
    def _data(self, data):
        self._bytes = data

    def _view(self):
        """The items, to be read and written by their numbers."""
        self._items = items = self.__buffer__(0)
        return items

    def _open(self):
        """Lets go of the view: the length is about to change."""
        self._items = None

    def __buffer__(self, flags, /):
        # The first view would keep the bytearray from growing, which the second does not.
        whole = memoryview(self._data)
        items = whole.cast(self._format)
        whole.release()
        return items

    def _like(self, data):
        """An array of the same type, of items as they lie in this one: of a list, or of bytes."""
        made = object.__new__(array)
        if isinstance(data, _list):
            made._start(self._code, data, bytearray())
        else:
            made._start(self._code, None, data)
        return made

    def _place(self, index, what="array index"):
        """The number of an existing item."""
        length = len(self)
        if not isinstance(index, int):
            if not hasattr(type(index), "__index__"):
                raise TypeError("array indices must be integers")
            index = index.__index__()
        index = int.__index__(index)
        if index < 0:
            index += length
        if not 0 <= index < length:
            raise IndexError(what + " out of range")
        return index

    # As a sequence.

    def __len__(self):
        numbers = self._numbers
        return len(numbers) if numbers is not None else len(self._bytes) // self._size

    def __getitem__(self, index):
        if type(index) is int:
            items = self._numbers
            if items is None:
                items = self._items
                if items is None:
                    items = self._view()
            try:
                item = items[index]
            except IndexError:
                raise IndexError("array index out of range") from None
            return item if self._holds_numbers else chr(item)
        if not isinstance(index, slice):
            return self[self._place(index)]
        if self._numbers is not None:
            return self._like(self._numbers[index])
        start, stop, step = index.indices(len(self))
        size = self._size
        if step == 1:
            return self._like(self._data[start * size : max(start, stop) * size])
        items = self._items
        if items is None:
            items = self._view()
        return self._like(bytearray(b"".join(bytes(items[at : at + 1]) for at in range(start, stop, step))))

    def __setitem__(self, index, value):
        numbers = self._numbers
        if numbers is not None and type(index) is int:
            if type(value) is not self._takes or not self._least <= value <= self._most:
                value = self._number(value)
            try:
                numbers[index] = value
            except IndexError:
                raise IndexError("array assignment index out of range") from None
            return
        items = self._items
        if items is not None and type(index) is int and self._holds_numbers:
            try:
                items[index] = value
                return
            except (IndexError, TypeError, ValueError):
                # What is wrong is said below.
                pass
        if not isinstance(index, slice):
            at = self._place(index, "array assignment index")
            number = self._number(value)
            if self._numbers is not None:
                self._numbers[at] = number
                return
            items = self._items
            if items is None:
                items = self._view()
            items[at] = number
            return
        if not isinstance(value, array):
            raise TypeError(f'can only assign array (not "{type(value).__name__}") to array slice')
        if value._code != self._code:
            raise TypeError("bad argument type for built-in operation")
        start, stop, step = index.indices(len(self))
        places = range(start, stop, step)
        if step != 1 and len(places) != len(value):
            raise ValueError(
                f"attempt to assign array of size {len(value)} to extended slice of size {len(places)}"
            )
        if self._numbers is not None and value._numbers is not None:
            self._numbers[index] = value._numbers
            return
        size = self._size
        if step == 1:
            self._open()
            self._data[start * size : max(start, stop) * size] = bytes(value._data)
            return
        target, source = self._view(), value[:]._view()
        for number, at in enumerate(places):
            target[at] = source[number]

    def __delitem__(self, index):
        size = self._size
        if not isinstance(index, slice):
            at = self._place(index, "array assignment index")
            if self._numbers is not None:
                del self._numbers[at]
                return
            self._open()
            del self._data[at * size : (at + 1) * size]
            return
        if self._numbers is not None:
            del self._numbers[index]
            return
        start, stop, step = index.indices(len(self))
        data = self._data
        if step == 1:
            self._open()
            del data[start * size : max(start, stop) * size]
            return
        gone = range(start, stop, step)
        kept = [data[at * size : (at + 1) * size] for at in range(len(self)) if at not in gone]
        self._open()
        data[:] = b"".join(kept)

    def __iter__(self):
        at = 0
        while at < array.__len__(self):
            yield array.__getitem__(self, at)
            at += 1

    def __contains__(self, value, /):
        for item in self:
            if item is value or item == value:
                return True
        return False

    def __repr__(self):
        name = type(self).__name__
        if not len(self):
            return f"{name}('{self._code}')"
        inside = repr(self.tounicode()) if self._code in "uw" else repr(self.tolist())
        return f"{name}('{self._code}', {inside})"

    def _ordered(self, other, test):
        if not isinstance(other, array):
            return NotImplemented
        own, others = self.tolist(), other.tolist()
        if self._code in "fd" or other._code in "fd":
            # Lists take a NaN for the same as itself.
            for one, another in zip(own, others):
                if one != another:
                    return test(one, another)
            own, others = len(own), len(others)
        return test(own, others)

    def __eq__(self, other, /):
        return self._ordered(other, lambda a, b: a == b)

    def __ne__(self, other, /):
        return self._ordered(other, lambda a, b: a != b)

    def __lt__(self, other, /):
        return self._ordered(other, lambda a, b: a < b)

    def __le__(self, other, /):
        return self._ordered(other, lambda a, b: a <= b)

    def __gt__(self, other, /):
        return self._ordered(other, lambda a, b: a > b)

    def __ge__(self, other, /):
        return self._ordered(other, lambda a, b: a >= b)

    def __add__(self, other, /):
        if not isinstance(other, array):
            raise TypeError(f'can only append array (not "{type(other).__name__}") to array')
        if other._code != self._code:
            raise TypeError("bad argument type for built-in operation")
        if self._numbers is not None and other._numbers is not None:
            return self._like(self._numbers + other._numbers)
        return self._like(self._data + other._data)

    def __iadd__(self, other, /):
        if not isinstance(other, array):
            raise TypeError(f'can only extend with array (not "{type(other).__name__}")')
        self.extend(other)
        return self

    def __mul__(self, times, /):
        return self._like((self._data if self._numbers is None else self._numbers) * times)

    __rmul__ = __mul__

    def __imul__(self, times, /):
        if self._numbers is not None:
            self._numbers *= times
            return self
        self._open()
        self._data *= times
        return self

    # What changes it.

    def append(self, v, /):
        """Append new value v to the end of the array."""
        if self._numbers is not None:
            self._numbers.append(self._number(v))
            return
        packed = self._packed(v)
        self._open()
        self._data += packed

    def _extend(self, items):
        for item in items:
            self.append(item)

    def extend(self, bb, /):
        """Append items to the end of the array."""
        if isinstance(bb, array):
            if bb._code != self._code:
                raise TypeError("can only extend with array of same kind")
            if self._numbers is not None and bb._numbers is not None:
                self._numbers += bb._numbers
                return
            self._open()
            self._data += bytes(bb._data)
        else:
            self._extend(bb)

    def insert(self, i, v, /):
        """Insert a new item v into the array before position i."""
        if self._numbers is not None:
            self._numbers.insert(i, self._number(v))
            return
        packed = self._packed(v)
        length = len(self)
        at = max(i + length, 0) if i < 0 else min(i, length)
        self._open()
        self._data[at * self._size : at * self._size] = packed

    def pop(self, i=-1, /):
        """Return the i-th element and delete it from the array."""
        if not len(self):
            raise IndexError("pop from empty array")
        at = self._place(i, "pop index")
        if self._numbers is not None:
            return self._numbers.pop(at)
        item = self[at]
        del self[at]
        return item

    def remove(self, v, /):
        """Remove the first occurrence of v in the array."""
        for at, item in enumerate(self):
            if item == v:
                del self[at]
                return
        raise ValueError("array.remove(x): x not in array")

    def clear(self, /):
        """Remove all items from the array."""
        if self._numbers is not None:
            self._numbers.clear()
            return
        self._open()
        self._data.clear()

    def reverse(self, /):
        """Reverse the order of the items in the array."""
        if self._numbers is not None:
            self._numbers.reverse()
            return
        self._data[:] = self[::-1]._data

    def byteswap(self, /):
        """Byteswap all items of the array."""
        size = self._size
        data = bytes(self._data)
        for at in range(size):
            self._data[at::size] = data[size - 1 - at :: size]

    # What looks for items.

    def count(self, v, /):
        """Return number of occurrences of v in the array."""
        return sum(1 for item in self if item == v)

    def index(self, v, start=0, stop=sys.maxsize, /):
        """Return index of first occurrence of v in the array."""
        length = len(self)
        if start < 0:
            start = max(start + length, 0)
        if stop < 0:
            stop += length
        for at in range(start, min(stop, length)):
            if self[at] == v:
                return at
        raise ValueError("array.index(x): x not in array")

    # To and from other things.

    def tolist(self, /):
        """Convert array to an ordinary list with the same items."""
        if self._numbers is not None:
            return self._numbers[:]
        items = self._items
        if items is None:
            items = self._view()
        return [chr(item) for item in items] if self._code in "uw" else items.tolist()

    def fromlist(self, list, /):
        """Append items to array from list."""
        if not isinstance(list, _list):
            raise TypeError("arg must be list")
        if self._numbers is not None:
            self._numbers += [self._number(item) for item in list]
            return
        packed = b"".join([self._packed(item) for item in list])
        self._open()
        self._data += packed

    def tobytes(self, /):
        """Convert the array to an array of machine values and return the bytes representation."""
        return bytes(self._data) if self._numbers is None else self._packed_numbers()

    def __bytes__(self):
        return self.tobytes()

    def frombytes(self, buffer, /):
        """Appends items from the string, interpreting it as an array of machine values."""
        if isinstance(buffer, str):
            raise TypeError("a bytes-like object is required, not 'str'")
        data = bytes(memoryview(buffer))
        if len(data) % self._size:
            raise ValueError("bytes length not a multiple of item size")
        if self._numbers is not None:
            self._numbers += _unpack(f"{len(data) // self._size}{self._format}", data)
            return
        self._open()
        self._data += data

    def tofile(self, f, /):
        """Write all items (as machine values) to the file object f."""
        f.write(self.tobytes())

    def fromfile(self, f, n, /):
        """Read n objects from the file object f and append them to the end of the array."""
        if n < 0:
            raise ValueError("negative count")
        wanted = n * self._size
        data = f.read(wanted)
        if not isinstance(data, bytes):
            raise TypeError("read() didn't return bytes")
        self.frombytes(data[: len(data) - len(data) % self._size])
        if len(data) != wanted:
            raise EOFError("read() didn't return enough bytes")

    def tounicode(self, /):
        """Extends this array with data from the unicode string ustr."""
        if self._code not in "uw":
            raise ValueError("tounicode() may only be called on unicode type arrays ('u' or 'w')")
        return "".join(self.tolist())

    def fromunicode(self, ustr, /):
        """Extends this array with data from the unicode string ustr."""
        if not isinstance(ustr, str):
            raise TypeError(f"fromunicode() argument must be str, not {type(ustr).__name__}")
        if self._code not in "uw":
            raise ValueError("fromunicode() may only be called on unicode type arrays ('u' or 'w')")
        self._open()
        self._data += b"".join([_pack("I", ord(c)) for c in ustr])

    def buffer_info(self, /):
        """Return a tuple (address, length) giving the current memory address and the length."""
        return id(self._data), len(self)

    def __copy__(self, /):
        return self[:]

    def __deepcopy__(self, unused, /):
        return self[:]

    def __reduce_ex__(self, protocol, /):
        items = self.tounicode() if self._code in "uw" else self.tolist()
        return type(self), (self._code, items), self.__dict__ or None

    def __class_getitem__(cls, item, /):
        import types

        return types.GenericAlias(cls, item)


_list = list
ArrayType = array
array.__module__ = "array"

# The abstract classes are not loaded for this; should they come later, they see to it themselves.
_abc = __import__("sys").modules.get("collections.abc")
if _abc is not None and hasattr(_abc, "MutableSequence"):
    _abc.MutableSequence.register(array)
