"""What `sysconfig` tells of how this interpreter was made: that it has no C interface."""

build_time_vars = {
    "EXT_SUFFIX": ".krait-314.so",
    "HAVE_FORK": 1,
    "Py_DEBUG": 0,
    "Py_ENABLE_SHARED": 0,
    "Py_GIL_DISABLED": 0,
    "SHLIB_SUFFIX": ".so",
    "SOABI": "krait-314",
    # Where the system keeps the rules of time zones.
    "TZPATH": "/usr/share/zoneinfo:/usr/lib/zoneinfo:/usr/share/lib/zoneinfo:/etc/zoneinfo",
    "VERSION": "3.14",
    "WITH_DOC_STRINGS": 1,
    "abs_builddir": "",
    "abs_srcdir": "",
    "srcdir": "",
}
