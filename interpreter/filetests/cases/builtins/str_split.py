# test: run
# split, rsplit, splitlines, partition, rpartition.
for text in ("a b c", "  a  b  ", "", " ", "a", "\ta\n b\x0b c\u2003d\u00a0e ", "a,b,,c", ",", ",,"):
    print(ascii(text), ascii(text.split()), ascii(text.split(",")), ascii(text.split(None, 1)), ascii(text.rsplit(None, 1)), ascii(text.split(",", 1)), ascii(text.rsplit(",", 1)))
print("a--b--c".split("--"), "a--b--c".rsplit("--", 1), "a--b--c".split("--", 0), "abc".split("abc"), "aXbXc".split("X", -1), "aXbXc".split(sep="X", maxsplit=1), "a b".split(" ", 5), "  a b".split(" "), "a b c d".rsplit(maxsplit=2))
for bad in ("", ):
    for method in ("abc".split, "abc".rsplit, "abc".partition, "abc".rpartition):
        try:
            method(bad)
        except ValueError as error:
            print(error)
print("a=b=c".partition("="), "a=b=c".rpartition("="), "abc".partition("="), "abc".rpartition("="), "=".partition("="), "日=本".partition("="))
lines = "one\ntwo\r\nthree\rfour\x0bfive\x0csix\x1cseven\x1deight\x1enine\x85ten\u2028eleven\u2029twelve\n"
print(ascii(lines.splitlines()), ascii(lines.splitlines(True)), "".splitlines(), "\n".splitlines(), "\n\n".splitlines(), "a\n\nb".splitlines(), "a".splitlines(), "a\r\n".splitlines(keepends=True))
try:
    "a".split(5)
except TypeError as error:
    print(error)
