"""Readers and writers of comma-separated values, under `csv`."""

__version__ = "1.0"
QUOTE_MINIMAL, QUOTE_ALL, QUOTE_NONNUMERIC, QUOTE_NONE, QUOTE_STRINGS, QUOTE_NOTNULL = range(6)

_dialects = {}
_limit = 131072


class Error(Exception):
    pass


Error.__module__ = "_csv"


def field_size_limit(new_limit=None, /):
    """The longest field that is read; sets it if one is given."""
    global _limit
    old = _limit
    if new_limit is not None:
        if not isinstance(new_limit, int):
            raise TypeError("limit must be an integer")
        _limit = new_limit
    return old


def _character(name, value, may_lack):
    if value is None and may_lack:
        return None
    if not isinstance(value, str):
        kind = "a unicode character or None" if may_lack else "a unicode character"
        raise TypeError(f'"{name}" must be {kind}, not {type(value).__name__}')
    if len(value) != 1:
        kind = "a unicode character or None" if may_lack else "a unicode character"
        raise TypeError(f'"{name}" must be {kind}, not a string of length {len(value)}')
    return value


class Dialect:
    """How rows are written, checked."""

    __slots__ = ("delimiter", "doublequote", "escapechar", "lineterminator", "quotechar",
                 "quoting", "skipinitialspace", "strict")

    def __new__(cls, dialect=None, **given):
        for name in given:
            if name not in cls.__slots__:
                raise TypeError(f"this function got an unexpected keyword argument '{name}'")
        if isinstance(dialect, str):
            dialect = get_dialect(dialect)
        if isinstance(dialect, Dialect) and not given:
            return dialect
        self = object.__new__(cls)
        defaults = {"delimiter": ",", "doublequote": True, "escapechar": None,
                    "lineterminator": "\r\n", "quotechar": '"', "quoting": QUOTE_MINIMAL,
                    "skipinitialspace": False, "strict": False}

        def value(name):
            if name in given:
                return given[name]
            return getattr(dialect, name, defaults[name])

        quoting = value("quoting")
        if type(quoting) is not int:
            raise TypeError('"quoting" must be an integer, not ' + type(quoting).__name__)
        if not 0 <= quoting <= 5:
            raise TypeError('bad "quoting" value')
        quotechar = value("quotechar")
        if quotechar is None and "quoting" not in given and not hasattr(dialect, "quoting"):
            quoting = QUOTE_NONE
        terminator = value("lineterminator")
        if not isinstance(terminator, str):
            raise TypeError('"lineterminator" must be a string, not ' + type(terminator).__name__)
        made = {
            "delimiter": _character("delimiter", value("delimiter"), False),
            "doublequote": bool(value("doublequote")),
            "escapechar": _character("escapechar", value("escapechar"), True),
            "lineterminator": terminator,
            "quotechar": _character("quotechar", quotechar, True),
            "quoting": quoting,
            "skipinitialspace": bool(value("skipinitialspace")),
            "strict": bool(value("strict")),
        }
        if quoting != QUOTE_NONE and made["quotechar"] is None:
            raise TypeError("quotechar must be set if quoting enabled")
        for name in ("delimiter", "quotechar", "escapechar"):
            char = made[name]
            if char in ("\n", "\r") or (char == " " and name != "delimiter"
                                        and made["skipinitialspace"]):
                raise ValueError(f"bad {name} value")
        chars = [c for c in (made["delimiter"], made["quotechar"], made["escapechar"]) if c]
        if len(set(chars)) != len(chars):
            names = [n for n in ("delimiter", "quotechar", "escapechar") if made[n]]
            for at, name in enumerate(names):
                for other in names[at + 1:]:
                    if made[name] == made[other]:
                        raise ValueError(f"bad {name} or {other} value")
        for name, item in made.items():
            object.__setattr__(self, name, item)
        return self

    def __setattr__(self, name, value):
        if name in self.__slots__:
            raise AttributeError(
                f"attribute '{name}' of '_csv.Dialect' objects is not writable")
        raise AttributeError(f"'_csv.Dialect' object has no attribute '{name}'")


Dialect.__module__ = "_csv"


def register_dialect(name, dialect=None, /, **options):
    if not isinstance(name, str):
        raise TypeError("dialect name must be a string")
    _dialects[name] = Dialect(dialect, **options)


def unregister_dialect(name, /):
    if name not in _dialects:
        raise Error("unknown dialect")
    del _dialects[name]


def get_dialect(name, /):
    try:
        return _dialects[name]
    except KeyError:
        raise Error("unknown dialect") from None


def list_dialects():
    return list(_dialects)


class reader:
    """Rows of an iterable of lines."""

    def __init__(self, iterable, /, dialect=None, **options):
        self._lines = iter(iterable)
        self.dialect = Dialect(dialect, **options)
        self.line_num = 0

    def __iter__(self):
        return self

    def __next__(self):
        dialect = self.dialect
        delimiter, quote, escape = dialect.delimiter, dialect.quotechar, dialect.escapechar
        quoting, strict = dialect.quoting, dialect.strict
        fields, field, was_quoted = [], [], False
        state = "start row"

        def save():
            text = "".join(field)
            if len(text) > _limit:
                raise Error(f"field larger than field limit ({_limit})")
            field.clear()
            if not was_quoted:
                if quoting == QUOTE_NONNUMERIC and text:
                    return float(text)
                if quoting == QUOTE_STRINGS:
                    return float(text) if text else None
                if quoting == QUOTE_NOTNULL and not text:
                    return None
            return text

        while True:
            try:
                line = next(self._lines)
            except StopIteration:
                if state in ("quoted", "quoted escape") or state == "escape":
                    if strict:
                        raise Error("unexpected end of data") from None
                    fields.append(save())
                    return fields
                raise
            if not isinstance(line, str):
                raise Error(
                    f"iterator should return strings, not {type(line).__name__} "
                    "(the file should be opened in text mode)"
                )
            self.line_num += 1
            for char in [*line, ""]:
                end = char in ("", "\n", "\r")
                if state == "start row":
                    if char == "":
                        break
                    if end:
                        state = "end row"
                        continue
                    state = "start"
                if state == "start":
                    was_quoted = False
                    if end:
                        fields.append(save())
                        state = "end row" if char else "start row"
                    elif char == quote and quoting != QUOTE_NONE:
                        was_quoted, state = True, "quoted"
                    elif char == escape:
                        state = "escape"
                    elif char == " " and dialect.skipinitialspace:
                        pass
                    elif char == delimiter:
                        fields.append(save())
                    else:
                        field.append(char)
                        state = "plain"
                elif state == "escape":
                    if char == "":
                        break
                    field.append(char)
                    state = "escaped newline" if end else "plain"
                    continue
                elif state == "escaped newline" and char == "":
                    # The row goes on in the next line.
                    state = "plain"
                    break
                elif state in ("plain", "escaped newline"):
                    state = "plain"
                    if end:
                        fields.append(save())
                        state = "end row" if char else "start row"
                    elif char == escape:
                        state = "escape"
                    elif char == delimiter:
                        fields.append(save())
                        state = "start"
                    else:
                        field.append(char)
                elif state == "quoted":
                    if char == "":
                        break
                    if char == escape:
                        state = "quoted escape"
                    elif char == quote and quoting != QUOTE_NONE:
                        state = "quote in quoted" if dialect.doublequote else "plain"
                    else:
                        field.append(char)
                elif state == "quoted escape":
                    if char == "":
                        break
                    field.append(char)
                    state = "quoted"
                elif state == "quote in quoted":
                    if quoting != QUOTE_NONE and char == quote:
                        field.append(char)
                        state = "quoted"
                    elif char == delimiter:
                        fields.append(save())
                        state = "start"
                    elif end:
                        fields.append(save())
                        state = "end row" if char else "start row"
                    elif not strict:
                        field.append(char)
                        state = "plain"
                    else:
                        raise Error(f"'{delimiter}' expected after '{quote}'")
                elif state == "end row" and not end:
                    raise Error(
                        "new-line character seen in unquoted field - do you need to open the "
                        "file with newline=''?"
                    )
            if state in ("start row", "end row"):
                return fields


class writer:
    """Writes rows to an object with a method `write`."""

    def __init__(self, fileobj, /, dialect=None, **options):
        write = getattr(fileobj, "write", None)
        if not callable(write):
            raise TypeError('argument 1 must have a "write" method')
        self._write = write
        self.dialect = Dialect(dialect, **options)

    def writerow(self, row, /):
        try:
            items = iter(row)
        except TypeError:
            raise Error(f"iterable expected, not {type(row).__name__}") from None
        dialect = self.dialect
        texts = [self._text(item, dialect) for item in items]
        if len(texts) == 1 and texts[0] == "":
            if dialect.quoting in (QUOTE_NONE, QUOTE_STRINGS, QUOTE_NOTNULL) and (
                    dialect.quoting == QUOTE_NONE or row[0] is None):
                raise Error("single empty field record must be quoted")
            texts[0] = dialect.quotechar * 2
        return self._write(dialect.delimiter.join(texts) + dialect.lineterminator)

    def writerows(self, rows, /):
        for row in rows:
            self.writerow(row)

    def _text(self, item, dialect):
        quoting, quote, escape = dialect.quoting, dialect.quotechar, dialect.escapechar
        number = isinstance(item, (int, float))
        quoted = (quoting == QUOTE_ALL or quoting == QUOTE_NONNUMERIC and not number
                  or quoting == QUOTE_STRINGS and isinstance(item, str)
                  or quoting == QUOTE_NOTNULL and item is not None)
        text = "" if item is None else str(item)
        special = {dialect.delimiter, escape, quote, "\r", "\n", *dialect.lineterminator} - {None}
        out = []
        for char in text:
            if char in special:
                wants_escape = False
                if quoting == QUOTE_NONE:
                    wants_escape = True
                elif char == quote:
                    if dialect.doublequote:
                        out.append(quote)
                        quoted = True
                    else:
                        wants_escape = True
                elif char == escape:
                    wants_escape = True
                else:
                    quoted = True
                if wants_escape:
                    if escape is None:
                        raise Error("need to escape, but no escapechar set")
                    out.append(escape)
            out.append(char)
        is_skipped = dialect.delimiter == " " and dialect.skipinitialspace
        if is_skipped and not text and quoting != QUOTE_NONE:
            quoted = True
        text = "".join(out)
        return f"{quote}{text}{quote}" if quoted else text


Reader, Writer = reader, writer
Reader.__module__ = Writer.__module__ = "_csv"
