# test: run
"""What is known of the clocks, and what `platform` makes of the version."""
import platform
import sys
import time

for name in ("time", "monotonic", "perf_counter", "process_time", "thread_time"):
    info = time.get_clock_info(name)
    print(name, info.implementation, info.monotonic, info.adjustable, info.resolution)
try:
    time.get_clock_info("sundial")
except ValueError as error:
    print(error)
print(platform.python_version() == sys.version.split()[0], platform.python_version_tuple()[0])


def generator():
    yield 1


code = generator.__code__
print(code.replace(co_name="other").co_name, code.replace(co_flags=code.co_flags | 0x100).co_flags ^ code.co_flags)
