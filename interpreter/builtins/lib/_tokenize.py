"""The lexical analysis under `tokenize`, by regular expressions, a line at a time."""

import re
from token import (
    COMMENT, DEDENT, ENDMARKER, EXACT_TOKEN_TYPES, FSTRING_END, FSTRING_MIDDLE, FSTRING_START,
    INDENT, NAME, NEWLINE, NL, NUMBER, OP, STRING,
)

_NUMBER = (
    r"0[xX](?:_?[0-9a-fA-F])+|0[bB](?:_?[01])+|0[oO](?:_?[0-7])+"
    r"|(?:[0-9](?:_?[0-9])*\.(?:[0-9](?:_?[0-9])*)?|\.[0-9](?:_?[0-9])*)(?:[eE][-+]?[0-9](?:_?[0-9])*)?[jJ]?"
    r"|[0-9](?:_?[0-9])*(?:[eE][-+]?[0-9](?:_?[0-9])*)?[jJ]?"
)
_OPERATORS = "|".join(re.escape(op) for op in sorted(EXACT_TOKEN_TYPES, key=len, reverse=True))
_TOKEN = re.compile(
    rf"[ \f\t]*(?:(?P<comment>#[^\r\n]*)|(?P<string>[a-zA-Z]{{0,2}}(?:'''|\"\"\"|'|\"))"
    rf"|(?P<number>{_NUMBER})|(?P<name>\w+)|(?P<op>{_OPERATORS}|[!$?`])"
    r"|(?P<more>\\\r?\n)|(?P<newline>\r?\n)|(?P<end>$))"
)
_PREFIXES = {"", "r", "u", "b", "f", "t", "br", "rb", "fr", "rf", "tr", "rt"}


class TokenizerIter:
    """An iterator over (type, text, start, end, line)."""

    def __init__(self, readline, /, *, encoding=None, extra_tokens=False):
        self._tokens = _Lines(readline, encoding, extra_tokens).tokens()

    def __iter__(self):
        return self

    def __next__(self):
        return next(self._tokens)


class _Lines:
    def __init__(self, readline, encoding, extra):
        self.readline = readline
        self.encoding = encoding
        self.extra = extra
        self.number = 0
        self.line = ""
        self.at = 0
        self.depth = []

    def next_line(self):
        try:
            line = self.readline()
        except StopIteration:
            line = ""
        if isinstance(line, bytes):
            line = line.decode(self.encoding or "utf-8")
        self.line = line
        self.number += 1
        self.at = 0
        return line

    def fail(self, message, number, at):
        raise SyntaxError(message, ("<string>", number, at + 1, self.line, number, at + 1))

    def kind(self, text):
        return OP if self.extra else EXACT_TOKEN_TYPES.get(text, OP)

    def tokens(self):
        indents = [0]
        continued = False
        while line := self.next_line():
            if not self.depth and not continued:
                width, self.at = self.indentation(line)
                rest = line[self.at:]
                if rest.startswith("#") or not rest.strip():
                    yield from self.blank(rest)
                    continue
                if width > indents[-1]:
                    indents.append(width)
                    yield INDENT, line[:self.at], (self.number, 0), (self.number, self.at), line
                while width < indents[-1]:
                    indents.pop()
                    if width > indents[-1]:
                        error = IndentationError(
                            "unindent does not match any outer indentation level",
                            ("<string>", self.number, self.at + 1, line, self.number, self.at + 1),
                        )
                        raise error
                    yield DEDENT, "", (self.number, self.at), (self.number, self.at), line
            continued = yield from self.one_line()
        if self.depth or continued:
            self.fail("unexpected EOF in multi-line statement", self.number, 0)
        for _ in indents[1:]:
            yield DEDENT, "", (self.number, 0), (self.number, 0), ""
        yield ENDMARKER, "", (self.number, 0), (self.number, 0), ""

    def indentation(self, line):
        width = at = 0
        for char in line:
            if char == " ":
                width += 1
            elif char == "\t":
                width = (width // 8 + 1) * 8
            elif char == "\f":
                width = 0
            else:
                break
            at += 1
        return width, at

    def blank(self, rest):
        at = self.at
        if rest.startswith("#"):
            text = rest.rstrip("\r\n")
            yield COMMENT, text, (self.number, at), (self.number, at + len(text)), self.line
            at += len(text)
        newline = self.line[at:].lstrip(" \t\f")
        at = len(self.line) - len(newline)
        yield NL, newline, (self.number, at), (self.number, at + max(1, len(newline))), self.line

    def one_line(self):
        """The tokens of a line from where it is; whether a backslash continues it."""
        meaning = False
        while True:
            found = _TOKEN.match(self.line, self.at)
            # Signs of no meaning are tokens to who asks for all.
            if found is None or not self.extra and found["op"] in ("$", "?", "`"):
                bad = len(self.line[self.at:]) - len(self.line[self.at:].lstrip(" \t\f"))
                at = self.at + bad
                self.fail(f"invalid non-printable character or symbol {self.line[at]!r}",
                          self.number, at)
            kind, text = found.lastgroup, found[found.lastgroup]
            start = (self.number, found.start(kind))
            end = (self.number, found.end())
            self.at = found.end()
            if kind == "string" and text.rstrip("'\"").lower() not in _PREFIXES:
                # A name right before a quote.
                kind, text = "name", text.rstrip("'\"")
                self.at = start[1] + len(text)
                end = (self.number, self.at)
            if kind == "more":
                return True
            if kind == "comment":
                yield COMMENT, text, start, end, self.line
            elif kind in ("newline", "end"):
                inside = bool(self.depth) or not meaning
                if kind == "end":
                    if not inside:
                        yield NEWLINE, "", start, (start[0], start[1] + 1), self.line
                    return False
                yield (NL if inside else NEWLINE), text, start, (start[0], start[1] + 1), self.line
                return False
            else:
                meaning = True
                if kind == "string":
                    yield from self.string(text, start)
                elif kind == "op":
                    self.bracket(text)
                    yield self.kind(text), text, start, end, self.line
                else:
                    yield (NUMBER if kind == "number" else NAME), text, start, end, self.line

    def bracket(self, text):
        if text in "([{":
            self.depth.append(text)
        elif text in ")]}" and self.depth:
            self.depth.pop()

    def string(self, opening, start):
        quote = opening.lstrip("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
        prefix = opening[:-len(quote)].lower()
        if "f" in prefix:
            yield FSTRING_START, opening, start, (self.number, self.at), self.line
            yield from self.pieces(quote, "r" in prefix, ())
            return
        first, lines = self.line, self.line
        body = re.compile(rf"(?:[^\\]|\\.)*?{quote}" if len(quote) == 3
                          else rf"(?:[^\\\n{quote}]|\\(?:.|\r?\n))*{quote}", re.S)
        text = self.line[start[1]:]
        while True:
            found = body.match(text, len(opening))
            if found:
                break
            if len(quote) == 1 and not text.endswith(("\\\n", "\\\r\n")):
                self.fail(f"unterminated string literal (detected at line {start[0]})", *start)
            if not self.next_line():
                self.fail("unterminated triple-quoted string literal", *start)
            text += self.line
            lines += self.line
        whole = text[:found.end()]
        self.at = len(self.line) - (len(text) - found.end())
        yield STRING, whole, start, (self.number, self.at), lines

    def pieces(self, quote, raw, closing):
        """The parts of an f-string up to its end quote, or of a format up to the brace."""
        start, text = (self.number, self.at), ""
        while True:
            rest = self.line[self.at:]
            if not rest:
                if not self.next_line():
                    self.fail("unterminated f-string literal", *start)
                continue
            is_format = bool(closing)
            if not is_format and rest.startswith(quote) or is_format and rest[0] == "}":
                if text:
                    yield FSTRING_MIDDLE, text, start, (self.number, self.at), self.line
                if is_format:
                    return
                at = self.at
                self.at += len(quote)
                yield FSTRING_END, quote, (self.number, at), (self.number, self.at), self.line
                return
            if rest[:2] in ("{{", "}}") and not is_format:
                text += rest[0]
                self.at += 2
            elif rest[0] == "{":
                if text:
                    yield FSTRING_MIDDLE, text, start, (self.number, self.at), self.line
                yield from self.field(quote, raw)
                start, text = (self.number, self.at), ""
            else:
                step = 2 if rest[0] == "\\" and len(rest) > 1 and not raw else 1
                text += rest[:step]
                self.at += step

    def field(self, quote, raw):
        def mark(char):
            at = self.at
            self.at += 1
            return self.kind(char), char, (self.number, at), (self.number, self.at), self.line

        yield mark("{")
        outer, self.depth = self.depth, []
        while True:
            rest = self.line[self.at:]
            blank = len(rest) - len(rest.lstrip(" \t\f"))
            if not rest or not rest.strip():
                self.next_line() or self.fail("unterminated f-string literal", self.number, 0)
                continue
            char = rest[blank]
            if not self.depth and char in ":}":
                self.at += blank
                self.depth = outer
                if char == ":":
                    yield mark(":")
                    yield from self.pieces(quote, raw, ("}",))
                yield mark("}")
                return
            found = _TOKEN.match(self.line, self.at)
            kind, text = found.lastgroup, found[found.lastgroup]
            start = (self.number, found.start(kind))
            self.at = found.end()
            if kind == "string":
                yield from self.string(text, start)
                continue
            if kind == "op":
                self.bracket(text)
                type_ = self.kind(text)
            else:
                type_ = NUMBER if kind == "number" else NAME
            yield type_, text, start, (self.number, self.at), self.line
