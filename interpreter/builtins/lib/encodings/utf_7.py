"""UTF-7 (RFC 2152): text for channels of seven bits, with base64 for what is not ASCII."""

import codecs

_BASE64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_VALUES = {ord(char): value for value, char in enumerate(_BASE64)}
# What needs no base64: the direct characters, and those that are optional but for `\` and `~`.
_DIRECT = frozenset("\t\n\r !\"#$%&'()*,-./:;<=>?@[]^_`{|}"
                    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789")


def encode(text, errors="strict"):
    out, units, count, inside = [], 0, 0, False
    for char in text:
        if inside and char in _DIRECT:
            if count:
                out.append(_BASE64[units << 6 - count & 63])
            units, count, inside = 0, 0, False
            # What could be taken for base64 or its end needs the end to be said.
            if char in _BASE64 or char == "-":
                out.append("-")
        elif not inside and char == "+":
            out.append("+-")
            continue
        elif not inside and char not in _DIRECT:
            out.append("+")
            inside = True
        if not inside:
            out.append(char)
            continue
        point = ord(char)
        pair = (point,) if point < 0x10000 else (
            0xD800 + (point - 0x10000 >> 10), 0xDC00 + (point & 0x3FF))
        for unit in pair:
            units, count = units << 16 | unit, count + 16
            while count >= 6:
                count -= 6
                out.append(_BASE64[units >> count & 63])
            units &= (1 << count) - 1
    if inside:
        if count:
            out.append(_BASE64[units << 6 - count & 63])
        out.append("-")
    return "".join(out).encode("ascii"), len(text)


class _Decoder:
    """Reads bytes; where a run of base64 is cut off, it is left, to be read again with what follows."""

    def __init__(self, data, errors, final):
        self.data, self.errors, self.final = bytes(data), errors, final
        self.out, self.at = [], 0

    def refuse(self, start, end, reason):
        error = UnicodeDecodeError("utf7", self.data, start, end, reason)
        text, at = codecs.lookup_error(self.errors)(error)
        self.out.append(text)
        self.at = at if at >= 0 else len(self.data) + at

    def decode(self):
        data = self.data
        while self.at < len(data):
            byte = data[self.at]
            if byte == 0x2B:
                begin, size = self.at, len(self.out)
                if not self.base64():
                    self.at = begin
                    del self.out[size:]
                    break
            elif byte >= 0x80:
                self.refuse(self.at, self.at + 1, "unexpected special character")
            else:
                self.out.append(chr(byte))
                self.at += 1
        return "".join(self.out), self.at

    def base64(self):
        """A run of base64. False if its end is yet to come."""
        data, start = self.data, self.at
        at, bits, count, high = start + 1, 0, 0, None
        while at < len(data) and data[at] in _VALUES:
            bits, count = bits << 6 | _VALUES[data[at]], count + 6
            at += 1
            if count < 16:
                continue
            count -= 16
            unit, bits = bits >> count, bits & (1 << count) - 1
            if high is not None and 0xDC00 <= unit < 0xE000:
                self.out[-1] = chr(0x10000 + (high - 0xD800 << 10) + unit - 0xDC00)
                high = None
            else:
                self.out.append(chr(unit))
                high = unit if 0xD800 <= unit < 0xDC00 else None
        if at == len(data):
            if not self.final:
                return False
            if bits or count >= 6 or high is not None:
                self.refuse(start, at, "unterminated shift sequence")
            else:
                self.at = at
            return True
        if at == start + 1 and data[at] != 0x2D:
            self.refuse(start, at + 1, "ill-formed sequence")
            return True
        if count >= 6:
            self.refuse(start, at + 1, "partial character in shift sequence")
            return True
        if bits:
            self.refuse(start, at + 1, "non-zero padding bits in shift sequence")
            return True
        if data[at] == 0x2D:
            if at == start + 1:
                self.out.append("+")
            at += 1
        self.at = at
        return True


def decode(data, errors="strict", final=True):
    return _Decoder(data, errors or "strict", final).decode()


class IncrementalEncoder(codecs.IncrementalEncoder):
    def encode(self, input, final=False):
        return encode(input, self.errors)[0]


class IncrementalDecoder(codecs.BufferedIncrementalDecoder):
    def _buffer_decode(self, input, errors, final):
        return decode(input, errors, final)


class StreamWriter(codecs.StreamWriter):
    def encode(self, text, errors="strict"):
        return encode(text, errors)


class StreamReader(codecs.StreamReader):
    def decode(self, data, errors="strict"):
        return decode(data, errors, False)


def getregentry():
    return codecs.CodecInfo(name="utf-7", encode=encode, decode=decode,
                            incrementalencoder=IncrementalEncoder,
                            incrementaldecoder=IncrementalDecoder,
                            streamreader=StreamReader, streamwriter=StreamWriter)
