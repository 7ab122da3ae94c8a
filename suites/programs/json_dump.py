"""JSON dump: an encoder written in Python, on nested records.

The encoder is a class with a method for each kind of value, a table of those by
type, and a generator for the pretty form. Size is the number of records; they are
written compactly, and every tenth of them prettily with sorted keys, 25 times an
iteration.
"""

import harness_protocol
from json_data import document

REPEATS = 25

ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\b": "\\b", "\f": "\\f"}
PLAIN = frozenset(chr(code) for code in range(32, 127) if chr(code) not in '"\\')


class EncodeError(TypeError):
    """A value has no form in JSON."""


def encode_char(char):
    escaped = ESCAPES.get(char)
    if escaped is not None:
        return escaped
    code = ord(char)
    if code > 0xFFFF:
        code -= 0x10000
        return f"\\u{0xD800 + (code >> 10):04x}\\u{0xDC00 + (code & 0x3FF):04x}"
    return f"\\u{code:04x}"


def encode_text(text):
    for char in text:
        if char not in PLAIN:
            return '"' + "".join([char if char in PLAIN else encode_char(char) for char in text]) + '"'
    return '"' + text + '"'


class Encoder:
    """Compact JSON, all in ASCII."""

    def __init__(self):
        self.parts = []
        self.write = self.parts.append
        self.open = []
        self.by_type = {
            str: self.text,
            int: self.integer,
            float: self.real,
            bool: self.flag,
            type(None): self.nothing,
            list: self.array,
            tuple: self.array,
            dict: self.object,
        }

    def encode(self, value):
        self.value(value)
        result = "".join(self.parts)
        self.parts.clear()
        return result

    def value(self, value):
        method = self.by_type.get(type(value))
        if method is None:
            method = self.by_base(value)
        method(value)

    def by_base(self, value):
        for kind, method in self.by_type.items():
            if isinstance(value, kind):
                return method
        raise EncodeError(f"a {type(value).__name__} has no form in JSON")

    def text(self, value):
        self.write(encode_text(value))

    def integer(self, value):
        self.write(str(value))

    def real(self, value):
        if value != value or value in (float("inf"), float("-inf")):
            raise EncodeError(f"{value!r} has no form in JSON")
        self.write(repr(value))

    def flag(self, value):
        self.write("true" if value else "false")

    def nothing(self, value):
        self.write("null")

    def enter(self, value):
        if any(outer is value for outer in self.open):
            raise EncodeError("the value holds itself")
        self.open.append(value)

    def array(self, value):
        if not value:
            self.write("[]")
            return
        self.enter(value)
        separator = "["
        for item in value:
            self.write(separator)
            self.value(item)
            separator = ","
        self.write("]")
        self.open.pop()

    def object(self, value):
        if not value:
            self.write("{}")
            return
        self.enter(value)
        separator = "{"
        for key, item in value.items():
            if not isinstance(key, str):
                raise EncodeError(f"the key {key!r} is not text")
            self.write(separator)
            self.text(key)
            self.write(":")
            self.value(item)
            separator = ","
        self.write("}")
        self.open.pop()


class PrettyEncoder:
    """JSON over several lines with sorted keys, as a stream of pieces."""

    def __init__(self, indent=2):
        self.indent = " " * indent
        self.plain = Encoder()

    def encode(self, value):
        return "".join(self.pieces(value, "\n"))

    def pieces(self, value, margin):
        if isinstance(value, dict) and value:
            deeper = margin + self.indent
            yield "{"
            separator = ""
            for key in sorted(value):
                yield f"{separator}{deeper}{encode_text(key)}: "
                yield from self.pieces(value[key], deeper)
                separator = ","
            yield margin + "}"
        elif isinstance(value, (list, tuple)) and value:
            deeper = margin + self.indent
            yield "["
            separator = ""
            for item in value:
                yield separator + deeper
                yield from self.pieces(item, deeper)
                separator = ","
            yield margin + "]"
        else:
            yield self.plain.encode(value)


def refuses(value):
    """The complaint about a value that JSON cannot hold."""
    try:
        Encoder().encode(value)
    except EncodeError as error:
        return str(error)
    raise AssertionError("a value without a form in JSON was encoded")


def iterate(data):
    compact = Encoder().encode(data)
    pretty = PrettyEncoder().encode(data["records"][::10])
    for _ in range(REPEATS - 1):
        if Encoder().encode(data) != compact or PrettyEncoder().encode(data["records"][::10]) != pretty:
            raise AssertionError("the same document gave different texts")
    loop = []
    loop.append(loop)
    return compact, pretty, refuses(loop), refuses({1, 2}), refuses({"x": float("nan")})


if __name__ == "__main__":
    harness_protocol.main("json_dump", version=1, size=150, iterate=iterate, prepare=document)
