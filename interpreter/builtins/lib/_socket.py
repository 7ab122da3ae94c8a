"""Sockets: what `socket` is built on.

A socket's operations are those of `_sockets` on its number. Who waits does so here, by `_select`: so
interrupts are heeded, and a time limit is one for the whole operation.
"""

import _sockets
from _select import POLLIN as _POLLIN
from _select import POLLOUT as _POLLOUT
from _select import _poll
from errno import EAGAIN as _EAGAIN
from errno import EINVAL as _EINVAL
from errno import EISCONN as _EISCONN
from operator import index as _index
from os import close as _close_number
from os import dup
from os import fsencode as _fsencode
from os import strerror as _strerror
from sys import byteorder as _byteorder
from time import monotonic as _monotonic

has_ipv6 = True

AF_UNSPEC, AF_UNIX, AF_INET, AF_INET6 = 0, 1, 2, 10
SOCK_STREAM, SOCK_DGRAM, SOCK_RAW, SOCK_RDM, SOCK_SEQPACKET = 1, 2, 3, 4, 5
SOCK_NONBLOCK, SOCK_CLOEXEC = 0o4000, 0o2000000

IPPROTO_IP, IPPROTO_ICMP, IPPROTO_TCP, IPPROTO_UDP = 0, 1, 6, 17
IPPROTO_IPV6, IPPROTO_ICMPV6, IPPROTO_RAW = 41, 58, 255

SOL_SOCKET, SOL_IP, SOL_TCP, SOL_UDP = 1, 0, 6, 17
SO_DEBUG, SO_REUSEADDR, SO_TYPE, SO_ERROR, SO_DONTROUTE, SO_BROADCAST = 1, 2, 3, 4, 5, 6
SO_SNDBUF, SO_RCVBUF, SO_KEEPALIVE, SO_OOBINLINE, SO_PRIORITY = 7, 8, 9, 10, 12
SO_LINGER, SO_REUSEPORT, SO_ACCEPTCONN, SO_PROTOCOL, SO_DOMAIN = 13, 15, 30, 38, 39
TCP_NODELAY = 1
IPV6_V6ONLY = 26
SOMAXCONN = 4096

SCM_RIGHTS = 1
MSG_CTRUNC, MSG_CMSG_CLOEXEC = 8, 0x40000000

SHUT_RD, SHUT_WR, SHUT_RDWR = 0, 1, 2

MSG_OOB, MSG_PEEK, MSG_DONTROUTE, MSG_TRUNC = 1, 2, 4, 0x20
MSG_DONTWAIT, MSG_EOR, MSG_WAITALL, MSG_NOSIGNAL, MSG_MORE = 0x40, 0x80, 0x100, 0x4000, 0x8000

INADDR_ANY, INADDR_BROADCAST, INADDR_LOOPBACK, INADDR_NONE = 0, 0xFFFFFFFF, 0x7F000001, 0xFFFFFFFF

AI_PASSIVE, AI_CANONNAME, AI_NUMERICHOST, AI_V4MAPPED = 1, 2, 4, 8
AI_ALL, AI_ADDRCONFIG, AI_NUMERICSERV = 0x10, 0x20, 0x400
EAI_BADFLAGS, EAI_NONAME, EAI_AGAIN, EAI_FAIL = -1, -2, -3, -4
EAI_FAMILY, EAI_SOCKTYPE, EAI_SERVICE, EAI_NODATA = -6, -7, -8, -5
NI_NUMERICHOST, NI_NUMERICSERV, NI_NOFQDN, NI_NAMEREQD, NI_DGRAM = 1, 2, 4, 8, 16
NI_MAXHOST, NI_MAXSERV = 1025, 32

error = OSError
timeout = TimeoutError


class herror(OSError):
    pass


class gaierror(OSError):
    pass


herror.__module__ = gaierror.__module__ = "socket"

_GAI_TEXTS = {
    EAI_BADFLAGS: "Bad value for ai_flags",
    EAI_NONAME: "Name or service not known",
    EAI_FAMILY: "ai_family not supported",
    EAI_SOCKTYPE: "ai_socktype not supported",
    EAI_SERVICE: "Servname not supported for ai_socktype",
}

_default_timeout = None


def getdefaulttimeout():
    """The time limit in seconds of sockets that are made; None: they wait for ever."""
    return _default_timeout


def setdefaulttimeout(timeout, /):
    global _default_timeout
    _default_timeout = _seconds(timeout)


def _seconds(timeout):
    if timeout is None:
        return None
    if not isinstance(timeout, (int, float)) and not hasattr(timeout, "__index__"):
        raise TypeError(f"'{type(timeout).__name__}' object cannot be interpreted as an integer")
    seconds = float(timeout)
    if seconds != seconds:
        raise ValueError("Invalid value NaN (not a number)")
    if seconds < 0:
        raise ValueError("Timeout value out of range")
    return seconds


def _gai(code):
    return gaierror(code, _GAI_TEXTS[code])


def _host(family, host):
    """A host's bytes, of its number or name."""
    if host == "":
        return bytes(4 if family == AF_INET else 16)
    if host == "<broadcast>" and family == AF_INET:
        return b"\xff" * 4
    packed = _sockets.packed_host(family, host)
    if packed is None:
        packed = _sockets.packed_host(family, _resolved(host, family)[0][1])
    return packed


def _resolved(host, family):
    """Pairs of a family and a host's number, for a name."""
    found = _sockets.resolve(host)
    if found is not None:
        found = list(dict.fromkeys(pair for pair in found if family in (AF_UNSPEC, pair[0])))
    if not found:
        raise _gai(EAI_NONAME)
    return found


# What the system puts before data that goes with a message, and to what multiple of bytes it fills it up.
_HEAD_BYTES, _WORD_BYTES, _NUMBER_BYTES = 16, 8, 4


def _numbers_in(packed):
    """Files' numbers, as C has them."""
    whole = len(packed) // _NUMBER_BYTES * _NUMBER_BYTES
    places = range(0, whole, _NUMBER_BYTES)
    return [int.from_bytes(packed[at : at + _NUMBER_BYTES], _byteorder) for at in places]


def CMSG_LEN(length, /):
    """The bytes of so many that go with a message, with what the system puts before them."""
    if not 0 <= length < 1 << 31:
        raise OverflowError("CMSG_LEN() argument out of range")
    return _HEAD_BYTES + length


def CMSG_SPACE(length, /):
    """The same, filled up for what comes next."""
    if not 0 <= length < 1 << 31:
        raise OverflowError("CMSG_SPACE() argument out of range")
    return _HEAD_BYTES + -(-length // _WORD_BYTES) * _WORD_BYTES


class socket:
    """socket(family=AF_INET, type=SOCK_STREAM, proto=0, fileno=None): an end of a connection."""

    __slots__ = ("_number", "_family", "_kind", "_protocol", "_timeout")

    def __init__(self, family=-1, type=-1, proto=-1, fileno=None):
        self._number = -1
        self._timeout = None
        if fileno is None:
            self._family = AF_INET if family == -1 else int(family)
            kind = SOCK_STREAM if type == -1 else int(type)
            self._protocol = 0 if proto == -1 else int(proto)
            self._kind = kind & ~(SOCK_NONBLOCK | SOCK_CLOEXEC)
            self._number = _sockets.socket(self._family, self._kind, self._protocol)
            if kind & SOCK_NONBLOCK:
                self.settimeout(0.0)
                return
        else:
            if isinstance(fileno, float):
                raise TypeError("integer argument expected, got float")
            number = _index(fileno)
            if number < 0:
                raise ValueError("negative file descriptor")
            asked = lambda given, name: (
                _sockets.option(number, SOL_SOCKET, name) if given == -1 else int(given)
            )
            self._family = asked(family, SO_DOMAIN)
            self._kind = asked(type, SO_TYPE)
            self._protocol = asked(proto, SO_PROTOCOL)
            self._number = number
        if _default_timeout is not None:
            self.settimeout(_default_timeout)

    @property
    def family(self):
        return self._family

    @property
    def type(self):
        return self._kind

    @property
    def proto(self):
        return self._protocol

    def __repr__(self):
        name = self.__class__.__name__
        return (
            f"<{name} object, fd={self._number}, family={self._family}, type={self._kind}, "
            f"proto={self._protocol}>"
        )

    def __del__(self):
        number = getattr(self, "_number", -1)
        if number < 0:
            return
        from warnings import warn

        warn(f"unclosed {self!r}", ResourceWarning, 2, source=self)
        self._number = -1
        try:
            _close_number(number)
        except OSError:
            pass

    def _address(self, address, caller):
        """An address of this socket's family, packed."""
        family = self._family
        if family == AF_UNIX:
            if isinstance(address, str):
                name = _fsencode(address)
            elif isinstance(address, (bytes, bytearray, memoryview)):
                name = bytes(address)
            else:
                kind = type(address).__name__
                raise TypeError(f"a bytes-like object is required, not '{kind}'")
            if len(name) > 107:
                raise OSError("AF_UNIX path too long")
            return (AF_UNIX, name)
        if family not in (AF_INET, AF_INET6):
            raise OSError(f"{caller}(): bad family")
        what = "AF_INET" if family == AF_INET else "AF_INET6"
        if not isinstance(address, tuple):
            given = type(address).__name__
            raise TypeError(f"{caller}(): {what} address must be tuple, not {given}")
        if family == AF_INET and len(address) != 2 or not 2 <= len(address) <= 4:
            wanted = "a pair (host, port)" if family == AF_INET else (
                "a tuple (host, port[, flowinfo[, scopeid]])"
            )
            raise TypeError(f"{what} address must be {wanted}")
        host, port, *rest = address
        if isinstance(host, (bytes, bytearray)):
            host = host.decode("ascii")
        elif not isinstance(host, str):
            given = type(host).__name__
            raise TypeError(f"str, bytes or bytearray expected, not {given}")
        port = _index(port)
        if not 0 <= port <= 65535:
            raise OverflowError(f"{caller}(): port must be 0-65535.")
        if rest and not 0 <= rest[0] <= 0xFFFFF:
            raise OverflowError(f"{caller}(): flowinfo must be 0-1048575.")
        return (family, _host(family, host), port, *rest)

    def _wait(self, events, until):
        """Waits until the socket is ready; the end of time raises."""
        left = None if until is None else max(until - _monotonic(), 0.0)
        if not _poll({self._number: events}, left):
            raise TimeoutError("timed out")

    def _patiently(self, events, operation, *args):
        """An operation that says at once when it would have to wait."""
        until = None
        while True:
            try:
                return operation(self._number, *args)
            except BlockingIOError:
                limit = self._timeout
                if limit == 0.0:
                    raise
                if limit is not None and until is None:
                    until = _monotonic() + limit
            self._wait(events, until)

    def bind(self, address, /):
        _sockets.bind(self._number, self._address(address, "bind"))

    def listen(self, backlog=128, /):
        _sockets.listen(self._number, max(backlog, 0))

    def _accept(self):
        """The number of the socket of who connects, and its address."""
        if self._timeout is None:
            self._wait(_POLLIN, None)
        return self._patiently(_POLLIN, _sockets.accept)

    def connect(self, address, /):
        packed = self._address(address, "connect")
        try:
            _sockets.connect(self._number, packed)
            return
        except InterruptedError:
            pass
        except BlockingIOError as pending:
            # The queue of a socket of the file system is full: there is nothing to wait for.
            if self._timeout == 0.0 or pending.errno == _EAGAIN:
                raise
        limit = self._timeout
        self._wait(_POLLOUT, None if limit is None else _monotonic() + limit)
        code = _sockets.option(self._number, SOL_SOCKET, SO_ERROR)
        if code not in (0, _EISCONN):
            raise OSError(code, _strerror(code))

    def connect_ex(self, address, /):
        """As `connect`, but the error's number is the answer."""
        try:
            self.connect(address)
        except TimeoutError as error:
            return error.errno or _EAGAIN
        except gaierror:
            raise
        except OSError as error:
            if error.errno is None:
                raise
            return error.errno
        return 0

    def _receive(self, most, flags):
        if most < 0:
            raise ValueError("negative buffersize in recv")
        return self._patiently(_POLLIN, _sockets.receive, most, flags | MSG_DONTWAIT)

    def recv(self, bufsize, flags=0, /):
        if flags & MSG_WAITALL:
            return self._receive_all(bufsize, flags & ~MSG_WAITALL)
        return self._receive(bufsize, flags)[0]

    def _receive_all(self, most, flags):
        pieces = []
        while most > 0:
            piece = self._receive(most, flags)[0]
            if not piece:
                break
            pieces.append(piece)
            most -= len(piece)
        return b"".join(pieces)

    def recvfrom(self, bufsize, flags=0, /):
        data, address = self._receive(bufsize, flags)
        return data, address

    def recv_into(self, buffer, nbytes=0, flags=0):
        return self.recvfrom_into(buffer, nbytes, flags)[0]

    def recvfrom_into(self, buffer, nbytes=0, flags=0):
        view = memoryview(buffer).cast("B")
        if nbytes < 0:
            raise ValueError("negative buffersize in recv_into")
        if nbytes > len(view):
            raise ValueError("buffer too small for requested bytes")
        data, address = self._receive(nbytes or len(view), flags)
        view[: len(data)] = data
        return len(data), address

    def send(self, data, flags=0, /):
        return self._patiently(_POLLOUT, _sockets.send, data, flags | MSG_DONTWAIT, None)

    def sendall(self, data, flags=0, /):
        view = memoryview(data).cast("B")
        limit = self._timeout
        until = None if limit is None else _monotonic() + limit
        flags |= MSG_DONTWAIT
        while view:
            try:
                view = view[_sockets.send(self._number, view, flags, None) :]
            except BlockingIOError:
                if limit == 0.0:
                    raise
                self._wait(_POLLOUT, until)

    def sendto(self, data, *rest):
        """sendto(data[, flags], address)"""
        if not 1 <= len(rest) <= 2:
            raise TypeError(f"sendto() takes 2 or 3 arguments ({len(rest) + 1} given)")
        flags = rest[0] if len(rest) == 2 else 0
        address = self._address(rest[-1], "sendto")
        return self._patiently(_POLLOUT, _sockets.send, data, flags | MSG_DONTWAIT, address)

    def sendmsg(self, buffers, ancdata=(), flags=0, address=None, /):
        """Sends the buffers' bytes, with files for the receiver: SCM_RIGHTS alone may go with them."""
        data = b"".join(bytes(buffer) for buffer in map(memoryview, buffers))
        files = []
        for level, kind, numbers in ancdata:
            if (level, kind) != (SOL_SOCKET, SCM_RIGHTS):
                raise OSError(_EINVAL, _strerror(_EINVAL))
            files += _numbers_in(bytes(memoryview(numbers)))
        if address is not None:
            address = self._address(address, "sendmsg")
        flags |= MSG_DONTWAIT
        return self._patiently(_POLLOUT, _sockets.send_message, data, files, flags, address)

    def recvmsg(self, bufsize, ancbufsize=0, flags=0, /):
        """Bytes, what came with them, flags and the sender's address."""
        if bufsize < 0:
            raise ValueError("negative buffer size in recvmsg()")
        if not 0 <= ancbufsize < 1 << 31:
            raise ValueError("invalid ancillary data buffer length")
        room = max(ancbufsize - CMSG_LEN(0), 0) // _NUMBER_BYTES
        data, files, flags, address = self._patiently(
            _POLLIN, _sockets.receive_message, bufsize, room, flags | MSG_DONTWAIT
        )
        further = []
        if files:
            packed = b"".join(file.to_bytes(_NUMBER_BYTES, _byteorder) for file in files)
            further.append((SOL_SOCKET, SCM_RIGHTS, packed))
        return data, further, flags, address

    def recvmsg_into(self, buffers, ancbufsize=0, flags=0, /):
        views = [memoryview(buffer).cast("B") for buffer in buffers]
        data, *rest = self.recvmsg(sum(map(len, views)), ancbufsize, flags)
        at = 0
        for view in views:
            piece = data[at : at + len(view)]
            view[: len(piece)] = piece
            at += len(piece)
        return len(data), *rest

    def shutdown(self, how, /):
        _sockets.shutdown(self._number, how)

    def getsockname(self):
        return _sockets.own_address(self._number)

    def getpeername(self):
        return _sockets.peer_address(self._number)

    def fileno(self):
        return self._number

    def detach(self):
        """The number, which the socket gives up."""
        number = self._number
        self._number = -1
        return number

    def close(self):
        number = self.detach()
        if number >= 0:
            _close_number(number)

    def settimeout(self, timeout, /):
        seconds = _seconds(timeout)
        _sockets.set_blocking(self._number, seconds is None)
        self._timeout = seconds

    def gettimeout(self):
        return self._timeout

    @property
    def timeout(self):
        return self._timeout

    def setblocking(self, flag, /):
        self.settimeout(None if flag else 0.0)

    def getblocking(self):
        return self._timeout != 0.0

    def getsockopt(self, level, option, buflen=0, /):
        value = _sockets.option(self._number, level, option)
        if level == SOL_SOCKET and option == SO_LINGER:
            from struct import pack

            value = pack("ii", value >= 0, max(value, 0))
            return value[:buflen] if buflen else int.from_bytes(value[:4], _order())
        if buflen:
            return value.to_bytes(4, _order(), signed=True)[:buflen]
        return value

    def setsockopt(self, level, option, value, optlen=None, /):
        if isinstance(value, (bytes, bytearray, memoryview)):
            value = bytes(value)
            if level == SOL_SOCKET and option == SO_LINGER and len(value) >= 8:
                from struct import unpack

                on, seconds = unpack("ii", value[:8])
                value = seconds if on else -1
            else:
                value = int.from_bytes(value[:4], _order(), signed=True)
        _sockets.set_option(self._number, level, option, value)


SocketType = socket


def _order():
    from sys import byteorder

    return byteorder


def close(fd, /):
    _close_number(fd)


def socketpair(family=AF_UNIX, type=SOCK_STREAM, proto=0, /):
    """Two sockets that are connected with each other."""
    numbers = _sockets.pair(family, type, proto)
    return tuple(socket(family, type, proto, number) for number in numbers)


def gethostname():
    return _sockets.host_name()


def gethostbyname(hostname, /):
    return inet_ntoa(_host(AF_INET, hostname))


def gethostbyname_ex(hostname, /):
    if _sockets.packed_host(AF_INET, hostname) is not None:
        return hostname, [], [hostname]
    return hostname, [], [host for _, host in _resolved(hostname, AF_INET)]


def gethostbyaddr(host, /):
    number = gethostbyname(host)
    for words in _words("/etc/hosts"):
        if words[0] == number and len(words) > 1:
            return words[1], words[2:], [number]
    raise herror(1, "Unknown host")


def _words(path):
    """The words of each line of a file of the system, without comments."""
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            lines = file.readlines()
    except OSError:
        lines = []
    found = [line.partition("#")[0].split() for line in lines]
    return [words for words in found if words]


def getservbyname(servicename, protocolname=None, /):
    for name, service, *aliases in _words("/etc/services"):
        port, _, protocol = service.partition("/")
        if servicename in (name, *aliases) and protocolname in (None, protocol):
            return int(port)
    raise OSError("service/proto not found")


def getservbyport(port, protocolname=None, /):
    if not 0 <= port <= 65535:
        raise OverflowError("getservbyport: port must be 0-65535.")
    for name, service, *_ in _words("/etc/services"):
        number, _, protocol = service.partition("/")
        if number == str(port) and protocolname in (None, protocol):
            return name
    raise OSError("port/proto not found")


_PROTOCOLS = {"ip": 0, "icmp": 1, "tcp": 6, "udp": 17, "ipv6": 41, "ipv6-icmp": 58}


def getprotobyname(protocolname, /):
    try:
        return _PROTOCOLS[protocolname]
    except KeyError:
        raise OSError("protocol not found") from None


def _port(service, kind):
    if service is None:
        return 0
    if isinstance(service, (bytes, bytearray)):
        service = service.decode("ascii")
    if isinstance(service, str):
        if service.isdecimal():
            return int(service) & 0xFFFF
        try:
            return getservbyname(service, {SOCK_STREAM: "tcp", SOCK_DGRAM: "udp"}.get(kind))
        except OSError:
            raise _gai(EAI_SERVICE) from None
    if not isinstance(service, int):
        raise OSError("Int or String expected")
    return service & 0xFFFF


_KINDS = ((SOCK_STREAM, IPPROTO_TCP), (SOCK_DGRAM, IPPROTO_UDP), (SOCK_RAW, IPPROTO_IP))


def getaddrinfo(host, port, family=0, type=0, proto=0, flags=0):
    """Tuples of family, kind, protocol, canonical name and address, with which to make sockets."""
    if family not in (AF_UNSPEC, AF_INET, AF_INET6):
        raise _gai(EAI_FAMILY)
    kinds = [
        (kind, protocol)
        for kind, protocol in _KINDS
        if type in (0, kind) and (proto in (0, protocol) or kind == SOCK_RAW)
    ]
    if not kinds:
        raise _gai(EAI_SOCKTYPE)
    if isinstance(host, (bytes, bytearray)):
        host = host.decode("idna")
    if host is None and port is None:
        raise _gai(EAI_NONAME)
    number = _port(port, type)
    if host is None or host == "":
        any_host = host is None and flags & AI_PASSIVE
        hosts = [
            (AF_INET6, "::" if any_host else "::1"),
            (AF_INET, "0.0.0.0" if any_host else "127.0.0.1"),
        ]
        if any_host:
            hosts.reverse()
        hosts = [pair for pair in hosts if family in (AF_UNSPEC, pair[0])]
    else:
        hosts = [
            (known, host)
            for known in (AF_INET, AF_INET6)
            if _sockets.packed_host(known, host) is not None
        ]
        if hosts and family not in (AF_UNSPEC, hosts[0][0]):
            raise gaierror(-9, "Address family for hostname not supported")
        if not hosts:
            if flags & AI_NUMERICHOST:
                raise _gai(EAI_NONAME)
            hosts = _resolved(host, family)
    name = host or "" if flags & AI_CANONNAME else ""
    found = []
    for known, text in hosts:
        address = (text, number) if known == AF_INET else (text, number, 0, 0)
        for kind, protocol in kinds:
            found.append((known, kind, proto or protocol, name if not found else "", address))
    return found


def getnameinfo(sockaddr, flags, /):
    if not isinstance(sockaddr, tuple):
        raise TypeError("getnameinfo() argument 1 must be a tuple")
    host, port = sockaddr[:2]
    family = AF_INET if _sockets.packed_host(AF_INET, host) is not None else AF_INET6
    packed = _host(family, host)
    host = _sockets.host_text(packed)
    service = str(port)
    if not flags & NI_NUMERICSERV:
        try:
            service = getservbyport(port, "udp" if flags & NI_DGRAM else "tcp")
        except OSError:
            pass
    if not flags & NI_NUMERICHOST:
        for words in _words("/etc/hosts"):
            if words[0] == host and len(words) > 1:
                return words[1], service
        if flags & NI_NAMEREQD:
            raise _gai(EAI_NONAME)
    return host, service


def inet_aton(ip_addr, /):
    parts = ip_addr.split(".")
    try:
        numbers = [int(part, 0 if part[:2] in ("0x", "0X") else 8 if part[:1] == "0" else 10)
                   for part in parts]
    except ValueError:
        numbers = []
    last = 256 ** (5 - len(parts)) if len(parts) <= 4 else 0
    if not numbers or any(not 0 <= n <= 255 for n in numbers[:-1]) or not 0 <= numbers[-1] < last:
        raise OSError("illegal IP address string passed to inet_aton")
    return bytes(numbers[:-1]) + numbers[-1].to_bytes(5 - len(parts), "big")


def inet_ntoa(packed_ip, /):
    if len(packed_ip) != 4:
        raise OSError("packed IP wrong length")
    return _sockets.host_text(packed_ip)


def inet_pton(address_family, ip_string, /):
    if address_family not in (AF_INET, AF_INET6):
        raise OSError(97, _strerror(97))
    packed = _sockets.packed_host(address_family, ip_string)
    if packed is None:
        raise OSError("illegal IP address string passed to inet_pton")
    return packed


def inet_ntop(address_family, packed_ip, /):
    lengths = {AF_INET: 4, AF_INET6: 16}
    if address_family not in lengths:
        raise ValueError(f"unknown address family {address_family}")
    if len(packed_ip) != lengths[address_family]:
        raise ValueError("invalid length of packed IP address string")
    return _sockets.host_text(packed_ip)


def _swapped(number, bytes_count):
    if number < 0:
        raise OverflowError("can't convert negative number to unsigned")
    if number >> (8 * bytes_count):
        kind = {2: "16-bit unsigned integer", 4: "unsigned 32-bit integer"}[bytes_count]
        raise OverflowError(f"Python int too large to convert to C {kind}")
    return int.from_bytes(number.to_bytes(bytes_count, "big"), _order())


def htons(x, /):
    return _swapped(x, 2)


def htonl(x, /):
    return _swapped(x, 4)


ntohs, ntohl = htons, htonl
