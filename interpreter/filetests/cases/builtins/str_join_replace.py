# test: run
# join, replace, translate, maketrans, strip family, prefixes, padding.
print(", ".join(["a", "b"]), "".join([]), "x".join(["only"]), "-".join("abc"), "😀".join(["é", "日"]), ",".join(str(i) for i in range(5)), " ".join({"k": 1, "l": 2}))
for bad in ([1], ["a", None], ["a", b"b"]):
    try:
        ",".join(bad)
    except TypeError as error:
        print(error)
try:
    ",".join(5)
except TypeError as error:
    print(error)
print("banana".replace("a", "o"), "banana".replace("a", "o", 2), "banana".replace("na", ""), "banana".replace("", "-"), "banana".replace("", "-", 2), "".replace("", "x"), "banana".replace("x", "y"), "banana".replace("a", "o", 0), "aaa".replace("aa", "b"), "a😀b".replace("😀", "é"), "aéa".replace("é", "日本"), "banana".replace("a", "ä", -1))
print("  x y ".strip() + "|", "  x ".lstrip() + "|", "  x ".rstrip() + "|", "xxaxbxx".strip("x"), "abcxcba".strip("abc"), "abcxcba".lstrip("ab"), "abcxcba".rstrip("ab"), "\u2003x\u00a0".strip(), "x".strip("x"), "".strip(), "x ".strip(None), "éaé".strip("é"))
print("prefix-body".removeprefix("prefix-"), "body".removeprefix("x"), "body.txt".removesuffix(".txt"), "body".removesuffix(""), "aa".removesuffix("aaa"))
print("a".center(4) + "|", "a".center(5, "*"), "ab".center(5, "*"), "ab".ljust(5, ".") + "|", "ab".rjust(5, "."), "abc".center(2), "7".zfill(3), "-7".zfill(4), "+7".zfill(4), "--7".zfill(5), "".zfill(2), "é".ljust(3, "日"), "x".rjust(3))
for operation in (lambda: "a".center(3, "ab"), lambda: "a".ljust(3, ""), lambda: "a".strip(1)):
    try:
        operation()
    except TypeError as error:
        print(error)
table = str.maketrans("abc", "xyz", "d")
print("aabbccdde".translate(table), "abc".translate({97: "long", 98: None, 99: 100}), "abc".translate({97: "é"}), str.maketrans({"a": 1, 98: "x"}), "abc".translate("x" * 97 + "QRS"))
for args in (("ab", "c"), ({"ab": 1},), ("a",)):
    try:
        str.maketrans(*args)
    except (ValueError, TypeError) as error:
        print(error)
print("a\tb\tccc\td".expandtabs(), "a\tb".expandtabs(4), "\t".expandtabs(3) + "|", "ab\tc\n\td".expandtabs(4), "a\tb".expandtabs(0), "a\tb".expandtabs(tabsize=1))
