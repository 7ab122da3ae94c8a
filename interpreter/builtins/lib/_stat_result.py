"""What `os.stat` returns: ten integers, and times with their fractions."""

from _structseq import make

_Base = make(
    "os",
    "stat_result",
    (
        "st_mode", "st_ino", "st_dev", "st_nlink", "st_uid",
        "st_gid", "st_size", "st_atime", "st_mtime", "st_ctime",
    ),
)


class stat_result(_Base):
    def __new__(cls, sequence, times_ns=None):
        self = _Base.__new__(cls, sequence)
        if times_ns is None:
            times_ns = [second * 10**9 for second in sequence[7:10]]
        self._times_ns = tuple(times_ns)
        return self

    def __reduce__(self):
        return (type(self), (tuple(self), self._times_ns))

    @property
    def st_atime_ns(self):
        return self._times_ns[0]

    @property
    def st_mtime_ns(self):
        return self._times_ns[1]

    @property
    def st_ctime_ns(self):
        return self._times_ns[2]

    @property
    def st_atime(self):
        return self._times_ns[0] / 1e9

    @property
    def st_mtime(self):
        return self._times_ns[1] / 1e9

    @property
    def st_ctime(self):
        return self._times_ns[2] / 1e9

    @property
    def st_blksize(self):
        return 4096

    @property
    def st_blocks(self):
        return (self.st_size + 511) // 512


stat_result.__module__ = "os"
