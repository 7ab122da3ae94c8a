# test: run
# Databases in files: two connections, locks, time and random numbers.
import os
import sqlite3
import tempfile

with tempfile.TemporaryDirectory() as folder:
    path = os.path.join(folder, "data.db")
    first = sqlite3.connect(path, timeout=0.01)
    first.execute("create table t(n, r)")
    first.execute("insert into t values (1, random())")
    second = sqlite3.connect(path.encode(), timeout=0.01)
    try:
        second.execute("insert into t values (2, 0)")
    except sqlite3.OperationalError as error:
        print(error, error.sqlite_errorname)
    first.commit()
    second.execute("insert into t values (2, random())")
    second.commit()
    rows = first.execute("select n, typeof(r) from t").fetchall()
    print(rows, first.execute("select count(distinct r) from t").fetchone())
    print(first.execute("select datetime('now') > '2020', length(randomblob(8)), julianday('now') > 2400000").fetchone())
    print(first.execute("select datetime('now', 'localtime') > '2020', datetime(0, 'unixepoch')").fetchone())
    first.executemany("insert into t values (?, randomblob(1000))", [(i,) for i in range(300)])
    first.rollback()
    print(first.execute("select count(*) from t").fetchone())
    first.execute("vacuum")
    first.execute("create temp table u as select * from t")
    print(first.execute("select count(*) from u").fetchone())
    first.execute("attach ? as other", (os.path.join(folder, "other.db"),))
    first.execute("create table other.v as select n from main.t")
    print(first.execute("select * from other.v").fetchall())
    first.close()
    second.close()
    third = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    try:
        third.execute("insert into t values (3, 3)")
    except sqlite3.OperationalError as error:
        print(error)
    print(third.execute("select n from t").fetchall())
    third.close()
    try:
        sqlite3.connect(f"file:{path}x?mode=ro", uri=True)
    except sqlite3.OperationalError as error:
        print(error)
    strange = os.path.join(folder, "text.db")
    with open(strange, "w") as file:
        file.write("this is no database, however long it may be" * 100)
    try:
        sqlite3.connect(strange).execute("select * from t")
    except sqlite3.DatabaseError as error:
        print(type(error).__name__, error)
    print(sorted(os.listdir(folder)))
