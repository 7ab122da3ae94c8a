"""Databases of SQLite as the DB-API has them: transactions, parameters, rows. `_sqlite` is the engine."""

import sys as _sys
from time import sleep as _sleep
from warnings import warn as _warn

import _sqlite
import _sqlite3_base as _base
import _sqlite3_cursor as _cursor
from _sqlite import enable_tracebacks as _enable_tracebacks
from _sqlite3_base import (
    LEGACY_TRANSACTION_CONTROL, PARSE_COLNAMES, PARSE_DECLTYPES,
    DatabaseError, DataError, Error, IntegrityError, InterfaceError, InternalError, NotSupportedError,
    OperationalError, PrepareProtocol, ProgrammingError, Warning,
    adapt, adapters, converters, register_adapter, register_converter, threadsafety,
)
from _sqlite3_blob import Blob, open_blob as _open_blob
from _sqlite3_cursor import Cursor, Row
from _thread import get_ident as _get_ident

sqlite_version = _sqlite.version()
globals().update(_base.CONSTANTS)

_check_text = _base.check_text
_int = _base.int_of
_names_type = _base.names_type
_LEGACY = LEGACY_TRANSACTION_CONTROL
_LEVELS = ("", "DEFERRED", "IMMEDIATE", "EXCLUSIVE")
_LIMIT_SQL_LENGTH = 1
_OPEN_READWRITE, _OPEN_CREATE, _OPEN_URI = 2, 4, 64
_unset = object()
_SCALAR, _AGGREGATE, _WINDOW = range(3)
_DETERMINISTIC = 0x800
_BUSY, _LOCKED, _DONE = 5, 6, 101


def complete_statement(statement):
    """Checks if a string contains a complete SQL statement."""
    if not isinstance(statement, str):
        raise TypeError(f"complete_statement() argument 'statement' must be str, not {type(statement).__name__}")
    return _sqlite.is_complete(statement)


def enable_callback_tracebacks(enable, /):
    """Enable or disable callback functions throwing errors to stderr."""
    if not isinstance(enable, int):
        raise TypeError(f"'{type(enable).__name__}' object cannot be interpreted as an integer")
    _enable_tracebacks(bool(enable))


_OPTIONS = "'timeout', 'detect_types', 'isolation_level', 'check_same_thread', 'factory', 'cached_statements' and 'uri'"


def _warn_of_positions(function, count):
    if 1 < count <= 8:
        _warn(f"Passing more than 1 positional argument to {function}() is deprecated. Parameters {_OPTIONS} "
              "will become keyword-only parameters in Python 3.15.", DeprecationWarning, stacklevel=3)


def connect(*args, **keywords):
    """Open a connection to the SQLite database file 'database'."""
    _warn_of_positions("sqlite3.connect", len(args))
    factory = args[5] if len(args) > 5 else keywords.get("factory", Connection)
    if factory is Connection:
        self = Connection.__new__(Connection)
        self._open(*args, **keywords)
        return self
    return factory(*args, **keywords)


def _arguments(function, names, args, keywords):
    """Arguments of a method whose parameters are to become positional-only."""
    if not keywords and len(args) == len(names):
        return args
    if keywords:
        quoted = [f"'{name}'" for name in names]
        if len(quoted) > 1:
            listed = ", ".join(quoted[:-1]) + f" and {quoted[-1]}"
            text = (f"Passing keyword arguments {listed} to _sqlite3.Connection.{function}() is deprecated. "
                    f"Parameters {listed} will become positional-only in Python 3.15.")
        else:
            text = (f"Passing keyword argument {quoted[0]} to _sqlite3.Connection.{function}() is deprecated. "
                    f"Parameter {quoted[0]} will become positional-only in Python 3.15.")
    values = list(args)
    for name in names[len(args):]:
        if name not in keywords:
            raise TypeError(f"{function}() missing required argument '{name}' (pos {len(values) + 1})")
        values.append(keywords.pop(name))
    if keywords:
        raise TypeError(f"{function}() got an unexpected keyword argument '{next(iter(keywords))}'")
    if len(values) > len(names):
        raise TypeError(f"{function}() takes exactly {len(names)} positional arguments ({len(values)} given)")
    if len(args) < len(names):
        _warn(text, DeprecationWarning, stacklevel=3)
    return values


def _level(value):
    if value is None:
        return None
    if not isinstance(value, str):
        raise TypeError("isolation_level must be str or None")
    level = str.upper(value)
    if level in _LEVELS:
        return level
    raise ValueError("isolation_level string must be '', 'DEFERRED', 'IMMEDIATE', or 'EXCLUSIVE'")


def _autocommit(value):
    if value is True or value is False:
        return value
    if isinstance(value, int) and value == _LEGACY:
        return _LEGACY
    raise ValueError("autocommit must be True, False, or sqlite3.LEGACY_TRANSACTION_CONTROL")


class Connection:
    """SQLite database connection object."""

    __module__ = "sqlite3"

    _db = None
    _is_initialized = False
    _blobs = ()
    row_factory = None
    text_factory = str

    Warning = Warning
    Error = Error
    InterfaceError = InterfaceError
    DatabaseError = DatabaseError
    DataError = DataError
    OperationalError = OperationalError
    IntegrityError = IntegrityError
    InternalError = InternalError
    ProgrammingError = ProgrammingError
    NotSupportedError = NotSupportedError

    def __init__(self, *args, **keywords):
        _warn_of_positions("_sqlite3.Connection", len(args))
        self._open(*args, **keywords)

    def _open(self, database, timeout=5.0, detect_types=0, isolation_level="", check_same_thread=True,
              factory=None, cached_statements=128, uri=False, *, autocommit=LEGACY_TRANSACTION_CONTROL):
        if self._is_initialized:
            self._is_initialized = False
            # Statements that are still read keep their database.
            self._db = None
        _sys.audit("sqlite3.connect", database)
        path = _path(database)
        timeout_ms = int(float(timeout) * 1000)
        detect_types = _int(detect_types, 32)
        level, mode = _level(isolation_level), _autocommit(autocommit)
        cached_statements = _int(cached_statements, 32)
        flags = _OPEN_READWRITE | _OPEN_CREATE | (_OPEN_URI if uri else 0)
        db = _sqlite.open(path, flags)
        db.set_timeout(timeout_ms)
        self._db = db
        self._detect_types = detect_types
        self._isolation_level = level
        self._autocommit = mode
        self._check_same_thread = check_same_thread
        self._thread = _get_ident()
        self._cache = {}
        self._cache_size = max(cached_statements, 0)
        self._last_sql = self._last_statement = None
        self.row_factory = None
        self.text_factory = str
        self._is_initialized = True
        _sys.audit("sqlite3.connect/handle", self)
        if mode is False:
            self._run("BEGIN")

    def __del__(self):
        db = self._db
        if db is not None:
            _warn(f"unclosed database in {self!r}", ResourceWarning, source=self)
            self._db = None
            db.close()

    def __reduce__(self):
        raise TypeError(f"cannot pickle '{_names_type(self)}' object")

    def _check_thread(self):
        if self._is_initialized and self._check_same_thread and _get_ident() != self._thread:
            raise ProgrammingError(
                "SQLite objects created in a thread can only be used in that same thread. The object was created in "
                f"thread id {self._thread} and this is thread id {_get_ident()}.")

    def _check(self):
        """The open database."""
        self._check_thread()
        db = self._db
        if db is None:
            self._check_open()
        return db

    def _check_open(self):
        if not self._is_initialized:
            raise ProgrammingError("Base Connection.__init__ not called.")
        if self._db is None:
            raise ProgrammingError("Cannot operate on a closed database.")
        return self._db

    # ---- statements

    def _prepare(self, sql):
        """A statement of a text; None if there is nothing in it."""
        db = self._db
        if "\0" in sql:
            raise ProgrammingError("the query contains a null character")
        if len(sql) > db.limit(_LIMIT_SQL_LENGTH, -1):
            raise DataError("query string is too large")
        statement, _, is_more = db.prepare(sql, 0)
        if is_more:
            raise ProgrammingError("You can only execute one statement at a time.")
        return statement

    def _statement(self, sql):
        """A statement that is not in use."""
        if sql is self._last_sql:
            statement = self._last_statement
        else:
            cache = self._cache
            statement = cache.pop(sql, None)
            if statement is not None:
                cache[sql] = statement
        if statement is None or statement.is_busy:
            statement = self._prepare(sql)
            if statement is None or not self._cache_size:
                return statement
            cache = self._cache
            cache.pop(sql, None)
            if len(cache) >= self._cache_size:
                del cache[next(iter(cache))]
            cache[sql] = statement
        self._last_sql, self._last_statement = sql, statement
        return statement

    def _lend(self, sql, statement):
        """A statement that has rows left belongs to its cursor alone, and dies with it."""
        self._cache.pop(sql, None)
        if self._last_statement is statement:
            self._last_sql = self._last_statement = None

    def _take_back(self, sql, statement):
        cache = self._cache
        if self._cache_size and self._db is not None:
            if len(cache) >= self._cache_size and sql not in cache:
                del cache[next(iter(cache))]
            cache[sql] = statement
            self._last_sql, self._last_statement = sql, statement

    def _run(self, sql):
        statement, _, _ = self._db.prepare(sql, 0)
        statement.step()
        statement.reset()

    def __call__(self, *args):
        self._check_open()
        if len(args) != 1:
            raise TypeError(f"function takes exactly 1 argument ({len(args)} given)")
        sql, = args
        _check_text("Connection", sql)
        return self._prepare(sql)

    # ---- cursors

    def cursor(self, factory=_unset):
        """Return a cursor for the connection."""
        self._check()
        if factory is _unset or factory is Cursor:
            cursor = Cursor.__new__(Cursor)
            cursor._begin(self)
        else:
            cursor = factory(self)
            if not issubclass(type(cursor), Cursor):
                raise TypeError(f"factory must return a cursor, not {type(cursor).__name__}")
        if self.row_factory is not None:
            cursor.row_factory = self.row_factory
        return cursor

    def execute(self, sql, parameters=(), /):
        """Executes an SQL statement."""
        return Cursor.execute(self.cursor(), sql, parameters)

    def executemany(self, sql, parameters, /):
        """Repeatedly executes an SQL statement."""
        return Cursor.executemany(self.cursor(), sql, parameters)

    def executescript(self, sql_script, /):
        """Executes multiple SQL statements at once."""
        return Cursor.executescript(self.cursor(), sql_script)

    # ---- transactions

    def commit(self):
        """Commit any pending transaction to the database."""
        db = self._check()
        mode = self._autocommit
        if mode is _LEGACY:
            if db.in_transaction():
                self._run("COMMIT")
        elif mode is False:
            self._run("COMMIT")
            self._run("BEGIN")

    def rollback(self):
        """Roll back to the start of any pending transaction."""
        db = self._check()
        mode = self._autocommit
        if mode is _LEGACY:
            if db.in_transaction():
                self._run("ROLLBACK")
        elif mode is False:
            self._run("ROLLBACK")
            self._run("BEGIN")

    def close(self):
        """Close the database connection; any pending transaction is not committed implicitly."""
        self._check_thread()
        if not self._is_initialized:
            raise ProgrammingError("Base Connection.__init__ not called.")
        db = self._db
        if db is None:
            return
        if self._autocommit is False and db.in_transaction():
            self._run("ROLLBACK")
        db.close()
        self._db = None
        self._cache.clear()
        self._last_sql = self._last_statement = None

    def __enter__(self):
        """Called when the connection is used as a context manager."""
        self._check()
        return self

    def __exit__(self, type, value, traceback, /):
        """Ends the transaction: with a commit if nothing was raised."""
        db = self._check()
        if self._autocommit is True or not db.in_transaction():
            return False
        if type is None and value is None and traceback is None:
            try:
                self.commit()
            except BaseException:
                self.rollback()
                raise
        else:
            self.rollback()
        return False

    @property
    def in_transaction(self):
        return self._check_open().in_transaction()

    @property
    def total_changes(self):
        return self._check_open().total_changes()

    @property
    def isolation_level(self):
        self._check_open()
        return self._isolation_level

    @isolation_level.setter
    def isolation_level(self, value):
        if value is None:
            self._isolation_level = None
            # What was begun by this module is ended.
            db = self._check_open()
            if self._autocommit is _LEGACY and db.in_transaction():
                self._run("COMMIT")
            return
        self._isolation_level = _level(value)

    @isolation_level.deleter
    def isolation_level(self):
        raise AttributeError("cannot delete attribute")

    @property
    def autocommit(self):
        self._check()
        return self._autocommit

    @autocommit.setter
    def autocommit(self, value):
        db = self._check()
        mode = _autocommit(value)
        if mode is True:
            if db.in_transaction():
                self._run("COMMIT")
        elif mode is False:
            if not db.in_transaction():
                self._run("BEGIN")
        self._autocommit = mode

    # ---- what SQLite calls

    def create_function(self, *args, deterministic=False, **keywords):
        """Creates a new function."""
        name, count, function = _arguments("create_function", ("name", "narg", "func"), args, keywords)
        self._create("create_function", name, count, function, _SCALAR, "Error creating function",
                     _DETERMINISTIC if deterministic else 0)

    def create_aggregate(self, *args, **keywords):
        """Creates a new aggregate."""
        names = ("name", "n_arg", "aggregate_class")
        name, count, factory = _arguments("create_aggregate", names, args, keywords)
        self._create("create_aggregate", name, count, factory, _AGGREGATE, "Error creating aggregate")

    def create_window_function(self, name, num_params, aggregate_class, /):
        """Creates or redefines an aggregate window function. Using None removes it."""
        self._create("create_window_function", name, num_params, aggregate_class, _WINDOW, None)

    def _create(self, method, name, count, callback, kind, message, flags=0):
        _check_text(method, name)
        count = _int(count, 32)
        db = self._check()
        try:
            db.set_function(name, count, flags, kind, callback)
        except Error as error:
            if message is None:
                raise ProgrammingError(str(error)) from None
            raise OperationalError(message) from None

    def create_collation(self, name, callback, /):
        """Creates a collation function."""
        _check_text("create_collation", name)
        db = self._check()
        if callback is not None and not callable(callback):
            raise TypeError("parameter must be callable")
        db.set_collation(name, callback)

    def set_authorizer(self, *args, **keywords):
        """Set authorizer callback."""
        callback, = _arguments("set_authorizer", ("authorizer_callback",), args, keywords)
        self._check().set_authorizer(callback)

    def set_progress_handler(self, *args, **keywords):
        """Set progress handler callback."""
        steps = keywords.pop("n", _unset)
        if steps is _unset:
            if len(args) < 2:
                raise TypeError("set_progress_handler() missing required argument 'n' (pos 2)")
            *args, steps = args
        callback, = _arguments("set_progress_handler", ("progress_handler",), args, keywords)
        self._check().set_progress(callback, _int(steps, 32))

    def set_trace_callback(self, *args, **keywords):
        """Set a trace callback called for each SQL statement."""
        callback, = _arguments("set_trace_callback", ("trace_callback",), args, keywords)
        self._check().set_trace(callback)

    def interrupt(self):
        """Abort any pending database operation."""
        self._check_open().interrupt()

    # ---- limits and options

    def setlimit(self, category, limit, /):
        """Set connection run-time limits; gives the limit before."""
        category, limit = _int(category, 32), _int(limit, 32)
        before = self._check().limit(category, limit)
        if before < 0:
            raise ProgrammingError("'category' is out of bounds")
        return before

    def getlimit(self, category, /):
        """Get connection run-time limits."""
        return self.setlimit(category, -1)

    def _option(self, op):
        db = self._check()
        op = _int(op, 32)
        if not 1002 <= op <= 1017:
            raise ValueError(f"unknown config 'op': {op}")
        return db, op

    def setconfig(self, op, enable=True, /):
        """Set a boolean connection configuration option."""
        db, op = self._option(op)
        if db.option(op, bool(enable)) != bool(enable):
            raise OperationalError("Unable to set config")

    def getconfig(self, op, /):
        """Query a boolean connection configuration option."""
        db, op = self._option(op)
        return db.option(op, None)

    # ---- databases as a whole

    def backup(self, target, *, pages=-1, progress=None, name="main", sleep=0.25):
        """Makes a backup of the database."""
        if not isinstance(target, Connection):
            raise TypeError(f"backup() argument 1 must be sqlite3.Connection, not {_names_type(target)}")
        pages = _int(pages, 32)
        _check_text("backup", name, "name")
        sleep = float(sleep)
        db = self._check()
        to = target._check()
        if target is self:
            raise ValueError("target cannot be the same connection instance")
        if progress is not None and not callable(progress):
            raise TypeError("progress argument must be a callable")
        if to.in_transaction():
            raise OperationalError("target is in transaction")
        copy = db.backup(to, name)
        code = 0
        try:
            while True:
                code = copy.step(pages or -1)
                if progress is not None:
                    progress(code, *copy.pages())
                if code in (_BUSY, _LOCKED):
                    _sleep(sleep)
                elif code != 0:
                    break
        finally:
            raises = _sys.exception() is not None
            try:
                copy.finish()
            except DatabaseError:
                if raises:
                    pass
                elif code in (0, _DONE):
                    raise
        if code != _DONE:
            raise _base.error_of(code, _sqlite.text_of(code))

    def iterdump(self, *, filter=None):
        """Returns iterator to the dump of the database in an SQL text format."""
        self._check_open()
        from sqlite3.dump import _iterdump
        return _iterdump(self, filter=filter)

    def serialize(self, *, name="main"):
        """Serialize a database into a byte string."""
        _check_text("serialize", name, "name")
        data = self._check().serialize(name)
        if data is None:
            raise OperationalError(f"unable to serialize '{name}'")
        return data

    def deserialize(self, data, /, *, name="main"):
        """Load a serialized database."""
        _check_text("deserialize", name, "name")
        db = self._check()
        db.deserialize(data.encode() if isinstance(data, str) else _base.bytes_of(data), name)

    def blobopen(self, table, column, row, /, *, readonly=False, name="main"):
        """Open and return a BLOB object."""
        _check_text("blobopen", table)
        _check_text("blobopen", column)
        _check_text("blobopen", name, "name")
        row = row.__index__()
        db = self._check()
        if not -1 << 63 <= row < 1 << 63:
            raise OverflowError("Python int too large to convert to SQLite INTEGER")
        return _open_blob(self, db.open_blob(name, table, column, row, not readonly))


def _path(database):
    """The bytes of a path."""
    if isinstance(database, str):
        path = database.encode(_sys.getfilesystemencoding(), "surrogateescape")
    elif isinstance(database, bytes):
        path = database
    else:
        from os import fsencode
        path = fsencode(database)
    if b"\0" in path:
        raise ValueError("embedded null byte" if isinstance(database, bytes) else "embedded null character")
    return path


_cursor.Connection = Connection
