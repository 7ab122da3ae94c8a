"""What the classes of `_sqlite3` are built on: constants, exceptions, adapters and converters, rows."""

from _sqlite import set_error as _set_error

# The numbers of results, without `SQLITE_` in front of their names.
_ERRORS = """\
ABORT 4, ABORT_ROLLBACK 516, AUTH 23, AUTH_USER 279, BUSY 5, BUSY_RECOVERY 261, BUSY_SNAPSHOT 517,
BUSY_TIMEOUT 773, CANTOPEN 14, CANTOPEN_CONVPATH 1038, CANTOPEN_DIRTYWAL 1294, CANTOPEN_FULLPATH 782,
CANTOPEN_ISDIR 526, CANTOPEN_NOTEMPDIR 270, CANTOPEN_SYMLINK 1550, CONSTRAINT 19, CONSTRAINT_CHECK 275,
CONSTRAINT_COMMITHOOK 531, CONSTRAINT_FOREIGNKEY 787, CONSTRAINT_FUNCTION 1043, CONSTRAINT_NOTNULL 1299,
CONSTRAINT_PINNED 2835, CONSTRAINT_PRIMARYKEY 1555, CONSTRAINT_ROWID 2579, CONSTRAINT_TRIGGER 1811,
CONSTRAINT_UNIQUE 2067, CONSTRAINT_VTAB 2323, CORRUPT 11, CORRUPT_INDEX 779, CORRUPT_SEQUENCE 523,
CORRUPT_VTAB 267, DONE 101, EMPTY 16, ERROR 1, ERROR_MISSING_COLLSEQ 257, ERROR_RETRY 513, ERROR_SNAPSHOT 769,
FORMAT 24, FULL 13, INTERNAL 2, INTERRUPT 9, IOERR 10, IOERR_ACCESS 3338, IOERR_AUTH 7178, IOERR_BEGIN_ATOMIC
7434, IOERR_BLOCKED 2826, IOERR_CHECKRESERVEDLOCK 3594, IOERR_CLOSE 4106, IOERR_COMMIT_ATOMIC 7690,
IOERR_CONVPATH 6666, IOERR_CORRUPTFS 8458, IOERR_DATA 8202, IOERR_DELETE 2570, IOERR_DELETE_NOENT 5898,
IOERR_DIR_CLOSE 4362, IOERR_DIR_FSYNC 1290, IOERR_FSTAT 1802, IOERR_FSYNC 1034, IOERR_GETTEMPPATH 6410,
IOERR_LOCK 3850, IOERR_MMAP 6154, IOERR_NOMEM 3082, IOERR_RDLOCK 2314, IOERR_READ 266, IOERR_ROLLBACK_ATOMIC
7946, IOERR_SEEK 5642, IOERR_SHMLOCK 5130, IOERR_SHMMAP 5386, IOERR_SHMOPEN 4618, IOERR_SHMSIZE 4874,
IOERR_SHORT_READ 522, IOERR_TRUNCATE 1546, IOERR_UNLOCK 2058, IOERR_VNODE 6922, IOERR_WRITE 778, LOCKED 6,
LOCKED_SHAREDCACHE 262, LOCKED_VTAB 518, MISMATCH 20, MISUSE 21, NOLFS 22, NOMEM 7, NOTADB 26, NOTFOUND 12,
NOTICE 27, NOTICE_RECOVER_ROLLBACK 539, NOTICE_RECOVER_WAL 283, OK 0, OK_LOAD_PERMANENTLY 256, OK_SYMLINK 512,
PERM 3, PROTOCOL 15, RANGE 25, READONLY 8, READONLY_CANTINIT 1288, READONLY_CANTLOCK 520, READONLY_DBMOVED
1032, READONLY_DIRECTORY 1544, READONLY_RECOVERY 264, READONLY_ROLLBACK 776, ROW 100, SCHEMA 17, TOOBIG 18,
WARNING 28, WARNING_AUTOINDEX 284
"""

_OTHERS = """\
ALTER_TABLE 26, ANALYZE 28, ATTACH 24, CREATE_INDEX 1, CREATE_TABLE 2, CREATE_TEMP_INDEX 3, CREATE_TEMP_TABLE
4, CREATE_TEMP_TRIGGER 5, CREATE_TEMP_VIEW 6, CREATE_TRIGGER 7, CREATE_VIEW 8, CREATE_VTABLE 29,
DBCONFIG_DEFENSIVE 1010, DBCONFIG_DQS_DDL 1014, DBCONFIG_DQS_DML 1013, DBCONFIG_ENABLE_FKEY 1002,
DBCONFIG_ENABLE_FTS3_TOKENIZER 1004, DBCONFIG_ENABLE_LOAD_EXTENSION 1005, DBCONFIG_ENABLE_QPSG 1007,
DBCONFIG_ENABLE_TRIGGER 1003, DBCONFIG_ENABLE_VIEW 1015, DBCONFIG_LEGACY_ALTER_TABLE 1012,
DBCONFIG_LEGACY_FILE_FORMAT 1016, DBCONFIG_NO_CKPT_ON_CLOSE 1006, DBCONFIG_RESET_DATABASE 1009,
DBCONFIG_TRIGGER_EQP 1008, DBCONFIG_TRUSTED_SCHEMA 1017, DBCONFIG_WRITABLE_SCHEMA 1011, DELETE 9, DENY 1,
DETACH 25, DROP_INDEX 10, DROP_TABLE 11, DROP_TEMP_INDEX 12, DROP_TEMP_TABLE 13, DROP_TEMP_TRIGGER 14,
DROP_TEMP_VIEW 15, DROP_TRIGGER 16, DROP_VIEW 17, DROP_VTABLE 30, FUNCTION 31, IGNORE 2, INSERT 18,
LIMIT_ATTACHED 7, LIMIT_COLUMN 2, LIMIT_COMPOUND_SELECT 4, LIMIT_EXPR_DEPTH 3, LIMIT_FUNCTION_ARG 6,
LIMIT_LENGTH 0, LIMIT_LIKE_PATTERN_LENGTH 8, LIMIT_SQL_LENGTH 1, LIMIT_TRIGGER_DEPTH 10, LIMIT_VARIABLE_NUMBER
9, LIMIT_VDBE_OP 5, LIMIT_WORKER_THREADS 11, PRAGMA 19, READ 20, RECURSIVE 33, REINDEX 27, SAVEPOINT 32,
SELECT 21, TRANSACTION 22, UPDATE 23
"""

PARSE_DECLTYPES = 1
PARSE_COLNAMES = 2
LEGACY_TRANSACTION_CONTROL = -1
threadsafety = 3


def _table(text):
    pairs = (pair.split() for pair in text.split(","))
    return {"SQLITE_" + name: int(number) for name, number in pairs}


ERROR_NUMBERS = _table(_ERRORS)
CONSTANTS = ERROR_NUMBERS | _table(_OTHERS)
_ERROR_NAMES = {number: name for name, number in ERROR_NUMBERS.items()}
del _ERRORS, _OTHERS


class Warning(Exception):
    __module__ = "sqlite3"


class Error(Exception):
    __module__ = "sqlite3"


class InterfaceError(Error):
    __module__ = "sqlite3"


class DatabaseError(Error):
    __module__ = "sqlite3"


class InternalError(DatabaseError):
    __module__ = "sqlite3"


class OperationalError(DatabaseError):
    __module__ = "sqlite3"


class ProgrammingError(DatabaseError):
    __module__ = "sqlite3"


class IntegrityError(DatabaseError):
    __module__ = "sqlite3"


class DataError(DatabaseError):
    __module__ = "sqlite3"


class NotSupportedError(DatabaseError):
    __module__ = "sqlite3"


_CLASSES = {}
for _kind, _names in [
    (InternalError, "INTERNAL NOTFOUND"),
    (OperationalError, "ERROR PERM ABORT BUSY LOCKED READONLY INTERRUPT IOERR FULL CANTOPEN PROTOCOL EMPTY SCHEMA"),
    (DatabaseError, "CORRUPT"),
    (DataError, "TOOBIG"),
    (IntegrityError, "CONSTRAINT MISMATCH"),
    (InterfaceError, "MISUSE RANGE"),
]:
    for _name in _names.split():
        _CLASSES[CONSTANTS["SQLITE_" + _name]] = _kind


def error_of(code, message):
    """An exception for what SQLite says; a negative number is none of SQLite's."""
    if code < 0:
        return ProgrammingError(message)
    if code & 0xFF == CONSTANTS["SQLITE_NOMEM"]:
        return MemoryError()
    error = _CLASSES.get(code & 0xFF, DatabaseError)(message)
    error.sqlite_errorcode = code
    error.sqlite_errorname = _ERROR_NAMES.get(code, "unknown")
    return error


_set_error(error_of)


class PrepareProtocol:
    """What objects are asked to adapt to when they become parameters."""

    __module__ = "sqlite3"


adapters = {}
converters = {}
# Whether objects of SQLite's own types are adapted, too.
_base_types = (int, float, str, bytearray)
base_types_adapted = [False]


def register_adapter(type, adapter, /):
    """Register a function to adapt Python objects to SQLite values."""
    if type in _base_types:
        base_types_adapted[0] = True
    adapters[type, PrepareProtocol] = adapter


def register_converter(typename, converter, /):
    """Register a function to convert SQLite values to Python objects."""
    if not isinstance(typename, str):
        raise TypeError(f"register_converter() argument 1 must be str, not {type(typename).__name__}")
    converters[typename.upper()] = converter


_missing = object()


def adapt(obj, proto=PrepareProtocol, alt=_missing, /):
    """Adapt given object to given protocol."""
    adapter = adapters.get((type(obj), proto))
    if adapter is not None:
        return adapter(obj)
    for owner, name, argument in (proto, "__adapt__", obj), (obj, "__conform__", proto):
        method = getattr(owner, name, None)
        if method is None:
            continue
        try:
            adapted = method(argument)
        except TypeError:
            continue
        if adapted is not None:
            return adapted
    if alt is not _missing:
        return alt
    raise ProgrammingError("can't adapt")


def names_type(value):
    """What messages call the type of an object."""
    kind = type(value)
    return f"sqlite3.{kind.__name__}" if kind.__module__ == "sqlite3" else kind.__name__


def int_of(value, bits):
    """An integer that an `int` of C has room for."""
    number = value.__index__() if hasattr(value, "__index__") else None
    if number is None:
        raise TypeError(f"'{type(value).__name__}' object cannot be interpreted as an integer")
    if not -1 << bits - 1 <= number < 1 << bits - 1:
        kind = "C int" if bits == 32 else "C long"
        raise OverflowError(f"Python int too large to convert to {kind}")
    return number


def bytes_of(value):
    """A view of the bytes of an object that has them in one piece."""
    view = memoryview(value)
    if not view.c_contiguous:
        raise BufferError("underlying buffer is not C-contiguous")
    return view.cast("B")


def check_text(function, value, name=None):
    if not isinstance(value, str):
        which = f"argument '{name}'" if name else "argument 1"
        raise TypeError(f"{function}() {which} must be str, not {type(value).__name__}")
