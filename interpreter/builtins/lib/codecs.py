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


_searchers = []


def register(search_function, /):
    """Has a function asked for encodings that are not the interpreter's."""
    if not callable(search_function):
        raise TypeError("argument must be callable")
    _searchers.append(search_function)


def unregister(search_function, /):
    if search_function in _searchers:
        _searchers.remove(search_function)


def _find(encoding):
    """The codec of an encoding that is written in Python; None if there is none."""
    name = encoding.lower().replace(" ", "_")
    for search in _searchers:
        found = search(name)
        if found is not None:
            return found
    from encodings import search_function
    return search_function(name)


def lookup(encoding, /):
    for search in _searchers:
        found = search(encoding.lower().replace(" ", "_"))
        if found is not None:
            return found
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


def getreader(encoding):
    """A class that reads text from a stream of bytes in the encoding."""
    info = lookup(encoding)
    return info.streamreader or type("StreamReader", (StreamReader,), {
        "decode": staticmethod(info.decode)})


def getwriter(encoding):
    """A class that writes text to a stream of bytes in the encoding."""
    info = lookup(encoding)
    return info.streamwriter or type("StreamWriter", (StreamWriter,), {
        "encode": staticmethod(info.encode)})


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


def xmlcharrefreplace_errors(error):
    if not isinstance(error, UnicodeEncodeError):
        raise TypeError(f"don't know how to handle {type(error).__name__} in error callback")
    bad = error.object[error.start:error.end]
    return "".join(f"&#{ord(char)};" for char in bad), error.end


def backslashreplace_errors(error):
    bad = error.object[error.start:error.end]
    if isinstance(error, UnicodeDecodeError):
        return "".join(f"\\x{byte:02x}" for byte in bad), error.end
    return bad.encode("ascii", "backslashreplace").decode("ascii"), error.end


_handlers = {
    "strict": strict_errors, "ignore": ignore_errors, "replace": replace_errors,
    "xmlcharrefreplace": xmlcharrefreplace_errors, "backslashreplace": backslashreplace_errors,
}


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
    return {ord(char): at for at, char in enumerate(table) if char != "\ufffe"}


def make_identity_dict(numbers):
    return {number: number for number in numbers}


def make_encoding_map(decoding_map):
    """The reverse of a map; what several bytes stand for is left out."""
    found = {}
    for byte, point in decoding_map.items():
        found[point] = None if point in found else byte
    return found


def charmap_encode(text, errors="strict", mapping=None):
    """Encodes by a map from code points to bytes; without one, as Latin 1."""
    if mapping is None:
        return text.encode("latin-1", errors), len(text)
    out, at = bytearray(), 0
    while at < len(text):
        byte = mapping.get(ord(text[at]))
        if byte is not None:
            out.append(byte)
            at += 1
            continue
        end = at + 1
        while end < len(text) and mapping.get(ord(text[end])) is None:
            end += 1
        error = UnicodeEncodeError("charmap", text, at, end, "character maps to <undefined>")
        instead, at = lookup_error(errors)(error)
        if isinstance(instead, bytes):
            out += instead
        else:
            for char in instead:
                byte = mapping.get(ord(char))
                if byte is None:
                    raise error
                out.append(byte)
    return bytes(out), len(text)


def charmap_decode(data, errors="strict", mapping=None):
    """Decodes by a map from bytes to characters, or a text of 256 of them."""
    data = bytes(data)
    if mapping is None:
        return data.decode("latin-1"), len(data)
    if isinstance(mapping, str):
        mapping = {at: char for at, char in enumerate(mapping) if char != "\ufffe"}
    out, at = [], 0
    while at < len(data):
        found = mapping.get(data[at])
        if found is not None:
            out.append(chr(found) if isinstance(found, int) else found)
            at += 1
            continue
        error = UnicodeDecodeError("charmap", data, at, at + 1, "character maps to <undefined>")
        instead, at = lookup_error(errors)(error)
        out.append(instead)
    return "".join(out), len(data)


class Codec:
    """What encodes and decodes without a state."""


class IncrementalEncoder:
    """Encodes piece by piece."""

    def __init__(self, errors="strict"):
        self.errors = errors

    def reset(self):
        pass

    def getstate(self):
        return 0

    def setstate(self, state):
        pass


class StreamWriter(Codec):
    """Encodes what is written to a stream."""

    def __init__(self, stream, errors="strict"):
        self.stream, self.errors = stream, errors

    def write(self, text):
        self.stream.write(self.encode(text, self.errors)[0])

    def writelines(self, texts):
        self.write("".join(texts))

    def __getattr__(self, name):
        return getattr(self.stream, name)

    def __enter__(self):
        return self

    def __exit__(self, *details):
        self.stream.close()


class StreamReader(Codec):
    """Decodes what is read from a stream."""

    def __init__(self, stream, errors="strict"):
        self.stream, self.errors = stream, errors

    def read(self, size=-1):
        return self.decode(self.stream.read(size), self.errors)[0]

    def readline(self):
        return self.decode(self.stream.readline(), self.errors)[0]

    def __iter__(self):
        return iter(self.readline, "")

    def __getattr__(self, name):
        return getattr(self.stream, name)

    def __enter__(self):
        return self

    def __exit__(self, *details):
        self.stream.close()
