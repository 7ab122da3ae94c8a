"""Encodings by name: functions over str.encode and bytes.decode."""

BOM_UTF8 = b"\xef\xbb\xbf"
BOM_LE = BOM_UTF16_LE = b"\xff\xfe"
BOM_BE = BOM_UTF16_BE = b"\xfe\xff"
BOM_UTF32_LE = b"\xff\xfe\x00\x00"
BOM_UTF32_BE = b"\x00\x00\xfe\xff"
import sys as _sys
_little = _sys.byteorder == "little"
BOM = BOM_UTF16 = BOM_UTF16_LE if _little else BOM_UTF16_BE
BOM_UTF32 = BOM_UTF32_LE if _little else BOM_UTF32_BE


class CodecInfo(tuple):
    """The functions of an encoding."""

    def __new__(cls, encode, decode, streamreader=None, streamwriter=None,
                incrementalencoder=None, incrementaldecoder=None, name=None):
        self = tuple.__new__(cls, (encode, decode, streamreader, streamwriter))
        self.name, self.encode, self.decode = name, encode, decode
        self.incrementalencoder, self.incrementaldecoder = incrementalencoder, incrementaldecoder
        self.streamreader, self.streamwriter = streamreader, streamwriter
        return self


def encode(obj, encoding="utf-8", errors="strict"):
    return obj.encode(encoding, errors)


def decode(obj, encoding="utf-8", errors="strict"):
    return bytes(obj).decode(encoding, errors)


def lookup(encoding, /):
    "".encode(encoding)

    def encoder(text, errors="strict"):
        return text.encode(encoding, errors), len(text)

    def decoder(data, errors="strict"):
        return bytes(data).decode(encoding, errors), len(data)

    class Incremental(IncrementalDecoder):
        _encoding = encoding

    name = encoding.lower().replace("_", "-")
    name = {"utf8": "utf-8", "latin-1": "iso8859-1", "latin1": "iso8859-1"}.get(name, name)
    return CodecInfo(encoder, decoder, name=name, incrementaldecoder=Incremental)


class IncrementalDecoder:
    """Decodes piece by piece; what may be cut off waits for the next piece."""

    _encoding = "utf-8"

    def __init__(self, errors="strict"):
        self.errors, self._pending = errors, b""

    def decode(self, data, final=False):
        data = self._pending + bytes(data)
        self._pending = b""
        if final:
            return data.decode(self._encoding, self.errors)
        for cut in range(min(4, len(data) + 1)):
            head = data[:len(data) - cut]
            try:
                text = head.decode(self._encoding)
            except UnicodeDecodeError:
                continue
            self._pending = data[len(head):]
            return text
        return data.decode(self._encoding, self.errors)

    def reset(self):
        self._pending = b""

    def getstate(self):
        return self._pending, 0

    def setstate(self, state):
        self._pending = state[0]


def getencoder(encoding):
    return lookup(encoding).encode


def getdecoder(encoding):
    return lookup(encoding).decode


def getincrementaldecoder(encoding):
    return lookup(encoding).incrementaldecoder


def open(filename, mode="r", encoding=None, errors="strict", buffering=-1):
    import builtins
    if encoding is not None and "b" not in mode:
        return builtins.open(filename, mode, buffering, encoding, errors)
    return builtins.open(filename, mode, buffering)


def strict_errors(error):
    raise error


def ignore_errors(error):
    return "", error.end


def replace_errors(error):
    if isinstance(error, UnicodeEncodeError):
        return "?" * (error.end - error.start), error.end
    return "\ufffd", error.end


_handlers = {"strict": strict_errors, "ignore": ignore_errors, "replace": replace_errors}


def register_error(name, handler, /):
    _handlers[name] = handler


def lookup_error(name, /):
    try:
        return _handlers[name]
    except KeyError:
        raise LookupError(f"unknown error handler name '{name}'") from None


def escape_decode(data, errors="strict"):
    return bytes(data).decode("unicode_escape").encode("latin-1"), len(data)


def charmap_build(table):
    return {ord(char): at for at, char in enumerate(table)}
