"""JSON load: a decoder written in Python, on nested records.

A recursive-descent parser over the text with line and column in its complaints.
Size is the number of records in the document.
"""

import harness_protocol
from json_data import document
from json_dump import Encoder

SPACE = " \t\n\r"
DIGITS = "0123456789"
ESCAPES = {'"': '"', "\\": "\\", "/": "/", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}
WORDS = {"t": ("true", True), "f": ("false", False), "n": ("null", None)}


class DecodeError(ValueError):
    """The text is not JSON; says what was expected where."""

    def __init__(self, message, text, position):
        line = text.count("\n", 0, position) + 1
        column = position - text.rfind("\n", 0, position)
        super().__init__(f"{message} at line {line} column {column}")
        self.position = position


class Decoder:
    def __init__(self, text):
        self.text = text
        self.position = 0
        self.names = {}

    def fail(self, message):
        raise DecodeError(message, self.text, self.position)

    def decode(self):
        value = self.value()
        if self.peek():
            self.fail("expected the end")
        return value

    def peek(self):
        """The next character that is no space, without taking it; "" at the end."""
        text = self.text
        position = self.position
        end = len(text)
        while position < end and text[position] in SPACE:
            position += 1
        self.position = position
        return text[position] if position < end else ""

    def value(self):
        char = self.peek()
        if char == '"':
            self.position += 1
            return self.string()
        if char == "{":
            self.position += 1
            return self.object()
        if char == "[":
            self.position += 1
            return self.array()
        if char in WORDS:
            word, value = WORDS[char]
            if self.text.startswith(word, self.position):
                self.position += len(word)
                return value
        elif char == "-" or (char and char in DIGITS):
            return self.number()
        self.fail("expected a value")

    def object(self):
        members = {}
        if self.peek() == "}":
            self.position += 1
            return members
        while True:
            if self.peek() != '"':
                self.fail("expected a name in quotes")
            self.position += 1
            name = self.string()
            name = self.names.setdefault(name, name)
            if self.peek() != ":":
                self.fail("expected ':'")
            self.position += 1
            members[name] = self.value()
            char = self.peek()
            self.position += 1
            if char == "}":
                return members
            if char != ",":
                self.position -= 1
                self.fail("expected ',' or '}'")

    def array(self):
        items = []
        if self.peek() == "]":
            self.position += 1
            return items
        while True:
            items.append(self.value())
            char = self.peek()
            self.position += 1
            if char == "]":
                return items
            if char != ",":
                self.position -= 1
                self.fail("expected ',' or ']'")

    def string(self):
        text = self.text
        start = position = self.position
        parts = []
        try:
            while True:
                char = text[position]
                if char == '"':
                    parts.append(text[start:position])
                    self.position = position + 1
                    return parts[0] if len(parts) == 1 else "".join(parts)
                if char == "\\":
                    parts.append(text[start:position])
                    self.position = position + 1
                    parts.append(self.escape())
                    start = position = self.position
                elif char < " ":
                    self.position = position
                    self.fail("a control character must be escaped")
                else:
                    position += 1
        except IndexError:
            self.fail("the text in quotes is not closed")

    def escape(self):
        char = self.text[self.position]
        self.position += 1
        if char == "u":
            code = self.code_unit()
            if 0xD800 <= code < 0xDC00 and self.text.startswith("\\u", self.position):
                self.position += 2
                low = self.code_unit()
                if not 0xDC00 <= low < 0xE000:
                    self.fail("expected the second half of a pair")
                code = 0x10000 + ((code & 0x3FF) << 10 | low & 0x3FF)
            return chr(code)
        if char not in ESCAPES:
            self.position -= 1
            self.fail(f"unknown escape {char!r}")
        return ESCAPES[char]

    def code_unit(self):
        digits = self.text[self.position : self.position + 4]
        try:
            code = int(digits, 16)
        except ValueError:
            self.fail("expected four hexadecimal digits")
        self.position += 4
        return code

    def number(self):
        text = self.text
        start = position = self.position
        end = len(text)
        if text[position] == "-":
            position += 1
        first = position
        position = self.digits(position)
        if text[first] == "0" and position > first + 1:
            self.position = first + 1
            self.fail("a number must not begin with 0")
        is_real = False
        if position < end and text[position] == ".":
            is_real = True
            position = self.digits(position + 1)
        if position < end and text[position] in "eE":
            is_real = True
            position += 1
            if position < end and text[position] in "+-":
                position += 1
            position = self.digits(position)
        self.position = position
        literal = text[start:position]
        return float(literal) if is_real else int(literal)

    def digits(self, position):
        text = self.text
        start = position
        while position < len(text) and text[position] in DIGITS:
            position += 1
        if position == start:
            self.position = position
            self.fail("expected a digit")
        return position


BROKEN = ("", "[1, 2", '{"a" 1}', '["\\x"]', "[1,\n 2,\n tru]", '{"a": 01}', '"open', "-", "[1.]", '["\\u12g4"]')


def complaint(text):
    try:
        Decoder(text).decode()
    except DecodeError as error:
        return str(error)
    raise AssertionError(f"{text!r} was accepted")


class Work:
    def __init__(self, size):
        self.data = document(size)
        self.text = Encoder().encode(self.data)


def iterate(work):
    decoded = Decoder(work.text).decode()
    if decoded != work.data:
        raise AssertionError("the document did not come back")
    complaints = [complaint(text) for text in BROKEN]
    return list(decoded), decoded["records"][-1], complaints, len(work.text)


if __name__ == "__main__":
    harness_protocol.main("json_load", version=1, size=2400, iterate=iterate, prepare=Work)
