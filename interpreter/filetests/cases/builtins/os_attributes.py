# test: run
# What files have besides contents: times, other names, lengths, owners, volumes; and the process's ids.
import os
import shutil
import stat
import tempfile
import time

with tempfile.TemporaryDirectory() as folder:
    name = os.path.join(folder, "a")
    with open(name, "wb") as file:
        file.write(b"0123456789")

    os.utime(name, (1_000_000_000, 1_100_000_000.25))
    found = os.stat(name)
    print(found.st_atime, found.st_mtime, found.st_mtime_ns)
    os.utime(name, ns=(-1, 5))
    found = os.stat(name)
    print(found.st_atime_ns, found.st_mtime_ns)
    before = time.time_ns() - 10**9
    os.utime(name)
    print(os.stat(name).st_mtime_ns > before)
    with open(name, "rb") as file:
        os.utime(file.fileno(), (1, 2))
    print(os.stat(name).st_mtime)
    for bad in [(1,), [1, 2], 5]:
        try:
            os.utime(name, bad)
        except TypeError as error:
            print(error)
    try:
        os.utime(name, (1, 2), ns=(1, 2))
    except ValueError as error:
        print(error)
    try:
        os.utime(os.path.join(folder, "missing"), (1, 2))
    except FileNotFoundError as error:
        print(error.errno)

    other = os.path.join(folder, "b")
    os.link(name, other)
    print(os.stat(name).st_nlink, os.path.samefile(name, other))
    try:
        os.link(name, other)
    except FileExistsError:
        print("there already")

    os.truncate(other, 4)
    os.truncate(name, 6)
    print(open(name, "rb").read())
    try:
        os.truncate(name, -1)
    except OSError as error:
        print(error.errno)

    link = os.path.join(folder, "l")
    os.symlink("a", link)
    os.utime(link, (7, 8), follow_symlinks=False)
    print(os.lstat(link).st_mtime, os.stat(link).st_mtime != 8)
    os.chown(name, -1, -1)
    os.lchown(link, os.getuid(), os.getgid())

    pipe = os.path.join(folder, "p")
    os.mkfifo(pipe, 0o600)
    print(stat.S_ISFIFO(os.stat(pipe).st_mode))

    os.utime(name, (11, 12))
    shutil.copy2(name, os.path.join(folder, "c"))
    print(os.stat(os.path.join(folder, "c")).st_mtime)

    volume = os.statvfs(folder)
    print(volume.f_blocks >= volume.f_bfree >= volume.f_bavail, volume.f_namemax, len(volume))
    print(shutil.disk_usage(folder).total == volume.f_blocks * volume.f_frsize)

os.sync()
print(os.getgid() == os.getegid(), os.getpgrp() == os.getpgid(0) == os.getpgid(os.getpid()))
print(len(os.getloadavg()), all(load >= 0 for load in os.getloadavg()))
try:
    os.getpgid(2**22 + 5)
except ProcessLookupError as error:
    print(error.errno)
