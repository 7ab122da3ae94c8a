"""What module `io` has beyond streams: a decoder of line ends, and what readers and writers have in common."""

from _collections_abc import _check_methods
from abc import ABCMeta, abstractmethod
from types import GenericAlias

# Which line ends were seen.
_CR, _LF, _CRLF = 1, 2, 4
_NAMES = (None, "\r", "\n", ("\r", "\n"), "\r\n", ("\r", "\r\n"), ("\n", "\r\n"), ("\r", "\n", "\r\n"))


class IncrementalNewlineDecoder:
    """Decodes by another decoder, if there is one, and notes line ends or makes them all \\n."""

    def __init__(self, decoder, translate, errors="strict"):
        self._decoder = decoder
        self._translate = bool(translate)
        self.errors = errors
        self._seen = 0
        # The text so far ended with a \r, whose \n may be yet to come.
        self._holds_cr = False

    def decode(self, input, final=False):
        text = input if self._decoder is None else self._decoder.decode(input, final=final)
        if not isinstance(text, str):
            raise TypeError(f"decoder should return a string result, not '{type(text).__name__}'")
        if self._holds_cr and (text or final):
            text = "\r" + text
            self._holds_cr = False
        if text.endswith("\r") and not final:
            text = text[:-1]
            self._holds_cr = True
        pairs = text.count("\r\n")
        if pairs:
            self._seen |= _CRLF
        if text.count("\r") > pairs:
            self._seen |= _CR
        if text.count("\n") > pairs:
            self._seen |= _LF
        if self._translate and "\r" in text:
            text = text.replace("\r\n", "\n").replace("\r", "\n")
        return text

    def getstate(self):
        pending, state = (b"", 0) if self._decoder is None else self._decoder.getstate()
        return pending, state << 1 | self._holds_cr

    def setstate(self, state):
        if not isinstance(state, tuple):
            raise TypeError("state argument must be a tuple")
        pending, flags = state
        self._holds_cr = bool(flags & 1)
        if self._decoder is not None:
            self._decoder.setstate((pending, flags >> 1))

    def reset(self):
        self._seen = 0
        self._holds_cr = False
        if self._decoder is not None:
            self._decoder.reset()

    @property
    def newlines(self):
        return _NAMES[self._seen]


IncrementalNewlineDecoder.__module__ = "_io"


class Reader(metaclass=ABCMeta):
    """Whatever one can read from."""

    __slots__ = ()
    __class_getitem__ = classmethod(GenericAlias)

    @abstractmethod
    def read(self, size=..., /):
        """Reads up to so many items; all that are left if the size is not given."""

    @classmethod
    def __subclasshook__(cls, other):
        return _check_methods(other, "read") if cls is Reader else NotImplemented


class Writer(metaclass=ABCMeta):
    """Whatever one can write to."""

    __slots__ = ()
    __class_getitem__ = classmethod(GenericAlias)

    @abstractmethod
    def write(self, data, /):
        """Writes data; gives how many items were written."""

    @classmethod
    def __subclasshook__(cls, other):
        return _check_methods(other, "write") if cls is Writer else NotImplemented


Reader.__module__ = Writer.__module__ = "io"
