# test: run
# Presentation types, signs, widths, fills, alternate forms, grouping.
for spec in ("", "d", "b", "o", "x", "X", "#b", "#o", "#x", "#X", "+d", " d", "-d", "5d", "<5d", "^5d", ">5d", "05d", "+05d", "=+8d", "*^9d", "*=9d", ",", "_", "_b", "_x", "#_x", "08_b", "012,", "n", "e", ".2f", "g", "%", "#010x", "c"):
    values = (65, 0x263A) if spec == "c" else (0, 1, -1, 42, -42, 1234567, -1234567)
    print(repr(spec), [format(value, spec) for value in values])
print(format(2**64, ","), format(-(10**30), "_d"), format(2**70, "#x"), format(-(2**70), "b"), format(10**20, "30,d"))
print(bin(10), bin(-10), oct(8), oct(-8), hex(255), hex(-255), bin(0), hex(2**64), bin(-(2**62)), oct(10**20))
for spec in (".2d", "s", ",b", "z", "5.3", ",_d", "y"):
    try:
        print(spec, format(5, spec))
    except ValueError as error:
        print(spec, type(error).__name__)
print(f"{5:{'>'}{6}}|{255:#{4 + 4}x}|{True:d}|{True}|{True:5}|{False!r:>7}")
print("%d %5d %-5d| %05d %+d % d %x %X %o %#x %#o %c %c" % (5, 5, 5, 5, 5, 5, 255, 255, 8, 255, 8, 65, "B"))
print("%d %i %u %d" % (3.7, -3.2, 10**20, True))
