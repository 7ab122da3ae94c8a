# test: run
# Local time by the rules that TZ gives; names of zones depend on the machine's tables.
import os
import time

RULES = [
    "UTC",
    "",
    "CET-1CEST,M3.5.0,M10.5.0/3",
    "EST5EDT,M3.2.0,M11.1.0",
    "AEST-10AEDT,M10.1.0,M4.1.0/3",
    "IST-5:30",
    "<-03>3",
]
MOMENTS = [1e9, 1700000000, 1720000000, 1711846799, 1711846800, 1729990800, 1577836800]

for rule in RULES:
    os.environ["TZ"] = rule
    time.tzset()
    print(rule, time.tzname, time.timezone, time.altzone, time.daylight)
    for moment in MOMENTS:
        local = time.localtime(moment)
        print(tuple(local), local.tm_zone, local.tm_gmtoff, time.mktime(local) == moment)
        print(time.strftime("%c %Z %z", local), time.ctime(moment))
    print(time.mktime((2024, 7, 1, 2, 30, 0, 0, 0, -1)), time.mktime((2024, 1, 1, 2, 30, 0, 0, 0, -1)))
    print(repr(time.strftime("%Z", (2024, 7, 1, 0, 0, 0, 0, 0, -1))))
print(time.gmtime(5), len(time.gmtime(5)), time.gmtime(5).tm_zone)

import datetime

os.environ["TZ"] = RULES[2]
time.tzset()
print(datetime.datetime.fromtimestamp(1720000000))
print(datetime.datetime(2024, 7, 1, 12).astimezone(), datetime.datetime(2024, 1, 1, 12).astimezone())
print(datetime.datetime(2024, 7, 1, 12).timestamp())
