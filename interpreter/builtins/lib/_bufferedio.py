"""Buffers over raw streams that are written in Python; those over files are the interpreter's."""

from _io import DEFAULT_BUFFER_SIZE, UnsupportedOperation, _BufferedIOBase


class _Buffered(_BufferedIOBase):
    def __init__(self, raw, buffer_size=DEFAULT_BUFFER_SIZE):
        if buffer_size <= 0:
            raise ValueError("buffer size must be strictly positive")
        self._raw = raw
        self._size = buffer_size

    @property
    def raw(self):
        return self._raw

    @property
    def closed(self):
        return self._raw.closed

    @property
    def name(self):
        return self._raw.name

    @property
    def mode(self):
        return self._raw.mode

    def fileno(self):
        return self._raw.fileno()

    def isatty(self):
        return self._raw.isatty()

    def seekable(self):
        return self._raw.seekable()

    def close(self):
        if self._raw is None or self.closed:
            return
        try:
            self.flush()
        finally:
            self._raw.close()

    def detach(self):
        self.flush()
        raw, self._raw = self._raw, None
        return raw

    def _check(self):
        if self.closed:
            raise ValueError("I/O operation on closed file")

    def __repr__(self):
        name = getattr(self._raw, "name", None)
        shown = "" if name is None else f" name={name!r}"
        return f"<_io.{type(self).__name__}{shown}>"


class BufferedReader(_Buffered):
    """Reads ahead from a raw stream."""

    def __init__(self, raw, buffer_size=DEFAULT_BUFFER_SIZE):
        if not raw.readable():
            raise OSError("File or stream is not readable.")
        super().__init__(raw, buffer_size)
        self._ahead = b""
        self._at = 0

    def readable(self):
        return self._raw.readable()

    def flush(self):
        self._check()

    def _fill(self, count):
        """Reads once, at least `count` bytes if there are so many; None if none are ready."""
        data = self._raw.read(max(count, self._size))
        if data:
            self._ahead = self._ahead[self._at:] + data
            self._at = 0
        return data

    def read(self, size=-1):
        self._check()
        if size is not None and size < -1:
            raise ValueError("read length must be non-negative or -1")
        if size is None or size == -1:
            pieces = [self._ahead[self._at:]]
            self._ahead, self._at = b"", 0
            while data := self._raw.read(self._size):
                pieces.append(data)
            return b"".join(pieces)
        while len(self._ahead) - self._at < size:
            if not self._fill(size):
                break
        return self._take(size)

    def _take(self, size):
        taken = self._ahead[self._at:self._at + size]
        self._at += len(taken)
        return taken

    def read1(self, size=-1):
        self._check()
        if size < 0:
            size = self._size
        if self._at == len(self._ahead) and size:
            self._fill(1)
        return self._take(size)

    def peek(self, size=0):
        self._check()
        if self._at == len(self._ahead):
            self._fill(1)
        return self._ahead[self._at:]

    def readinto(self, buffer):
        view = memoryview(buffer).cast("B")
        data = self.read(len(view))
        view[:len(data)] = data
        return len(data)

    def readinto1(self, buffer):
        view = memoryview(buffer).cast("B")
        data = self.read1(len(view))
        view[:len(data)] = data
        return len(data)

    def readline(self, size=-1):
        self._check()
        limit = None if size is None or size < 0 else size
        while True:
            end = self._ahead.find(b"\n", self._at)
            if end >= 0:
                count = end + 1 - self._at
                return self._take(count if limit is None else min(count, limit))
            if limit is not None and len(self._ahead) - self._at >= limit:
                return self._take(limit)
            if not self._fill(1):
                return self._take(len(self._ahead) - self._at)

    def __next__(self):
        line = self.readline()
        if not line:
            raise StopIteration
        return line

    def __iter__(self):
        return self

    def tell(self):
        return self._raw.tell() - (len(self._ahead) - self._at)

    def seek(self, offset, whence=0):
        self._check()
        if whence == 1:
            offset -= len(self._ahead) - self._at
        self._ahead, self._at = b"", 0
        return self._raw.seek(offset, whence)


class BufferedWriter(_Buffered):
    """Collects what is written to a raw stream."""

    def __init__(self, raw, buffer_size=DEFAULT_BUFFER_SIZE):
        if not raw.writable():
            raise OSError("File or stream is not writable.")
        super().__init__(raw, buffer_size)
        self._held = bytearray()

    def writable(self):
        return self._raw.writable()

    def write(self, data):
        self._check()
        if isinstance(data, str):
            raise TypeError("can't write str to binary stream")
        view = memoryview(data).cast("B")
        self._held += view
        if len(self._held) > self._size:
            self._drain()
        return len(view)

    def _drain(self):
        while self._held:
            count = self._raw.write(bytes(self._held))
            if count is None:
                raise BlockingIOError(11, "write could not complete without blocking", 0)
            del self._held[:count]

    def flush(self):
        self._check()
        self._drain()
        self._raw.flush()

    def truncate(self, pos=None):
        self.flush()
        return self._raw.truncate(self.tell() if pos is None else pos)

    def tell(self):
        return self._raw.tell() + len(self._held)

    def seek(self, offset, whence=0):
        self._drain()
        return self._raw.seek(offset, whence)


class BufferedRandom(BufferedWriter, BufferedReader):
    """Reads from and writes to a raw stream that can be positioned."""

    def __init__(self, raw, buffer_size=DEFAULT_BUFFER_SIZE):
        if not raw.seekable():
            raise UnsupportedOperation("File or stream is not seekable.")
        BufferedReader.__init__(self, raw, buffer_size)
        self._held = bytearray()

    def _fill(self, count):
        self._drain()
        return super()._fill(count)

    def write(self, data):
        if self._at != len(self._ahead):
            self._raw.seek(self._at - len(self._ahead), 1)
        self._ahead, self._at = b"", 0
        return super().write(data)

    def tell(self):
        return self._raw.tell() + len(self._held) - (len(self._ahead) - self._at)

    def seek(self, offset, whence=0):
        self._drain()
        return BufferedReader.seek(self, offset, whence)


class BufferedRWPair(_BufferedIOBase):
    """A stream that is read and another that is written, each through a buffer of its own."""

    def __init__(self, reader, writer, buffer_size=DEFAULT_BUFFER_SIZE):
        self._reader = BufferedReader(reader, buffer_size)
        self._writer = BufferedWriter(writer, buffer_size)

    def readable(self):
        return self._reader.readable()

    def writable(self):
        return self._writer.writable()

    def read(self, size=-1):
        return self._reader.read(size)

    def read1(self, size=-1):
        return self._reader.read1(size)

    def peek(self, size=0):
        return self._reader.peek(size)

    def readinto(self, buffer):
        return self._reader.readinto(buffer)

    def readinto1(self, buffer):
        return self._reader.readinto1(buffer)

    def readline(self, size=-1):
        return self._reader.readline(size)

    def __iter__(self):
        return self

    def __next__(self):
        return next(self._reader)

    def write(self, data):
        return self._writer.write(data)

    def flush(self):
        return self._writer.flush()

    def isatty(self):
        return self._reader.isatty() or self._writer.isatty()

    def close(self):
        try:
            self._writer.close()
        finally:
            self._reader.close()

    @property
    def closed(self):
        return self._writer.closed

    def detach(self):
        raise UnsupportedOperation("detach")
