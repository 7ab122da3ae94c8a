"""Encodings by name: functions over str.encode and bytes.decode."""

BOM_UTF8 = b"\xef\xbb\xbf"
BOM_LE = BOM_UTF16_LE = b"\xff\xfe"
BOM_BE = BOM_UTF16_BE = b"\xfe\xff"
BOM_UTF32_LE = b"\xff\xfe\x00\x00"
BOM_UTF32_BE = b"\x00\x00\xfe\xff"
BOM32_LE, BOM32_BE = BOM_UTF16_LE, BOM_UTF16_BE
BOM64_LE, BOM64_BE = BOM_UTF32_LE, BOM_UTF32_BE
import sys as _sys
_little = _sys.byteorder == "little"
BOM = BOM_UTF16 = BOM_UTF16_LE if _little else BOM_UTF16_BE
BOM_UTF32 = BOM_UTF32_LE if _little else BOM_UTF32_BE


class CodecInfo(tuple):
    """The functions of an encoding."""

    def __new__(cls, encode, decode, streamreader=None, streamwriter=None,
                incrementalencoder=None, incrementaldecoder=None, name=None, *,
                _is_text_encoding=None):
        self = tuple.__new__(cls, (encode, decode, streamreader, streamwriter))
        self.name, self.encode, self.decode = name, encode, decode
        self.incrementalencoder, self.incrementaldecoder = incrementalencoder, incrementaldecoder
        self.streamreader, self.streamwriter = streamreader, streamwriter
        if _is_text_encoding is not None:
            self._is_text_encoding = _is_text_encoding
        return self

    _is_text_encoding = True


def encode(obj, encoding="utf-8", errors="strict"):
    return lookup(encoding).encode(obj, errors)[0]


def decode(obj, encoding="utf-8", errors="strict"):
    return lookup(encoding).decode(obj, errors)[0]


_searchers = []

# What was found before, by the names that were asked for and by the encodings' own.
_known = {}


def register(search_function, /):
    """Has a function asked for encodings that are not the interpreter's."""
    if not callable(search_function):
        raise TypeError("argument must be callable")
    _searchers.append(search_function)


def unregister(search_function, /):
    if search_function in _searchers:
        _searchers.remove(search_function)
        _known.clear()


def _find(encoding, which=None):
    """The codec of an encoding that is written in Python; None if there is none. `which` is 0 for one that
    is to encode text, 1 for one that is to decode it."""
    name = encoding.lower().replace(" ", "_")
    for search in _searchers:
        found = search(name)
        if found is not None:
            if not isinstance(found, tuple) or len(found) != 4:
                raise TypeError("codec search functions must return 4-tuples")
            break
    else:
        from encodings import search_function
        found = search_function(name)
    if found is not None and which is not None and not getattr(found, "_is_text_encoding", True):
        function = ("encode", "decode")[which]
        raise LookupError(f"{encoding!r} is not a text encoding; "
                          f"use codecs.{function}() to handle arbitrary codecs")
    return found


def lookup(encoding, /):
    key = encoding.lower().replace(" ", "_")
    found = _known.get(key)
    if found is None:
        found = _known[key] = _look_up(encoding)
    return found


def _look_up(encoding):
    found = _find(encoding)
    if found is not None:
        return found
    "".encode(encoding)

    def encoder(text, errors="strict"):
        if not isinstance(text, str):
            raise TypeError(f"{encoding.lower().replace('-', '_')}_encode() argument 1 must be str, "
                            f"not {type(text).__name__}")
        return text.encode(encoding, errors), len(text)

    def decoder(data, errors="strict"):
        return bytes(data).decode(encoding, errors), len(data)

    name = encoding.lower().replace("_", "-")
    name = {"utf8": "utf-8", "latin-1": "iso8859-1", "latin1": "iso8859-1"}.get(name, name)
    if name in _known:
        return _known[name]
    made = _known[name] = CodecInfo(encoder, decoder, name=name, **{
        cls.__name__.lower(): type(cls.__name__, (own, cls), {"_encoding": encoding})
        for own, cls in ((_WholeReader, StreamReader), (_WholeWriter, StreamWriter),
                         (_WholeEncoder, IncrementalEncoder), (_WholeDecoder, IncrementalDecoder))})
    return made


# Encodings whose text may begin with a mark that names the exact one; the last is taken without.
_MARKED = {
    "utf-16": ((BOM_UTF16_LE, "utf-16-le"), (BOM_UTF16_BE, "utf-16-be"), (BOM_UTF16, None)),
    "utf-32": ((BOM_UTF32_LE, "utf-32-le"), (BOM_UTF32_BE, "utf-32-be"), (BOM_UTF32, None)),
    "utf-8-sig": ((BOM_UTF8, "utf-8"), (BOM_UTF8, None)),
}


def _marks(encoding):
    name = encoding.lower().replace("_", "-")
    return _MARKED.get({"utf16": "utf-16", "u16": "utf-16", "utf32": "utf-32", "u32": "utf-32"}.get(name, name), ())


class IncrementalEncoder:
    """Encodes piece by piece."""

    def __init__(self, errors="strict"):
        self.errors, self.buffer = errors, ""

    def encode(self, text, final=False):
        raise NotImplementedError

    def reset(self):
        pass

    def getstate(self):
        return 0

    def setstate(self, state):
        pass


class BufferedIncrementalEncoder(IncrementalEncoder):
    """Encodes piece by piece; what `_buffer_encode` leaves waits for the next piece."""

    def _buffer_encode(self, text, errors, final):
        raise NotImplementedError

    def encode(self, text, final=False):
        text = self.buffer + text
        result, used = self._buffer_encode(text, self.errors, final)
        self.buffer = text[used:]
        return result

    def reset(self):
        self.buffer = ""

    def getstate(self):
        return self.buffer or 0

    def setstate(self, state):
        self.buffer = state or ""


class IncrementalDecoder:
    """Decodes piece by piece."""

    def __init__(self, errors="strict"):
        self.errors = errors

    def decode(self, data, final=False):
        raise NotImplementedError

    def reset(self):
        pass

    def getstate(self):
        return b"", 0

    def setstate(self, state):
        pass


class BufferedIncrementalDecoder(IncrementalDecoder):
    """Decodes piece by piece; what `_buffer_decode` leaves waits for the next piece."""

    def __init__(self, errors="strict"):
        self.errors, self.buffer = errors, b""

    def _buffer_decode(self, data, errors, final):
        raise NotImplementedError

    def decode(self, data, final=False):
        data = self.buffer + data
        result, used = self._buffer_decode(data, self.errors, final)
        self.buffer = data[used:]
        return result

    def reset(self):
        self.buffer = b""

    def getstate(self):
        return self.buffer, 0

    def setstate(self, state):
        self.buffer = state[0]


class _WholeEncoder:
    """An encoder of the interpreter's own: only a mark goes before the first piece alone."""

    _exact = None

    def encode(self, text, final=False):
        result = text.encode(self._exact or self._encoding, self.errors)
        for mark, exact in _marks(self._encoding):
            if result.startswith(mark) and self._exact is None:
                self._exact = exact
        return result

    def reset(self):
        self._exact = None

    def getstate(self):
        return 0 if self._exact is None else 2

    def setstate(self, state):
        self._exact = None
        if state:
            self.encode("")


class _WholeDecoder:
    """A decoder of the interpreter's own: what may be cut off waits for the next piece."""

    _exact = None
    _pending = b""

    def decode(self, data, final=False):
        data = self._pending + bytes(data)
        self._pending = b""
        if self._exact is None:
            data = self._begin(data, final)
            if self._exact is None:
                return ""
        if final:
            return data.decode(self._exact, self.errors)
        if "escape" in (self._exact or ""):
            whole = _without_open_escape(data, self._exact.startswith("raw"))
            self._pending = data[whole:]
            return data[:whole].decode(self._exact, self.errors)
        whole = _without_open_character(data, self._exact)
        self._pending = data[whole:]
        return data[:whole].decode(self._exact, self.errors)

    def _begin(self, data, final):
        """The data without the mark at its beginning, which chooses the encoding."""
        self._exact = self._encoding
        for mark, exact in _marks(self._encoding):
            if exact is None:
                self._exact = _marks(self._encoding)[0 if _little or mark == BOM_UTF8 else 1][1]
            elif data.startswith(mark):
                self._exact = exact
                return data[len(mark):]
            elif mark.startswith(data) and not final:
                self._pending, self._exact = data, None
                return b""
        return data

    def reset(self):
        self._pending, self._exact = b"", None

    def getstate(self):
        return self._pending, 0

    def setstate(self, state):
        self._pending = state[0]


def _without_open_character(data, encoding):
    """How much of the data comes before a character at its end that is not there as a whole."""
    unit = 4 if "32" in encoding else 2 if "16" in encoding else 1
    for cut in range(min(3, len(data)), 0, -1):
        start = len(data) - cut
        if start % unit:
            continue
        try:
            data[start:].decode(encoding)
        except UnicodeDecodeError as error:
            if error.start == 0 and error.end == cut and error.reason in (
                    "unexpected end of data", "truncated data"):
                return start
    return len(data)


def _without_open_escape(data, is_raw):
    """How much of the data comes before an escape sequence at its end that may go on."""
    start = data.rfind(b"\\")
    first = start
    while first > 0 and data[first - 1] == 0x5C:
        first -= 1
    if start < 0 or (start - first) % 2:
        return len(data)
    kind, rest = data[start + 1:start + 2], data[start + 2:]
    digits = {b"u": 4, b"U": 8}
    if not is_raw:
        digits[b"x"] = 2
        if kind == b"N" and b"}" not in rest and (not rest or rest.startswith(b"{")):
            return start
        if kind and kind in b"01234567" and len(rest) < 2 and not rest.strip(b"01234567"):
            return start
    is_open = not kind or len(rest) < digits.get(kind, 0) and not rest.strip(b"0123456789abcdefABCDEF")
    return start if is_open else len(data)


class _WholeWriter:
    """A writer in an encoding of the interpreter's own."""

    _encoder = None

    def encode(self, text, errors="strict"):
        if self._encoder is None:
            self._encoder = lookup(self._encoding).incrementalencoder(errors)
        return self._encoder.encode(text), len(text)

    def reset(self):
        super().reset()
        self._encoder = None


class _WholeReader:
    """A reader in an encoding of the interpreter's own."""

    _decoder = None

    def decode(self, data, errors="strict"):
        if self._decoder is None:
            self._decoder = lookup(self._encoding).incrementaldecoder(errors)
        self._decoder._pending = b""
        text = self._decoder.decode(data)
        return text, len(data) - len(self._decoder._pending)

    def reset(self):
        super().reset()
        self._decoder = None


def getencoder(encoding):
    return lookup(encoding).encode


def getdecoder(encoding):
    return lookup(encoding).decode


def getreader(encoding):
    """A class that reads text from a stream of bytes in the encoding."""
    return lookup(encoding).streamreader


def getwriter(encoding):
    """A class that writes text to a stream of bytes in the encoding."""
    return lookup(encoding).streamwriter


def getincrementalencoder(encoding):
    encoder = lookup(encoding).incrementalencoder
    if encoder is None:
        raise LookupError(encoding)
    return encoder


def getincrementaldecoder(encoding):
    decoder = lookup(encoding).incrementaldecoder
    if decoder is None:
        raise LookupError(encoding)
    return decoder


def iterencode(iterator, encoding, errors="strict", **kwargs):
    encoder = getincrementalencoder(encoding)(errors, **kwargs)
    for text in iterator:
        if data := encoder.encode(text):
            yield data
    if data := encoder.encode("", True):
        yield data


def iterdecode(iterator, encoding, errors="strict", **kwargs):
    decoder = getincrementaldecoder(encoding)(errors, **kwargs)
    for data in iterator:
        if text := decoder.decode(data):
            yield text
    if text := decoder.decode(b"", True):
        yield text


def open(filename, mode="r", encoding=None, errors="strict", buffering=-1):
    """Opens a file of bytes that is read and written as text, without regard to line ends."""
    import builtins
    if encoding is None:
        return builtins.open(filename, mode, buffering)
    file = builtins.open(filename, mode if "b" in mode else mode + "b", buffering)
    try:
        info = lookup(encoding)
        both = StreamReaderWriter(file, info.streamreader, info.streamwriter, errors)
        both.encoding = encoding
        return both
    except BaseException:
        file.close()
        raise


def EncodedFile(file, data_encoding, file_encoding=None, errors="strict"):
    """A file that a program reads and writes in another encoding than its own."""
    data, own = lookup(data_encoding), lookup(file_encoding or data_encoding)
    recoder = StreamRecoder(file, data.encode, data.decode, own.streamreader, own.streamwriter, errors)
    recoder.data_encoding, recoder.file_encoding = data_encoding, file_encoding or data_encoding
    return recoder


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


def namereplace_errors(error):
    if not isinstance(error, UnicodeEncodeError):
        raise TypeError(f"don't know how to handle {type(error).__name__} in error callback")
    return error.object[error.start:error.end].encode("ascii", "namereplace").decode("ascii"), error.end


_handlers = {
    "strict": strict_errors, "ignore": ignore_errors, "replace": replace_errors,
    "xmlcharrefreplace": xmlcharrefreplace_errors, "backslashreplace": backslashreplace_errors,
    "namereplace": namereplace_errors,
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


def escape_encode(data, errors="strict"):
    return repr(data)[2:-1].encode("ascii"), len(data)


def readbuffer_encode(data, errors="strict"):
    data = data.encode() if isinstance(data, str) else bytes(data)
    return data, len(data)


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

    def encode(self, text, errors="strict"):
        raise NotImplementedError

    def decode(self, data, errors="strict"):
        raise NotImplementedError


class _OnStream(Codec):
    """What stands before a stream of bytes and passes on what it does not know itself."""

    def __init__(self, stream, errors="strict"):
        self.stream, self.errors = stream, errors

    def reset(self):
        pass

    def seek(self, offset, whence=0):
        self.stream.seek(offset, whence)
        self.reset()

    def __getattr__(self, name):
        if name == "stream":
            raise AttributeError(name)
        return getattr(self.stream, name)

    def __enter__(self):
        return self

    def __exit__(self, *details):
        self.stream.close()

    def __reduce_ex__(self, protocol):
        raise TypeError(f"can't serialize {type(self).__name__}")


class StreamWriter(_OnStream):
    """Encodes what is written to a stream."""

    def write(self, text):
        self.stream.write(self.encode(text, self.errors)[0])

    def writelines(self, texts):
        self.write("".join(texts))

    def seek(self, offset, whence=0):
        self.stream.seek(offset, whence)
        if whence == 0 and offset == 0:
            self.reset()


class StreamReader(_OnStream):
    """Decodes what is read from a stream. Bytes that are not yet a character, and characters that
    were not asked for, wait for the next call."""

    charbuffertype = str

    def __init__(self, stream, errors="strict"):
        super().__init__(stream, errors)
        self.bytebuffer, self.charbuffer = b"", ""

    def reset(self):
        self.bytebuffer, self.charbuffer = b"", ""

    def read(self, size=-1, chars=-1, firstline=False):
        """At most `chars` characters, from pieces of about `size` bytes; with `firstline` an error
        behind the first line is none yet."""
        wanted = chars if chars >= 0 else size
        while wanted < 0 or len(self.charbuffer) < wanted:
            new = self.stream.read(size) if size >= 0 else self.stream.read()
            if not (data := self.bytebuffer + new):
                break
            try:
                text, used = self.decode(data, self.errors)
            except UnicodeDecodeError as error:
                if not firstline:
                    raise
                text, used = self.decode(data[:error.start], self.errors)
                if len(text.splitlines()) <= 1:
                    raise error
            self.bytebuffer = data[used:]
            self.charbuffer += text
            if not new or wanted < 0:
                break
        end = len(self.charbuffer) if wanted < 0 else wanted
        result, self.charbuffer = self.charbuffer[:end], self.charbuffer[end:]
        return result

    def readline(self, size=None, keepends=True):
        line, piece = "", size or 72
        while True:
            data = self.read(piece, firstline=True)
            if data.endswith("\r"):
                # A line feed may follow.
                data += self.read(1, 1)
            line += data
            lines = line.splitlines(True)
            if len(lines) > 1:
                self.charbuffer = "".join(lines[1:]) + self.charbuffer
            if len(lines) > 1 or lines and lines[0].splitlines()[0] != lines[0]:
                return lines[0] if keepends else lines[0].splitlines()[0]
            if not data or size is not None:
                return line
            piece = min(piece * 2, 8000)

    def readlines(self, sizehint=None, keepends=True):
        return self.read().splitlines(keepends)

    def __iter__(self):
        return self

    def __next__(self):
        if line := self.readline():
            return line
        raise StopIteration


class StreamReaderWriter(_OnStream):
    """Decodes what is read from a stream and encodes what is written."""

    encoding = "unknown"

    def __init__(self, stream, Reader, Writer, errors="strict"):
        super().__init__(stream, errors)
        self.reader, self.writer = Reader(stream, errors), Writer(stream, errors)

    def read(self, size=-1):
        return self.reader.read(size)

    def readline(self, size=None, keepends=True):
        return self.reader.readline(size, keepends)

    def readlines(self, sizehint=None, keepends=True):
        return self.reader.readlines(sizehint, keepends)

    def __iter__(self):
        return self

    def __next__(self):
        return next(self.reader)

    def write(self, text):
        return self.writer.write(text)

    def writelines(self, texts):
        return self.writer.writelines(texts)

    def reset(self):
        self.reader.reset()
        self.writer.reset()

    def seek(self, offset, whence=0):
        self.stream.seek(offset, whence)
        self.reader.reset()
        if whence == 0 and offset == 0:
            self.writer.reset()


class StreamRecoder(StreamReaderWriter):
    """Gives what is read in another encoding than the stream's, and takes what is written so."""

    data_encoding = file_encoding = "unknown"

    def __init__(self, stream, encode, decode, Reader, Writer, errors="strict"):
        super().__init__(stream, Reader, Writer, errors)
        self.encode, self.decode = encode, decode

    def read(self, size=-1):
        return self.encode(self.reader.read(size), self.errors)[0]

    def readline(self, size=None, keepends=True):
        return self.encode(self.reader.readline(size, keepends), self.errors)[0]

    def readlines(self, sizehint=None, keepends=True):
        return self.encode(self.reader.read(), self.errors)[0].splitlines(keepends)

    def __next__(self):
        return self.encode(next(self.reader), self.errors)[0]

    def write(self, data):
        return self.writer.write(self.decode(data, self.errors)[0])

    def writelines(self, pieces):
        return self.write(b"".join(pieces))


def _define_functions():
    """`utf_8_decode` and its like: a function for each encoding of the interpreter's own."""
    for encoding in ("utf_8", "ascii", "latin_1", "utf_16", "utf_16_le", "utf_16_be", "utf_32",
                     "utf_32_le", "utf_32_be", "unicode_escape", "raw_unicode_escape"):
        def encoder(text, errors="strict", /, *, encoding=encoding):
            return text.encode(encoding, errors or "strict"), len(text)

        # Without `final` a character that is cut off at the end is left.
        def decoder(data, errors="strict", final=False, /, *, encoding=encoding):
            incremental = lookup(encoding).incrementaldecoder(errors or "strict")
            text = incremental.decode(data, final)
            return text, len(data) - len(incremental._pending)

        whole = encoding.startswith("utf_")
        if not whole:
            def decoder(data, errors="strict", /, *, encoding=encoding):
                return bytes(data).decode(encoding, errors or "strict"), len(data)
        globals()[f"{encoding}_encode"] = encoder
        globals()[f"{encoding}_decode"] = decoder


_define_functions()


def utf_7_encode(text, errors="strict", /):
    from encodings.utf_7 import encode
    return encode(text, errors or "strict")


def utf_7_decode(data, errors="strict", final=False, /):
    from encodings.utf_7 import decode
    return decode(data, errors or "strict", final)


# What pickles, and whoever asks for `__module__`, find in `_codecs`.
_NATIVE = [
    "charmap_build", "charmap_decode", "charmap_encode", "decode", "encode", "escape_decode",
    "escape_encode", "lookup", "lookup_error", "readbuffer_encode", "register", "register_error",
    "unregister",
] + [_name for _name in globals() if _name.endswith(("_encode", "_decode")) 
           and not _name.startswith(("charmap", "escape", "readbuffer", "_"))]
for _name in _NATIVE:
    globals()[_name].__module__ = "_codecs"
