# test: run
# Text becomes a time; clocks by their numbers.
import time
import warnings
from datetime import datetime

found = time.strptime("2024-02-29 23:59:01", "%Y-%m-%d %H:%M:%S")
print(found.tm_year, found.tm_yday, found.tm_wday, found.tm_isdst, len(found))
print(time.strptime("Tue Mar 05 06:07:08 2019")[:6])
print(time.strptime("7 Aug 99", "%d %b %y")[:3])
print(time.strptime("11:30 PM", "%I:%M %p")[3:5])
print(datetime.strptime("2001-05-06T07:08:09.25", "%Y-%m-%dT%H:%M:%S.%f"))
for text, form in [("x", "%Y"), ("2023 2", "%Y"), ("1", "%!")]:
    try:
        print(time.strptime(text, form))
    except ValueError as error:
        print(type(error).__name__, error)
try:
    time.strptime("2023-02-30", "%Y-%m-%d")
except ValueError:
    print("no such day")

# A day without a year may become an error one day.
with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    print(datetime.strptime("Aug 7 10:30", "%b %d %H:%M"))

for clock in [time.CLOCK_MONOTONIC, time.CLOCK_BOOTTIME, time.CLOCK_MONOTONIC_RAW]:
    first = time.clock_gettime_ns(clock)
    print(0 < first <= time.clock_gettime_ns(clock))
print(abs(time.clock_gettime(time.CLOCK_REALTIME) - time.time()) < 5)
print(time.clock_gettime(time.CLOCK_PROCESS_CPUTIME_ID) > 0)
print(time.clock_getres(time.CLOCK_REALTIME) <= 1e-3)
try:
    time.clock_gettime(12345)
except OSError as error:
    print(error.errno)
