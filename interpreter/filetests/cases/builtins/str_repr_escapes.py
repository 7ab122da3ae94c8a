# test: run
# repr and ascii: quotes, control characters, what is printable.
for text in ("plain", "it's", 'say "hi"', "both ' and \"", "tab\tnewline\nreturn\r", "back\\slash", "\x00\x01\x1f\x7f", "\x80\x9f\xa0\xad\xff", "é", "\u200b\u2028\ufeff", "\ud800", "\udfff x", "日本", "\U0001f600", "\U0010ffff", "\ue000", "\u0378", "'" * 3, ""):
    print(ascii(text), ascii(repr(text)), len(repr(text)))
print(["it's", 'x"y'], ("a\nb",), {"k\t": "v\\"})
print("\a\b\f\v\0\101\x41\u0041\N{LATIN SMALL LETTER A}\N{BULLET}".encode("utf-8"))
print("line \
continued", r"raw \n \x", rb"raw \bytes", R"\"", "a" "b" r"\c" f"{1}", """triple
"quoted" 'text'""", '''it''s''')
print(len("\n"), len(r"\n"), len("\\n"), "\1\12\123\1234", "\377", ascii("\277"))
print(str(b"bytes"), str(b"caf\xc3\xa9", "utf-8"), str(object=5), str(b"x", errors="strict"), ascii("é😀"), repr("é"), str())
