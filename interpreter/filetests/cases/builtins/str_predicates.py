# test: run
# is… methods over a range of characters.
for text in ("", "abc", "abc1", "123", "12.5", "½", "²", "٣", "Ⅷ", "一", "a b", " ", "\t\n", "\u00a0\u2003", "_x1", "1x", "é", "class", "日本", "ª", "·", "A", "Abc", "\x7f", "\u200b", "😀", "-1", "ab\n"):
    flags = [text.isalpha(), text.isalnum(), text.isdigit(), text.isdecimal(), text.isnumeric(), text.isspace(), text.isidentifier(), text.isprintable(), text.isascii(), text.isupper(), text.islower(), text.istitle()]
    print(ascii(text), "".join("x" if flag else "." for flag in flags))
counts = [0] * 8
for code in range(0x3000):
    char = chr(code)
    for position, flag in enumerate((char.isupper(), char.islower(), char.isspace(), char.isdecimal())):
        counts[position] += flag
print(counts[2:4])
