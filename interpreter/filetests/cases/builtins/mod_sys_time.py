# test: run
# sys and time: what is the same everywhere.
import sys
import time
print(sys.maxsize, sys.byteorder in ("little", "big"), sys.maxunicode, isinstance(sys.argv, list), sys.version_info >= (3, 11), sys.version_info[0], type(sys.version_info.minor).__name__, sys.hexversion > 0x030B0000, isinstance(sys.version, str), sys.platform, isinstance(sys.path, list), "sys" in sys.modules, sys.getrecursionlimit() > 0)
print(sys.float_info.max, sys.float_info.epsilon, sys.float_info.min, sys.float_info.dig, sys.float_info.mant_dig, sys.int_info.bits_per_digit > 0, sys.hash_info.modulus, sys.hash_info.inf, sys.hash_info.imag)
print(sys.implementation.name != "", sys.flags.optimize, sys.getdefaultencoding(), sys.intern("abc") == "abc", sys.exc_info(), isinstance(sys.getsizeof([]), int), callable(sys.settrace), sys.stdout.writable(), sys.stdin is not None, sys.byteorder)if False else None
print(sys.getdefaultencoding(), sys.intern("abc") == "abc", sys.exc_info(), sys.stdout.writable(), sys.getfilesystemencoding())
a = time.perf_counter()
b = time.perf_counter()
print(b >= a, isinstance(a, float), isinstance(time.perf_counter_ns(), int), time.time() > 1.6e9, time.monotonic() <= time.monotonic(), time.process_time() >= 0, time.time_ns() > 10**18, time.sleep(0))
limit = sys.getrecursionlimit()
sys.setrecursionlimit(limit + 100)
print(sys.getrecursionlimit() - limit)
sys.setrecursionlimit(limit)
for bad in (0, -5, "x"):
    try:
        sys.setrecursionlimit(bad)
    except (ValueError, TypeError) as error:
        print(type(error).__name__)
try:
    sys.exit(3)
except SystemExit as error:
    print(error.code, repr(error))
try:
    sys.exit()
except SystemExit as error:
    print(error.code)
print(time.gmtime(0)[:6], time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(86400 * 365)), time.gmtime(10**9).tm_year)
