# test: run
# Length, indexing, slicing, containment, concatenation, repetition at all widths.
LETTER = "a"
for text in ("", "a", "hello", "héllo wörld", "日本語テキスト", "a😀b", "\x00\x7f\xff\u0100\uffff\U00010000"):
    print(len(text), ascii(text), ascii(text[::-1]), ascii(text[1:]), ascii(text[:-1]), ascii(text[::2]), ascii(text[-2:]), ascii(text * 2), ascii(text + "é"), ascii("😀" + text))
    for index in range(-len(text), len(text)):
        assert text[index] == text[index : index + 1 or None] and text[index] in text
    for bad in (len(text), -len(text) - 1):
        try:
            text[bad]
        except IndexError as error:
            print(error)
print("ell" in "hello", "" in "", "x" in "hello", "lo" not in "hello", "é" in "café", "😀" in "a😀b", "a" in "日本")
print("a" * 0, "a" * -5, 3 * "ab", "ab" * True, "x" "y" 'z', "a" < "b", "a" < "B", "abc" < "abd", "ab" < "abc", "" < "a", "é" > "z", "\uffff" < "\U00010000")
for operation in (lambda: "a" + 1, lambda: 1 + "a", lambda: "a" * "b", lambda: LETTER["b"], lambda: "a" - "b", lambda: "a" < 1, lambda: LETTER[1.0], lambda: "a" % 5 % 6):
    try:
        operation()
    except TypeError as error:
        print(error)
s = "immutable"
try:
    s[0] = "x"
except TypeError as error:
    print(error)
try:
    del s[0]
except TypeError as error:
    print(error)
print(max("hello"), min("hello"), sorted("hello"), list("añ😀"), tuple("ab"), set("aaa"), "".join(reversed("abc")), hash("") == hash(str()), str(5), str(None), str([1, "a"]))
print("abcdef"[1:4], "abcdef"[4:1], "abcdef"[4:1:-1], "abcdef"[-100:100], "abcdef"[::-2], "abcdef"[5:0:-2], "abcdef"[None:None:None], "abcdef"[True:])
