# test: run
# configuration: nojit jit revdb
"""What os has of the system's calls on numbers: files, groups of processes, processors, events; status of exit()."""
import array
import os
import socket
import tempfile

print(os.getsid(0) == os.getsid(os.getpid()), os.nice(0) == os.getpriority(os.PRIO_PROCESS, 0))
print(os.sched_getaffinity(0) <= set(range(4096)), os.sched_yield(), len(os.sched_getaffinity(0)) > 0)
r, w = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
try:
    os.read(r, 1)
except BlockingIOError as error:
    print(error)
print(os.get_blocking(r), os.set_blocking(r, True), os.get_blocking(r), os.get_inheritable(r))
print(os.writev(w, [b"abc", bytearray(b"defg")]))
first, second = bytearray(2), bytearray(3)
print(os.readv(r, [first, second]), first, second)
words = array.array("h", [0, 0])
print(os.readinto(r, words) if hasattr(os, "readinto") else os.readv(r, [words]), words.tobytes())
os.closerange(r, w + 1)
for number in (r, w):
    try:
        os.write(number, b"x")
    except OSError as error:
        print(error)
fd, name = tempfile.mkstemp()
os.fchmod(fd, 0o640)
print(oct(os.stat(name).st_mode), os.posix_fallocate(fd, 0, 100), os.stat(name).st_size)
print(os.posix_fadvise(fd, 0, 0, os.POSIX_FADV_RANDOM), os.lockf(fd, os.F_LOCK, 0), os.lockf(fd, os.F_ULOCK, 0))
os.close(fd)
os.unlink(name)
device = os.makedev(8, 300)
print(device, os.major(device), os.minor(device))
event = os.eventfd(3)
print(os.eventfd_read(event), os.eventfd_write(event, 5), os.eventfd_read(event))
for call in (lambda: os.fchdir(12345), lambda: os.setpgid(0, -1), lambda: os.fchmod(12345, 0)):
    try:
        call()
    except OSError as error:
        print(type(error).__name__, error.errno)
print(os.sched_get_priority_max(os.SCHED_FIFO), os.sched_getscheduler(0), type(os.getgroups()))

# Files for another process go with a message.
ours, theirs = socket.socketpair()
r, w = os.pipe()
print(socket.send_fds(ours, [b"he", b"llo"], [r, w]))
data, files, flags, address = socket.recv_fds(theirs, 100, 3)
print(data, len(files), flags, address)
os.write(files[1], b"through")
print(os.read(r, 10))
print(theirs.sendmsg([b"x", bytearray(b"yz")]), ours.recvmsg(2))
rest = bytearray(1)
print(ours.recvmsg_into([rest]), rest)
print(socket.CMSG_LEN(4), socket.CMSG_SPACE(4), socket.CMSG_SPACE(12))
try:
    ours.sendmsg([b"a"], [(socket.SOL_SOCKET, 9, b"")])
except OSError as error:
    print(error.errno)

try:
    exit(3)
except SystemExit as error:
    print(error.code, quit)
