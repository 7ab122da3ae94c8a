"""Cursors of databases: statements with their parameters, and the rows that they give."""

from _sqlite3_base import (
    LEGACY_TRANSACTION_CONTROL as _LEGACY, PARSE_COLNAMES, PARSE_DECLTYPES,
    DataError, OperationalError, PrepareProtocol, ProgrammingError,
    adapt, base_types_adapted as _base_types_adapted, check_text as _check_text, converters, int_of as _int,
    names_type as _names_type,
)
from gc import collect as _collect

# The class of connections, which is built on cursors.
Connection = None

_LIMIT_SQL_LENGTH = 1
_LOCKED = 6
_PLAIN = frozenset((int, float, str, bytes, bytearray, type(None)))
_unset = object()


class Cursor:
    """SQLite database cursor class."""

    __module__ = "sqlite3"

    _connection = None
    _statement = None
    # Where the statement goes when it has ended: the connection's statements, and its text.
    _home = None
    _sql = None
    _is_closed = False
    _is_locked = False
    _converters = None
    _description = None
    _lastrowid = None
    _rowcount = -1
    arraysize = 1
    row_factory = None

    def __init__(self, connection, /):
        if not isinstance(connection, Connection):
            raise TypeError(f"argument 1 must be sqlite3.Connection, not {_names_type(connection)}")
        if self._is_locked:
            raise ProgrammingError("Recursive use of cursors not allowed.")
        self._begin(connection)
        connection._check_thread()

    def _begin(self, connection):
        self._connection = connection
        if self._statement is not None:
            self._drop()
        self._is_closed = False
        self._is_locked = False
        self._converters = None
        self._description = None
        self._lastrowid = None
        self._rowcount = -1
        self.arraysize = 1
        self.row_factory = None

    def __reduce__(self):
        raise TypeError(f"cannot pickle '{_names_type(self)}' object")

    @property
    def connection(self):
        return self._connection

    @property
    def description(self):
        return self._description

    @property
    def lastrowid(self):
        return self._lastrowid

    @property
    def rowcount(self):
        return self._rowcount

    def _check(self):
        """The connection, if the cursor can be used."""
        connection = self._connection
        if connection is None:
            raise ProgrammingError("Base Cursor.__init__ not called.")
        if self._is_closed:
            raise ProgrammingError("Cannot operate on a closed cursor.")
        if self._is_locked:
            raise ProgrammingError("Recursive use of cursors not allowed.")
        connection._check()
        return connection

    def _drop(self):
        """Lets go of the statement."""
        statement = self._statement
        self._statement = self._home = None
        if statement is not None and self._connection._db is not None:
            statement.reset()

    # ---- execution

    def execute(self, sql, parameters=(), /):
        """Executes an SQL statement."""
        if not isinstance(sql, str):
            _check_text("execute", sql)
        connection = self._check()
        self._is_locked = True
        try:
            statement = self._prepare(connection, sql)
            if statement is not None:
                if connection._autocommit is _LEGACY and statement.is_dml:
                    self._begin_transaction(connection)
                self._bind(statement, parameters)
                if self._first_step(connection, statement):
                    connection._lend(sql, statement)
                    self._home, self._sql = connection._cache, sql
            self._lastrowid = connection._check_open().last_row()
        except BaseException:
            self._fail()
            raise
        finally:
            self._is_locked = False
        return self

    def executemany(self, sql, seq_of_parameters, /):
        """Repeatedly executes an SQL statement."""
        if not isinstance(sql, str):
            _check_text("executemany", sql)
        connection = self._check()
        self._is_locked = True
        try:
            rows = iter(seq_of_parameters)
            statement = self._prepare(connection, sql)
            if statement is None or statement.is_read_only:
                raise ProgrammingError("executemany() can only execute DML statements.")
            if connection._autocommit is _LEGACY and statement.is_dml:
                self._begin_transaction(connection)
            for parameters in rows:
                if statement.has_row:
                    statement.reset()
                self._bind(statement, parameters)
                if self._first_step(connection, statement):
                    connection._lend(sql, statement)
        except BaseException:
            self._fail()
            raise
        finally:
            self._is_locked = False
        return self

    def _prepare(self, connection, sql):
        self._description = self._home = None
        if self._statement is not None:
            self._drop()
        statement = self._statement = connection._statement(sql)
        self._rowcount = 0 if statement is not None and statement.is_dml else -1
        return statement

    def _begin_transaction(self, connection):
        level = connection._isolation_level
        if level is not None and not connection._db.in_transaction():
            connection._run("BEGIN " + level)

    def _first_step(self, connection, statement):
        try:
            has_row = statement.step()
        except OperationalError as error:
            # A statement that no one reads any more, but that has not ended, may be in the way.
            if error.sqlite_errorcode != _LOCKED or connection._db is None:
                raise
            _collect()
            connection._db.forget_dead()
            has_row = statement.step()
        if self._description is None and statement.column_count:
            self._describe(connection, statement)
        if not has_row and statement.is_dml:
            self._rowcount += connection._check_open().changes()
        return has_row

    def _describe(self, connection, statement):
        names = statement.columns()
        detect = connection._detect_types
        self._converters = _find_converters(statement, names, detect) if detect else None
        if detect & PARSE_COLNAMES:
            names = [name[:name.index(" [")] if name.find(" [") > 0 else name for name in names]
        self._description = tuple([(name, None, None, None, None, None, None) for name in names])

    def _fail(self):
        self._rowcount = -1
        if self._connection._db is None:
            self._statement = None
        else:
            self._drop()

    def _bind(self, statement, parameters):
        count = statement.parameters
        kind = type(parameters)
        if kind is not tuple and kind is not list:
            if isinstance(parameters, dict) or not _is_sequence(parameters):
                if not _is_mapping(parameters):
                    raise ProgrammingError("parameters are of unsupported type")
                self._bind_names(statement, parameters, count)
                return
            length = len(parameters)
            if length == count:
                parameters = [parameters[at] for at in range(count)]
        else:
            length = len(parameters)
        if length != count:
            raise ProgrammingError(
                f"Incorrect number of bindings supplied. The current statement uses {count}, and there are {length} "
                "supplied.")
        if statement.named is not None:
            at, name = statement.named
            raise ProgrammingError(
                f"Binding {at} ('{name}') is a named parameter, but you supplied a sequence which requires nominal "
                "(qmark) placeholders.")
        if _base_types_adapted[0]:
            for at in range(count):
                _bind_one(statement, at + 1, parameters[at], at + 1)
            return
        at = statement.bind_all(parameters, 0)
        while at >= 0:
            _bind_one(statement, at + 1, parameters[at], at + 1)
            at = statement.bind_all(parameters, at + 1)

    def _bind_names(self, statement, parameters, count):
        for at in range(1, count + 1):
            name = statement.parameter_name(at)
            if name is None:
                raise ProgrammingError(
                    f"Binding {at} has no name, but you supplied a dictionary (which has only names).")
            name = name[1:]
            if type(parameters) is dict:
                value = parameters.get(name, _unset)
                if value is _unset:
                    raise ProgrammingError(f"You did not supply a value for binding parameter :{name}.")
            else:
                try:
                    value = parameters[name]
                except LookupError:
                    raise ProgrammingError(f"You did not supply a value for binding parameter :{name}.") from None
            _bind_one(statement, at, value, f"':{name}'")

    def executescript(self, sql_script, /):
        """Executes multiple SQL statements at once."""
        if not isinstance(sql_script, str):
            _check_text("executescript", sql_script)
        connection = self._check()
        if "\0" in sql_script:
            raise ValueError("embedded null character")
        script = sql_script.encode()
        db = connection._db
        if len(script) > db.limit(_LIMIT_SQL_LENGTH, -1):
            raise DataError("query string is too large")
        if connection._autocommit is _LEGACY and db.in_transaction():
            connection._run("COMMIT")
        at = 0
        while at < len(script):
            statement, at, is_more = db.prepare(script, at)
            if statement is not None:
                while statement.step():
                    pass
                statement.reset()
            elif not is_more:
                break
        return self

    # ---- rows

    def __iter__(self):
        return self

    def __next__(self):
        connection = self._check()
        statement = self._statement
        if statement is None:
            raise StopIteration
        self._is_locked = True
        try:
            row = statement.take(self._converters, connection.text_factory)
        except BaseException:
            self._is_locked = False
            self._statement = None
            if statement.has_row:
                statement.reset()
            raise
        self._is_locked = False
        if not statement.has_row:
            self._statement = None
            if row is None:
                raise StopIteration
            if self._home is connection._cache:
                connection._take_back(self._sql, statement)
            if statement.is_dml:
                self._rowcount = connection._db.changes()
        if self.row_factory is not None:
            return self.row_factory(self, row)
        return row

    def fetchone(self):
        """Fetches one row from the resultset."""
        return next(self, None)

    def fetchmany(self, size=None):
        """Fetches several rows from the resultset."""
        if size is None:
            size = self.arraysize
        size = _int(size, 32)
        rows = []
        for row in self:
            rows.append(row)
            if len(rows) == size:
                break
        return rows

    def fetchall(self):
        """Fetches all rows from the resultset."""
        return list(self)

    def setinputsizes(self, sizes, /):
        """Required by DB-API. Does nothing in sqlite3."""

    def setoutputsize(self, size, column=None, /):
        """Required by DB-API. Does nothing in sqlite3."""

    def close(self):
        """Closes the cursor."""
        if self._is_locked:
            raise ProgrammingError("Recursive use of cursors not allowed.")
        if self._connection is None:
            raise ProgrammingError("Base Cursor.__init__ not called.")
        self._connection._check()
        self._drop()
        self._is_closed = True


def _is_sequence(value):
    """Whether an object has items by number, as far as that can be told."""
    return hasattr(type(value), "__getitem__") and hasattr(type(value), "__len__") and not hasattr(value, "keys")


def _is_mapping(value):
    return hasattr(type(value), "__getitem__")


def _bind_one(statement, at, value, shown):
    if type(value) not in _PLAIN or _base_types_adapted[0]:
        value = adapt(value, PrepareProtocol, value)
    if not statement.bind(at, value):
        raise ProgrammingError(f"Error binding parameter {shown}: type '{type(value).__name__}' is not supported")


def _find_converters(statement, names, detect):
    """For each column what makes a value of its bytes, or None; None if that is so of all."""
    declared = statement.declared_types() if detect & PARSE_DECLTYPES else None
    found = []
    for at, name in enumerate(names):
        converter = None
        if detect & PARSE_COLNAMES and (begin := name.find("[")) >= 0:
            end = name.find("]", begin)
            if end >= 0:
                converter = converters.get(name[begin + 1:end].upper())
        if converter is None and declared is not None and declared[at] is not None:
            text = declared[at]
            ends = [end for end in (text.find(" "), text.find("(")) if end >= 0]
            converter = converters.get(text[:min(ends, default=len(text))].upper())
        found.append(converter)
    return tuple(found) if any(converter is not None for converter in found) else None


class Row:
    """A row whose values are found by the names of columns, too."""

    __module__ = "sqlite3"
    __slots__ = ("_description", "_data")

    def __new__(cls, cursor, data, /):
        if not issubclass(type(cursor), Cursor):
            raise TypeError(f"Row() argument 1 must be sqlite3.Cursor, not {_names_type(cursor)}")
        if not isinstance(data, tuple):
            raise TypeError(f"Row() argument 2 must be tuple, not {type(data).__name__}")
        self = object.__new__(cls)
        self._description = cursor._description
        self._data = data
        return self

    def __init__(self, cursor, data, /):
        pass

    def keys(self):
        """Returns the keys of the row."""
        return [column[0] for column in self._description or ()]

    def __getitem__(self, key, /):
        if isinstance(key, str):
            wanted = key.lower()
            for at, column in enumerate(self._description or ()):
                name = column[0]
                if name == key or name.isascii() and key.isascii() and name.lower() == wanted:
                    return self._data[at]
            raise IndexError("No item with that key")
        if isinstance(key, slice):
            return self._data[key]
        if isinstance(key, int):
            try:
                return self._data[key]
            except OverflowError:
                raise IndexError("cannot fit 'int' into an index-sized integer") from None
        raise IndexError("Index must be int or string")

    def __len__(self):
        return len(self._data)

    def __iter__(self):
        return iter(self._data)

    def __hash__(self):
        return hash(self._description) ^ hash(self._data)

    def __eq__(self, other, /):
        if not isinstance(other, Row):
            return NotImplemented
        return self._description == other._description and self._data == other._data
