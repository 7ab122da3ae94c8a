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
    name = _TABLES.get(name, aliases.get(name, name))
    try:
        module = __import__(f"encodings.{name}", fromlist=["getregentry"])
        return module.getregentry()
    except (ImportError, AttributeError):
        return None


_TABLES = {
    "437": "cp437", "ibm437": "cp437", "850": "cp850", "ibm850": "cp850", "852": "cp852",
    "ibm852": "cp852", "866": "cp866", "ibm866": "cp866", "windows_1250": "cp1250",
    "windows_1251": "cp1251", "windows_1252": "cp1252", "1252": "cp1252",
    "windows_1253": "cp1253", "windows_1254": "cp1254", "windows_1257": "cp1257",
    "iso_8859_2": "iso8859_2", "latin2": "iso8859_2", "l2": "iso8859_2",
    "iso_8859_5": "iso8859_5", "cyrillic": "iso8859_5", "iso_8859_7": "iso8859_7",
    "greek": "iso8859_7", "iso_8859_9": "iso8859_9", "latin5": "iso8859_9",
    "iso_8859_15": "iso8859_15", "latin9": "iso8859_15", "macroman": "mac_roman",
    "macintosh": "mac_roman",
}
