"""Files as arrays of bytes.

Nothing here maps memory: the contents are a copy, and what is written goes to the file at once. What others
write to the file meanwhile is not seen, and what is written through a `memoryview` reaches the file with
`flush` or `close`. Maps without a file belong to this process alone."""

import os

error = OSError
ACCESS_DEFAULT, ACCESS_READ, ACCESS_WRITE, ACCESS_COPY = range(4)
MAP_SHARED, MAP_PRIVATE, MAP_ANON, MAP_ANONYMOUS = 1, 2, 0x20, 0x20
PROT_READ, PROT_WRITE, PROT_EXEC = 1, 2, 4
MADV_NORMAL, MADV_RANDOM, MADV_SEQUENTIAL, MADV_WILLNEED, MADV_DONTNEED = range(5)
PAGESIZE = ALLOCATIONGRANULARITY = os.sysconf("SC_PAGESIZE")


class mmap:
    def __init__(self, fileno, length, flags=MAP_SHARED, prot=PROT_WRITE | PROT_READ,
                 access=ACCESS_DEFAULT, offset=0, *, trackfd=True):
        if length < 0:
            raise OverflowError("memory mapped length must be positive")
        if offset < 0:
            raise OverflowError("memory mapped offset must be positive")
        if access not in range(4):
            raise ValueError("mmap invalid access parameter.")
        if access != ACCESS_DEFAULT and (flags, prot) != (MAP_SHARED, PROT_WRITE | PROT_READ):
            raise ValueError("mmap can't specify both access and flags, prot.")
        if access == ACCESS_DEFAULT:
            if not prot & PROT_WRITE:
                access = ACCESS_READ
            elif flags & MAP_PRIVATE:
                access = ACCESS_COPY
        if offset % ALLOCATIONGRANULARITY:
            raise OSError(22, os.strerror(22))
        self._access, self._offset, self._at, self._fd = access, offset, 0, -1
        if fileno == -1:
            if not length:
                raise OSError(22, os.strerror(22))
            data = bytearray(length)
        else:
            size = os.fstat(fileno).st_size
            if not length:
                if not size:
                    raise ValueError("cannot mmap an empty file")
                if offset >= size:
                    raise ValueError("mmap offset is greater than file size")
                length = size - offset
            elif offset + length > size:
                raise ValueError("mmap length is greater than file size")
            self._fd = os.dup(fileno)
            data = bytearray(_read(self._fd, length, offset))
        # What may not be written is bytes, so that views of it forbid it, too.
        self._data = bytes(data) if access == ACCESS_READ else data

    @property
    def closed(self):
        return self._data is None

    def _contents(self):
        if self._data is None:
            raise ValueError("mmap closed or invalid")
        return self._data

    def _changed(self, start, stop):
        if self._fd >= 0 and self._access != ACCESS_COPY and start < stop:
            _write(self._fd, bytes(self._data[start:stop]), self._offset + start)

    def _writable(self):
        data = self._contents()
        if self._access == ACCESS_READ:
            raise TypeError("mmap can't modify a readonly memory map.")
        return data

    def __buffer__(self, flags):
        return memoryview(self._contents())

    def __len__(self):
        return len(self._contents())

    def __bool__(self):
        return True

    def __getitem__(self, key):
        part = self._contents()[key]
        return bytes(part) if isinstance(key, slice) else part

    def __setitem__(self, key, value):
        data = self._writable()
        if isinstance(key, slice):
            start, stop, step = key.indices(len(data))
            if len(range(start, stop, step)) != len(value):
                raise IndexError("mmap slice assignment is wrong size")
            data[key] = value
            self._changed(*((start, stop) if step == 1 else (0, len(data))))
        else:
            data[key] = value
            at = key.__index__() % len(data)
            self._changed(at, at + 1)

    def __delitem__(self, key):
        raise TypeError("mmap object doesn't support item deletion")

    def __iter__(self):
        return (self[at:at + 1] for at in range(len(self)))

    def __contains__(self, item):
        return item in self._contents()

    def __enter__(self):
        self._contents()
        return self

    def __exit__(self, *details):
        self.close()

    def __repr__(self):
        if self._data is None:
            return "<mmap.mmap closed=True>"
        access = ("ACCESS_DEFAULT", "ACCESS_READ", "ACCESS_WRITE", "ACCESS_COPY")[self._access]
        return (f"<mmap.mmap closed=False, access={access}, length={len(self)}, pos={self._at}, "
                f"offset={self._offset}>")

    def close(self):
        if self._data is not None:
            self.flush()
            self._data = None
            if self._fd >= 0:
                os.close(self._fd)
                self._fd = -1

    def flush(self, offset=0, size=None, /, *args):
        data = self._contents()
        if self._access != ACCESS_READ:
            self._changed(offset, len(data) if size is None else offset + size)

    def find(self, sub, start=None, end=None, /):
        return bytes(self._contents()).find(sub, self._at if start is None else start, end)

    def rfind(self, sub, start=None, end=None, /):
        return bytes(self._contents()).rfind(sub, self._at if start is None else start, end)

    def madvise(self, option, start=0, length=0, /):
        self._contents()

    def move(self, dest, src, count, /):
        data = self._writable()
        if min(dest, src, count) < 0 or max(dest, src) + count > len(data):
            raise ValueError("source, destination, or count out of range")
        data[dest:dest + count] = data[src:src + count]
        self._changed(dest, dest + count)

    def read(self, n=None, /):
        data = self._contents()
        stop = len(data) if n is None or n < 0 else min(self._at + n, len(data))
        part = bytes(data[self._at:stop])
        self._at = max(self._at, stop)
        return part

    def read_byte(self):
        data = self._contents()
        if self._at >= len(data):
            raise ValueError("read byte out of range")
        self._at += 1
        return data[self._at - 1]

    def readline(self):
        data = self._contents()
        stop = data.find(b"\n", self._at) + 1 or len(data)
        return self.read(stop - self._at)

    def resize(self, newsize, /):
        data = self._writable()
        if self._access == ACCESS_COPY:
            raise TypeError("mmap can't resize a readonly or copy-on-write memory map.")
        if self._fd >= 0:
            os.ftruncate(self._fd, self._offset + newsize)
        if newsize < len(data):
            del data[newsize:]
        else:
            data.extend(bytes(newsize - len(data)))

    def seek(self, pos, whence=0, /):
        data = self._contents()
        at = (0, self._at, len(data))[whence] + pos if whence in range(3) else None
        if at is None:
            raise ValueError("unknown seek type")
        if not 0 <= at <= len(data):
            raise ValueError("seek out of range")
        self._at = at
        return at

    def seekable(self):
        return True

    def size(self):
        self._contents()
        return os.fstat(self._fd).st_size if self._fd >= 0 else len(self._data)

    def tell(self):
        self._contents()
        return self._at

    def write(self, data, /):
        own = self._writable()
        data = bytes(data)
        if self._at + len(data) > len(own):
            raise ValueError("data out of range")
        own[self._at:self._at + len(data)] = data
        self._changed(self._at, self._at + len(data))
        self._at += len(data)
        return len(data)

    def write_byte(self, byte, /):
        self.write(bytes((byte,)))


def _read(fd, length, offset):
    pieces = []
    while length and (piece := os.pread(fd, length, offset)):
        pieces.append(piece)
        length -= len(piece)
        offset += len(piece)
    return b"".join(pieces) + bytes(length)


def _write(fd, data, offset):
    while data:
        count = os.pwrite(fd, data, offset)
        data, offset = data[count:], offset + count
