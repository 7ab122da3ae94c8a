# test: run
# re: matching, groups, substitution, splitting, flags.
import re
print(re.match(r"\d+", "123abc").group(), re.match("x", "abc"), re.search("b+", "abbbc").span(), re.fullmatch("a.c", "abc") is not None, re.fullmatch("a.", "abc"), re.findall(r"\w+", "one two-three"), re.findall(r"(\w)(\d)", "a1 b2"), re.findall("a(b)?", "ab a"), [m.start() for m in re.finditer("a", "banana")])
m = re.match(r"(?P<year>\d{4})-(?P<month>\d\d)(-(?P<day>\d\d))?", "2024-02")
print(m.groups(), m.groupdict(), m.group("year", "month"), m[1], m["month"], m.start(2), m.end("year"), m.span(), m.lastgroup, m.lastindex, m.string, m.groups("none"), m.expand(r"\2/\g<year>"), repr(m))
print(re.sub("a", "o", "banana"), re.sub("a", "o", "banana", count=2), re.sub(r"(\w)(\w)", r"\2\1", "abcd"), re.sub(r"\d+", lambda m: str(int(m[0]) * 2), "a1 b22"), re.subn("x", "y", "xxx"), re.sub("", "-", "abc"), re.sub(r"(?P<a>.)", r"<\g<a>>", "xy"), re.sub("b*", "-", "abc"))
print(re.split(r"[,;]\s*", "a, b;c"), re.split("(,)", "a,b"), re.split("x*", "axbc"), re.split(r"\s+", " a b ", maxsplit=1), re.escape("a.b*c[d]"), re.compile("a|b").pattern)
p = re.compile(r"""
    (?P<num>\d+(\.\d*)?)   # number
  | (?P<op>[-+*/()])       # operator
  | (?P<ws>\s+)
""", re.VERBOSE)
print([(m.lastgroup, m.group()) for m in p.finditer("3.5 + (42*x)") if m.lastgroup != "ws"], p.groups, sorted(p.groupindex))
print(re.findall("(?i)ABC", "abc ABC"), re.findall("^a", "a\na", re.M), re.findall("a.b", "a\nb", re.S), re.findall(r"\bfoo\b", "foo food foo"), re.findall(r"(?<=\$)\d+", "$5 6 $70"), re.findall(r"(?<!\$)\b\d+", "$5 6"), re.findall(r"\d(?=%)", "5% 6"), re.findall(r"\d(?!%)", "5% 6"), re.findall("a{2,3}", "aaaaa"), re.findall("a{2,3}?", "aaaaa"), re.findall("<.+?>", "<a><b>"), re.findall("<.+>", "<a><b>"), re.findall(r"(a|b)\1", "aabbab"))
print(re.findall(r"[^\W\d_]+", "ab1_c é"), re.findall(r"\w+", "é日", re.A), re.findall(r"\w+", "é日 x"), re.findall(r"[\u4e00-\u9fff]", "a日本"), re.findall(r"\s", "a\u00a0b\t"), re.findall(rb"\d+", b"a1b22"), re.findall("(?:ab)+", "ababx"), re.findall("(?P<q>['\"]).*?(?P=q)", "'a' \"b\""), re.match("(?s:.)b", "\nb") is not None, re.findall("a++b", "aaab"), re.findall("(?>a+)b", "aab"))
for bad in ("(", "[a", "*a", "a{2,1}", r"\1", "(?P<n>a)(?P<n>b)", "(?z)", "a**", ")", r"(?P=x)", "[z-a]"):
    try:
        re.compile(bad)
        print(bad, "compiled")
    except re.error as error:
        print(repr(bad), type(error).__name__, error.pos)
print(re.match("(a+)+$", "aaaaaaaa") is not None, re.search("x*$", "abxx").start(), bool(re.match("", "")), re.compile("a").match("ba", 1) is not None, re.compile("^a").search("ba", 1), re.compile("b").search("abab", 2).start(), re.compile("a") == re.compile("a"), re.I | re.M)
try:
    m.group("nope")
except IndexError as error:
    print(error)
