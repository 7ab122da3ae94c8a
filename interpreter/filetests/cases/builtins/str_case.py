# test: run
# Case methods, with the special mappings.
for text in ("hello world", "HELLO", "Hello World", "ǆ ǅ Ǆ", "straße", "ﬁne", "ΑΣ ΑΣΑ Σ", "İstanbul ı", "they're bill's", "a1b2 c3d", "", "ÀÉÎ", "ŉ", "x-ray_y z", "ά"):
    print(ascii(text), ascii(text.upper()), ascii(text.lower()), ascii(text.title()), ascii(text.capitalize()), ascii(text.swapcase()), ascii(text.casefold()))
    print(text.isupper(), text.islower(), text.istitle())
print("ß".casefold() == "SS".casefold(), "ﬀ".upper(), "Ǆ".title() == "ǅ", "ΌΣΟΣ".lower())
