"""Names of encodings. The encodings themselves are part of the interpreter."""


class CodecRegistryError(LookupError, SystemError):
    pass


def normalize_encoding(encoding):
    """The name with everything but letters, digits and dots made one underscore."""
    if isinstance(encoding, bytes):
        encoding = str(encoding, "ascii")
    parts, gap = [], False
    for char in encoding:
        if char.isalnum() or char == ".":
            if gap and parts:
                parts.append("_")
            if char.isascii():
                parts.append(char)
            gap = False
        else:
            gap = True
    return "".join(parts)


def search_function(encoding):
    """The functions of an encoding that is a table; None if there is no such."""
    from encodings.aliases import aliases
    name = normalize_encoding(encoding).lower()
    name = aliases.get(name, name)
    try:
        module = __import__(f"encodings.{name}", fromlist=["getregentry"])
        return module.getregentry()
    except (ImportError, AttributeError):
        return None
