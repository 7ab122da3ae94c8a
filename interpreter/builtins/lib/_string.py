"""Taking format strings apart, for string.Formatter."""


def formatter_parser(text, /):
    """Yields (literal, field name, format specification, conversion)."""
    literal, at, length = [], 0, len(text)
    while at < length:
        char = text[at]
        at += 1
        if char == "}":
            if text[at:at + 1] == "}":
                literal.append("}")
                at += 1
                continue
            raise ValueError("Single '}' encountered in format string")
        if char != "{":
            literal.append(char)
            continue
        if text[at:at + 1] == "{":
            literal.append("{")
            at += 1
            continue
        if at >= length:
            raise ValueError("Single '{' encountered in format string")
        depth, start = 1, at
        while at < length:
            if text[at] == "{":
                depth += 1
            elif text[at] == "}":
                depth -= 1
                if not depth:
                    break
            at += 1
        if depth:
            raise ValueError("expected '}' before end of string")
        field = text[start:at]
        at += 1
        yield ("".join(literal), *_split_field(field))
        literal = []
    if literal:
        yield ("".join(literal), None, None, None)


def _split_field(field):
    brackets = 0
    for at, char in enumerate(field):
        if char == "[":
            brackets += 1
        elif char == "]" and brackets:
            brackets -= 1
        elif char in "!:" and not brackets:
            break
    else:
        return field, "", None
    name, rest = field[:at], field[at:]
    if rest[0] == ":":
        return name, rest[1:], None
    if len(rest) < 2:
        raise ValueError("end of string while looking for conversion specifier")
    if len(rest) > 2 and rest[2] != ":":
        raise ValueError("expected ':' after conversion specifier")
    return name, rest[3:], rest[1]


def formatter_field_name_split(name, /):
    """The first part of a field name, and an iterator over (is attribute, name or index)."""
    end = len(name)
    for at, char in enumerate(name):
        if char in ".[":
            end = at
            break
    first = name[:end]
    return (int(first) if first.isdigit() else first), _rest(name, end)


def _rest(name, at):
    while at < len(name):
        if name[at] == ".":
            end = at + 1
            while end < len(name) and name[end] not in ".[":
                end += 1
            part = name[at + 1:end]
            if not part:
                raise ValueError("Empty attribute in format string")
            yield True, part
            at = end
        elif name[at] == "[":
            end = name.find("]", at)
            if end < 0:
                raise ValueError("Missing ']' in format string")
            part = name[at + 1:end]
            if not part:
                raise ValueError("Empty attribute in format string")
            yield False, int(part) if part.isdigit() else part
            at = end + 1
        else:
            raise ValueError("Only '.' or '[' may follow ']' in format field specifier")
