# test: run
# target: x86_64
# An emulator does not know all of these calls.
# Modules that ask the system for more than files: fcntl, resource, termios, mmap, and parts of os.
import errno
import fcntl
import mmap
import os
import pty
import re
import readline
import resource
import subprocess
import sys
import tempfile
import termios
import tty


def refused(f, *args, **named):
    try:
        return f(*args, **named)
    except Exception as e:
        return type(e).__name__, getattr(e, "errno", None)


with tempfile.TemporaryDirectory() as folder:
    path = os.path.join(folder, "file")
    fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_SYNC)
    print(os.pwrite(fd, b"0123456789" * 10, 0), os.pwrite(fd, b"abc", 4), os.pread(fd, 10, 2))
    print(os.lseek(fd, 0, 1), os.pread(fd, 5, 98), os.pread(fd, 5, 200), refused(os.pread, fd, 5, -1))
    print(refused(os.open, path, os.O_RDONLY | os.O_DIRECTORY))

    flags = fcntl.fcntl(fd, fcntl.F_GETFL)
    print(flags & os.O_ACCMODE == os.O_RDWR if hasattr(os, "O_ACCMODE") else flags & 3 == 2)
    fcntl.fcntl(fd, fcntl.F_SETFL, flags | os.O_NONBLOCK)
    print(fcntl.fcntl(fd, fcntl.F_GETFL) & os.O_NONBLOCK == os.O_NONBLOCK)
    print(fcntl.fcntl(fd, fcntl.F_GETFD), fcntl.fcntl(fd, fcntl.F_SETFD, 0), fcntl.fcntl(fd, fcntl.F_GETFD))
    other = fcntl.fcntl(fd, fcntl.F_DUPFD_CLOEXEC, 0)
    print(other != fd, os.fstat(other).st_size)
    os.close(other)

    fcntl.flock(fd, fcntl.LOCK_EX)
    with open(path) as second:
        print(refused(fcntl.flock, second, fcntl.LOCK_SH | fcntl.LOCK_NB))
        fcntl.flock(fd, fcntl.LOCK_UN)
        print(refused(fcntl.flock, second, fcntl.LOCK_SH | fcntl.LOCK_NB))
    fcntl.lockf(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    fcntl.lockf(fd, fcntl.LOCK_UN)
    print(refused(fcntl.flock, -1, fcntl.LOCK_SH), refused(fcntl.flock, "x", fcntl.LOCK_SH))
    print(refused(fcntl.ioctl, fd, termios.TIOCGWINSZ, b"\0" * 8))

    with mmap.mmap(fd, 0) as m:
        print(len(m), m[4:7], m[-1], m.find(b"abc"), m.rfind(b"9"), m.size(), m.tell())
        m[0:3] = b"XYZ"
        m[3] = ord("!")
        m.seek(10)
        print(m.read(4), m.readline()[:3], m.tell(), refused(m.seek, 1000))
        m.seek(0)
        print(m.write(b"ab"), m.read_byte(), os.pread(fd, 5, 0))
        print(re.search(rb"(\d)\1|abc", m).span(), bytes(memoryview(m)[:3]))
        m.move(0, 10, 3)
        print(m[:5], refused(m.__setitem__, slice(0, 2), b"abc"))
        m.resize(20)
        print(len(m), os.fstat(fd).st_size)
    print(m.closed, refused(m.read))
    with mmap.mmap(fd, 10, access=mmap.ACCESS_READ) as m:
        print(m[:], refused(m.write, b"x"), refused(m.__setitem__, 0, 1))
    with mmap.mmap(fd, 10, access=mmap.ACCESS_COPY) as m:
        m[0:2] = b"??"
        print(m[:2], os.pread(fd, 2, 0))
    with mmap.mmap(-1, 30) as m:
        m.write(b"anonymous\nlines\n")
        m.seek(0)
        print(m.readline(), m.readline(), list(m)[:2], b"lines" in m[:])
    print(refused(mmap.mmap, fd, 1000), refused(mmap.mmap, fd, 10, offset=3), refused(mmap.mmap, -1, -1))
    os.close(fd)
    print(refused(fcntl.fcntl, fd, fcntl.F_GETFL))

soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
print(isinstance(soft, int), soft == os.sysconf("SC_OPEN_MAX"))
resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))
print(resource.getrlimit(resource.RLIMIT_CORE)[0], refused(resource.getrlimit, 99))
used = resource.getrusage(resource.RUSAGE_SELF)
print(used.ru_maxrss > 1000, used.ru_utime >= 0, len(used), used[2] == used.ru_maxrss)
print(refused(resource.getrusage, 55), resource.getpagesize() == os.sysconf("SC_PAGESIZE") == mmap.PAGESIZE)
print(os.sysconf("SC_CLK_TCK"), os.sysconf("SC_NPROCESSORS_ONLN") >= 1, os.sysconf("SC_PHYS_PAGES") > 0)
print(refused(os.sysconf, "SC_NOTHING"), os.sysconf(os.sysconf_names["SC_PAGESIZE"]) == resource.getpagesize())

r, w = os.pipe()
os.write(w, b"12345")
print(int.from_bytes(fcntl.ioctl(r, termios.FIONREAD, b"\0\0\0\0"), sys.byteorder))
buffer = bytearray(4)
print(fcntl.ioctl(r, termios.FIONREAD, buffer), int.from_bytes(buffer, sys.byteorder))
for f in termios.tcgetattr, termios.tcdrain, tty.setraw:
    try:
        f(r)
    except termios.error as e:
        print(e.args)

readline.add_history("one")
readline.parse_and_bind("tab: complete")
readline.set_completer(print)
print(readline.get_completer() is print)

# Another program in place of this one.
program = "import os, sys; print('before', flush=True); os.execv(sys.executable, [sys.executable, '-c', 'print(\"after\")'])"
print(subprocess.run([sys.executable, "-c", program], capture_output=True, text=True).stdout.split())
program = "import os, sys; os.execve(sys.executable, [sys.executable, '-c', 'import os; print(os.environ[\"A\"])'], {'A': 'b'})"
print(subprocess.run([sys.executable, "-c", program], capture_output=True, text=True).stdout.split())
print(refused(os.execv, "/nowhere/at/all", ["x"]), refused(os.execv, sys.executable, []))
print(refused(os.execlp, "no-such-program-anywhere", "x"))
