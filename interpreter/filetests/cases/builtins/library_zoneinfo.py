# test: run
# Time zones by rules in a file, which is put together here: winter and summer time of one year, and the
# rule for those that follow.
import io
import struct
from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError


def rules(version, width):
    times = [int(datetime(2020, month, day, 1, tzinfo=timezone.utc).timestamp()) for month, day in ((3, 29), (10, 25))]
    head = b"TZif" + version + bytes(15) + struct.pack(">6l", 0, 0, 0, len(times), 2, 9)
    kinds = struct.pack(">lbb", 3600, 0, 0) + struct.pack(">lbb", 7200, 1, 4)
    return head + struct.pack(f">{len(times)}{width}", *times) + bytes([1, 0]) + kinds + b"CET\0CEST\0"


data = rules(b"2", "l") + rules(b"2", "q") + b"\nCET-1CEST,M3.5.0,M10.5.0/3\n"
zone = ZoneInfo.from_file(io.BytesIO(data), key="Made/Here")
print(zone, zone.key)
moments = [(2019, 7, 1, 12), (2020, 1, 1, 0), (2020, 3, 29, 1), (2020, 3, 29, 2), (2020, 7, 1, 12), (2020, 10, 25, 2)]
moments += [(2024, 3, 31, 3), (2024, 10, 27, 2), (2100, 12, 31, 23), (2300, 8, 8, 8)]
for year, month, day, hour in moments:
    for fold in (0, 1):
        moment = datetime(year, month, day, hour, 30, tzinfo=zone, fold=fold)
        print(moment, moment.tzname(), moment.dst(), moment.astimezone(timezone.utc))
for hour in (0, 1):
    moment = datetime(2024, 10, 27, hour, 30, tzinfo=timezone.utc).astimezone(zone)
    print(moment, moment.fold)
print((datetime(2024, 3, 30, 12, tzinfo=zone) + timedelta(days=1)).utcoffset())
for name in ("No/Where", "../etc/passwd"):
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        print(type(error).__name__, error)
try:
    ZoneInfo.from_file(io.BytesIO(b"nothing of the kind"))
except ValueError as error:
    print(error)
