# test: run
# Adapters, converters, blobs, backups, limits, threads.
import sqlite3
import threading


class Point:
    def __init__(self, x, y):
        self.x, self.y = x, y

    def __repr__(self):
        return f"Point({self.x}, {self.y})"

    def __conform__(self, protocol):
        if protocol is sqlite3.PrepareProtocol:
            return f"{self.x};{self.y}"


class Other(Point):
    pass


sqlite3.register_adapter(Other, lambda other: other.x * 100 + other.y)
sqlite3.register_converter("point", lambda data: Point(*map(int, data.split(b";"))))
con = sqlite3.connect(":memory:", detect_types=sqlite3.PARSE_DECLTYPES | sqlite3.PARSE_COLNAMES)
con.execute("create table t(p point, q integer)")
con.execute("insert into t values (?, ?)", (Point(3, 4), Other(5, 6)))
con.execute("insert into t values (:p, :q)", {"p": None, "q": Point(1, 2)})
print(con.execute("select * from t").fetchall())
cur = con.execute('select q as "q [point]", p as "plain text" from t where p is null')
print(cur.fetchall(), [column[0] for column in cur.description])
print(sqlite3.adapt(Other(1, 1)), sqlite3.adapt(Point(1, 1)))
try:
    sqlite3.adapt(object())
except sqlite3.ProgrammingError as error:
    print(error)
con.close()

con = sqlite3.connect(":memory:")
con.execute("create table b(data blob)")
con.execute("insert into b values (zeroblob(10))")
with con.blobopen("b", "data", 1) as blob:
    blob.write(b"hello")
    blob[5] = 33
    blob[6:9:2] = b"ab"
    print(len(blob), blob.tell(), blob[0], blob[-1], blob[1:4], blob[::3])
    blob.seek(0)
    print(blob.read(3), blob.read(), blob.read())
    for act in (lambda: blob.write(b"x" * 20), lambda: blob[10], lambda: blob.seek(99), lambda: blob["a"],
                lambda: blob.__setitem__(0, 256), lambda: blob.__delitem__(0)):
        try:
            act()
        except Exception as error:
            print(type(error).__name__, error)
try:
    blob.read()
except sqlite3.ProgrammingError as error:
    print(error)
try:
    con.blobopen("b", "data", 1, readonly=True).write(b"no")
except sqlite3.OperationalError as error:
    print(error)
print(con.execute("select data from b").fetchone())
con.commit()

copy = sqlite3.connect(":memory:")
pages = []
con.backup(copy, pages=1, progress=lambda status, left, total: pages.append((left, total)))
print(copy.execute("select data from b").fetchone(), pages[-1][0], len(pages) == pages[-1][1])
image = copy.serialize()
third = sqlite3.connect(":memory:")
third.deserialize(image)
print(third.execute("select count(*) from b").fetchone(), image[:15])
try:
    con.backup(con)
except ValueError as error:
    print(error)

print(con.getlimit(sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER) > 10)
con.setlimit(sqlite3.SQLITE_LIMIT_SQL_LENGTH, 20)
try:
    con.execute("select 'this is a long text'")
except sqlite3.DataError as error:
    print(error)
con.setconfig(sqlite3.SQLITE_DBCONFIG_ENABLE_FKEY)
print(con.getconfig(sqlite3.SQLITE_DBCONFIG_ENABLE_FKEY), copy.getconfig(sqlite3.SQLITE_DBCONFIG_ENABLE_FKEY))
print(sqlite3.complete_statement("select 1"), sqlite3.complete_statement("select 1;"))


def elsewhere():
    try:
        con.execute("select 1")
    except sqlite3.ProgrammingError as error:
        print(str(error).split(".")[0])


thread = threading.Thread(target=elsewhere)
thread.start()
thread.join()

# Autocommit as PEP 249 wants it.
auto = sqlite3.connect(":memory:", autocommit=False)
print(auto.in_transaction, auto.autocommit)
auto.execute("create table t(x)")
auto.commit()
print(auto.in_transaction)
auto.rollback()
auto.autocommit = True
print(auto.in_transaction)
auto.commit()
for value in 5, "x":
    try:
        auto.autocommit = value
    except ValueError as error:
        print(error)


# Connections and cursors of classes of a program's own.
class Mine(sqlite3.Connection):
    def cursor(self):
        return super().cursor(MyCursor)


class MyCursor(sqlite3.Cursor):
    def execute(self, sql, *args):
        print("executing", sql)
        return super().execute(sql, *args)


mine = sqlite3.connect(":memory:", factory=Mine)
print(mine.execute("select 1").fetchone(), type(mine.cursor()).__name__, issubclass(mine.Error, sqlite3.Error))

# A cursor that is gone does not stand in the way of its table.
con.setlimit(sqlite3.SQLITE_LIMIT_SQL_LENGTH, 1000)


def abandon():
    con.executemany("insert into b values (?)", [(i,) for i in range(10)])
    return con.execute("select data from b").fetchone()


abandon()
con.commit()
con.execute("select 1").fetchall()
for c in con, copy, third, auto, mine:
    c.close()
