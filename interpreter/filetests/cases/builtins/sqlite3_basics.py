# test: run
# Databases in memory: execution, parameters, rows, transactions.
import sqlite3

con = sqlite3.connect(":memory:")
cur = con.cursor()
print(cur.description, cur.rowcount, cur.lastrowid, cur.arraysize)
cur.execute("create table person(id integer primary key, name text, age, photo blob)")
print(cur.execute("insert into person(name, age, photo) values (?, ?, ?)", ("Ada", 36, b"\0\1")) is cur)
print(cur.rowcount, cur.lastrowid, con.in_transaction, con.total_changes)
cur.executemany("insert into person(name, age) values (?, ?)", [("Bob", 4.5), ("Čeněk", None), ("Dee", 2**63 - 1)])
print(cur.rowcount, con.total_changes)
con.commit()
print(con.in_transaction)
print(cur.execute("select * from person").fetchall())
print(cur.description)
print(cur.execute("select name from person where id = :id or name = :name", {"id": 1, "name": "Bob"}).fetchall())
print(cur.execute("select ?1, ?2, ?1", (1, "two")).fetchone())
print(cur.execute("select ?, ?, ?, ?, ?", [None, True, 1.5, "x", bytearray(b"ba")]).fetchone())

cur.execute("select id from person order by id")
print(cur.fetchone(), cur.fetchmany(2), cur.fetchmany(5), cur.fetchone(), list(cur))
cur.arraysize = 3
print(cur.execute("select id from person").fetchmany())

# Rows by name.
con.row_factory = sqlite3.Row
row = con.execute("select name, age as AGE from person where id = 2").fetchone()
print(row["name"], row["Age"], row[-1], row[0:2], tuple(row), row.keys(), len(row))
again = con.execute("select name, age as AGE from person where id = 2").fetchone()
print(row == again, hash(row) == hash(again), row == ("Bob", 4.5))
for key in "nothing", 7, 1.5:
    try:
        row[key]
    except IndexError as error:
        print(error)
con.row_factory = lambda cursor, row: dict(zip([c[0] for c in cursor.description], row))
print(con.execute("select id, age from person").fetchall())
con.row_factory = None

# Text.
for factory in bytes, bytearray, lambda data: data.decode()[::-1]:
    con.text_factory = factory
    print(con.execute("select name from person").fetchall())
con.text_factory = str
try:
    con.execute("select cast(x'ff41' as text) as bad").fetchone()
except sqlite3.OperationalError as error:
    print(error)

# Transactions.
try:
    with con:
        con.execute("update person set age = 1")
        print(con.in_transaction)
        raise KeyError("undo")
except KeyError:
    print(con.in_transaction, con.execute("select count(*) from person where age = 1").fetchone())
with con:
    con.execute("delete from person where id > 2")
print(con.in_transaction, con.execute("select count(*) from person").fetchone())
con.isolation_level = None
con.execute("insert into person(name) values ('auto')")
print(con.in_transaction, con.isolation_level)
con.isolation_level = "immediate"
print(con.isolation_level)

# Errors with their numbers.
con.execute("create table one(x unique not null)")
con.execute("insert into one values (1)")
for sql, parameters in [
    ("insert into one values (1)", ()), ("insert into one values (null)", ()), ("select nothing", ()),
    ("selec 1", ()), ("select 1; select 2", ()), ("select ?", ()), ("select ?", (1, 2)), ("select ?", (2**63,)),
    ("select ?", (object,)), ("select :a", {}), ("select ?", {"a": 1}), ("select ?", 5), ("select '\0'", ()),
    ("select ?", ("\ud800",)),
]:
    try:
        con.execute(sql, parameters)
    except Exception as error:
        code = getattr(error, "sqlite_errorcode", None)
        print(type(error).__name__, error, code, getattr(error, "sqlite_errorname", None))
try:
    cur.executemany("select 1", [()])
except sqlite3.ProgrammingError as error:
    print(error)
cur.execute("-- nothing")
print(cur.fetchall(), cur.description)
print(con.execute("insert into one values (2) returning x + 1").fetchall())

# Scripts.
con.executescript("""
    create table a(x); -- first
    insert into a values (1); insert into a values (2);
    /* the last */
""")
print(con.execute("select sum(x) from a").fetchone())
try:
    con.executescript("insert into a values (3); nonsense; insert into a values (4)")
except sqlite3.OperationalError as error:
    print(error)
print(con.execute("select x from a").fetchall())
print("\n".join(con.iterdump()))

# A statement that is still read, and runs again meanwhile.
outer = con.execute("select x from a")
print(next(outer))
print([r for r in con.execute("select x from a")], next(outer), list(outer))

other = con.cursor()
other.execute("select 1")
other.close()
for use in other.fetchone, other.close, lambda: other.execute("select 1"):
    try:
        print(use())
    except sqlite3.ProgrammingError as error:
        print(error)
con.close()
con.close()
for use in lambda: con.execute("select 1"), con.commit, con.cursor, cur.fetchone, lambda: con.in_transaction:
    try:
        use()
    except sqlite3.ProgrammingError as error:
        print(error)


class Late(sqlite3.Connection):
    def __init__(self):
        pass


try:
    Late().cursor()
except sqlite3.ProgrammingError as error:
    print(error)
