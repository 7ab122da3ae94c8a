# test: run
# What SQLite calls: functions, aggregates, windows, orders, handlers.
import gc
import sqlite3

con = sqlite3.connect(":memory:", isolation_level=None)
con.execute("create table t(n, s)")
con.executemany("insert into t values (?, ?)", [(i, "abcde"[i]) for i in range(5)])


def churn(x):
    junk = [[x] for _ in range(100)]
    return len(junk) + x


con.create_function("churn", 1, churn, deterministic=True)
con.create_function("show", -1, lambda *args: repr(args))
con.create_function("twice", 1, lambda x: x + x)
con.create_function("fail", 1, lambda x: 1 // x)
con.create_function("wrong", 0, lambda: {})
con.create_function("big", 0, lambda: 1 << 70)
print(con.execute("select churn(n) from t").fetchall())
print(con.execute("select show(n, s, null, 1.5, x'00ff'), show() from t limit 1").fetchall())
print(con.execute("select twice('ž'), twice(2.5), twice(x'01')").fetchall())
for sql in "select fail(0)", "select wrong()", "select big()", "select fail()", "select nothing(1)":
    try:
        print(con.execute(sql).fetchall())
    except Exception as error:
        print(type(error).__name__, error)


class Median:
    def __init__(self):
        self.values = []

    def step(self, value):
        self.values.append(value)
        gc.collect()

    def inverse(self, value):
        self.values.remove(value)

    def value(self):
        return sorted(self.values)[len(self.values) // 2] if self.values else None

    def finalize(self):
        return self.value()


con.create_aggregate("median", 1, Median)
print(con.execute("select median(n), median(s) from t").fetchone())
print(con.execute("select n % 2, median(n) from t group by n % 2").fetchall())
print(con.execute("select median(n) from t where n > 100").fetchone())
con.create_window_function("running", 1, Median)
print(con.execute("select running(n) over (order by n rows between 1 preceding and 1 following) from t").fetchall())
con.create_window_function("running", 1, None)
try:
    con.execute("select running(n) from t")
except sqlite3.OperationalError as error:
    print(error)


class NoStep:
    pass


class BadFinalize:
    def step(self, x):
        pass

    def finalize(self):
        raise KeyError


class BadInit:
    def __init__(self):
        raise ValueError


for factory in NoStep, BadFinalize, BadInit:
    con.create_aggregate("bad", 1, factory)
    try:
        con.execute("select bad(n) from t").fetchone()
    except sqlite3.OperationalError as error:
        print(error)

con.create_collation("backwards", lambda a, b: (a < b) - (a > b))
print(con.execute("select s from t order by s collate backwards").fetchall())
con.create_collation("backwards", None)
try:
    con.execute("select s from t order by s collate backwards")
except sqlite3.OperationalError as error:
    print(error)

# Functions that use the connection while it calls them.
con.create_function("count_of", 1, lambda s: con.execute("select count(*) from t where s >= ?", (s,)).fetchone()[0])
print(con.execute("select s, count_of(s) from t").fetchall())

cursor = con.cursor()
con.create_function("again", 0, lambda: cursor.execute("select 1") and 1)
try:
    cursor.execute("select again()")
except sqlite3.Error as error:
    print(error)

seen = []
con.set_trace_callback(seen.append)
con.execute("select ?", ("a'b",))
con.set_trace_callback(None)
con.execute("select 2")
print(seen)


def authorize(action, first, second, database, source):
    if action == sqlite3.SQLITE_READ and second == "n":
        return sqlite3.SQLITE_IGNORE
    return sqlite3.SQLITE_DENY if action == sqlite3.SQLITE_DELETE else sqlite3.SQLITE_OK


con.set_authorizer(authorize)
print(con.execute("select n, s from t limit 1").fetchone())
try:
    con.execute("delete from t")
except sqlite3.DatabaseError as error:
    print(type(error).__name__, error)
con.set_authorizer(None)
print(con.execute("select n from t limit 1").fetchone())

rounds = []
con.set_progress_handler(lambda: rounds.append(1) or len(rounds) > 20, 100)
try:
    con.execute("with recursive c(x) as (select 1 union all select x + 1 from c) select count(*) from c").fetchone()
except sqlite3.OperationalError as error:
    print(error, len(rounds))
con.set_progress_handler(None, 0)

# Many calls, so that they are compiled.
con.create_function("plus", 2, lambda a, b: a + b)
total = 0
for i in range(300):
    for row in con.execute("select plus(n, ?) from t", (i,)):
        total += row[0]
print(total)
total = 0
for i in range(300):
    try:
        total += con.execute("select fail(?)", (i % 3,)).fetchone()[0]
    except sqlite3.OperationalError:
        total += 1000
print(total)
con.close()
