# test: run
# find, rfind, index, rindex, count, startswith, endswith with bounds.
text = "abracadabra"
for needle in ("a", "abra", "x", "", "ra", "cad", "abracadabra", "abracadabrax"):
    print(repr(needle), text.find(needle), text.rfind(needle), text.count(needle), text.find(needle, 3), text.find(needle, 3, 8), text.rfind(needle, 0, 5), text.count(needle, 2), text.find(needle, -4), text.find(needle, 20), text.count(needle, 20), text.startswith(needle), text.endswith(needle))
for method in (text.index, text.rindex):
    print(method("b"), method("ra", 4))
    try:
        method("zz")
    except ValueError as error:
        print(error)
print("".find(""), "".count(""), "abc".count(""), "aaaa".count("aa"), "abc".find("", 3), "abc".find("", 4), "abc".rfind(""), "abc".rfind("", 0, 2))
print(text.startswith("bra", 1), text.startswith(("x", "abr")), text.endswith("ra", 0, 4), text.endswith(("x", "dabra")), text.startswith("", 11), text.startswith("", 12), text.startswith(()), text.endswith("", -3))
for args in ((1,), (("a", 1),), (["a"],)):
    try:
        text.startswith(*args)
    except TypeError as error:
        print(error)
wide = "日本語 日本😀 日本"
print(wide.find("日本"), wide.rfind("日本"), wide.count("日"), wide.find("😀"), wide.find("a"), wide.index("語"), wide.find("本😀"), ("x" * 1000 + "é" + "y" * 1000).find("éy"))
print(("ab" * 500 + "aab").find("aab"), ("a" * 300 + "b").find("a" * 100 + "b"), "mississippi".rfind("issi"), "mississippi".count("ss"), "mississippi".find("issip"))
