# test: run
# The % operator on texts.
print("%s and %s" % ("a", 5), "%s" % "x", "%s" % (("t", 1),), "%s" % [1], "%s %%" % 1, "%%" % (), "%r %a" % ("é", "é"), "%(a)s %(b)d %(a)r" % {"a": "x", "b": 2, "c": 0}, "plain" % {}, "plain" % ())
print("%5s|%-5s|%.2s|%5.1s|%*s|%-*s|%.*s|" % ("a", "b", "abc", "xyz", 4, "w", 4, "v", 2, "long"))
print("%d %5d %-5d| %05d %+d % d %x %#X %o %c%c %i" % (1, 2, 3, 4, 5, 6, 255, 255, 8, 66, "C", -9))
print("%f %.1f %e %.2E %g %G %8.3f|%-8.2f|%+.1f|%08.2f" % (1.5, 2.25, 12345.6789, 0.00012, 1e-5, 1e20, 3.14159, 2.5, 1.0, -3.14159))
print("%x %x %#o %X" % (-255, 2**70, 10**20, 3735928559), "%d" % 10**30, "%d" % 2.9, "%s" % None, "%5s|" % True, "%.3d %+.3d %8.3d|" % (5, 5, 5), "%#x|%#10x|%#010x|%-#10x|" % (255, 255, 255, 255))
for make in (lambda: "%s %s" % "a", lambda: "%s" % ("a", "b"), lambda: "%d" % "x", lambda: "%(a)s" % 5, lambda: "%(a)s" % {}, lambda: "%y" % 1, lambda: "%" % 1, lambda: "%c" % "ab", lambda: "%x" % 1.5, lambda: "%*s" % ("a", "b"), lambda: "%c" % 0x110000, lambda: "plain" % 5):
    try:
        print(make())
    except Exception as error:
        print(type(error).__name__)
print("%(outer)s" % {"outer": {"inner": 1}}, "%s%s" % ("é", "😀"), "%c" % 0x1F600, "%10.3s|" % "日本語テ", "%-6s|" % "é", "%s" % "日", b"%d %s %b" % (5, b"x", b"y"), b"%a" % "é")

class Shown:
    def __str__(self):
        return "str"
    def __repr__(self):
        return "repr"

print("%s %r %5s|" % (Shown(), Shown(), Shown()), "%.2r" % Shown())
