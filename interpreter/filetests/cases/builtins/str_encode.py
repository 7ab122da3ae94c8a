# test: run
# Encodings and their error handlers.
text = "aé€😀"
for codec in ("utf-8", "UTF8", "utf_8", "utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be", "utf-8-sig", "unicode_escape", "raw_unicode_escape"):
    data = text.encode(codec)
    print(codec, data, data.decode(codec) == text)
for codec in ("ascii", "latin-1", "iso-8859-1"):
    try:
        text.encode(codec)
    except UnicodeEncodeError as error:
        print(error, error.start, error.end, error.encoding, error.reason, ascii(error.object))
    for handler in ("ignore", "replace", "xmlcharrefreplace", "backslashreplace", "namereplace"):
        print(codec, handler, text.encode(codec, handler))
print("é".encode("latin-1"), "é".encode(), "é".encode(encoding="utf-8", errors="strict"), "".encode())
for data in (b"\xff", b"a\xc3", b"\xc3\x28", b"\xe2\x82", b"\xed\xa0\x80", b"\xf0\x9f\x98", b"\xc0\x80", b"ok\x80ok", b"\xf4\x90\x80\x80", b"\xe2\x28\xa1z"):
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        print(error)
    print(ascii(data.decode("utf-8", "replace")), ascii(data.decode("utf-8", "ignore")), ascii(data.decode("utf-8", "backslashreplace")), ascii(data.decode("utf-8", "surrogateescape")))
print(b"\xe9".decode("latin-1"), b"abc".decode("ascii"), b"\xff\xfea\x00".decode("utf-16"), b"\xef\xbb\xbfx".decode("utf-8-sig"), ascii("\udce9".encode("utf-8", "surrogateescape")), "\ud800".encode("utf-8", "surrogatepass"), ascii(b"\xed\xa0\x80".decode("utf-8", "surrogatepass")))
for operation in (lambda: "\ud800".encode("utf-8"), lambda: b"\x80".decode("ascii"), lambda: "x".encode("nope"), lambda: b"x".decode("nope"), lambda: "é".encode("ascii", "nohandler")):
    try:
        operation()
    except (UnicodeError, LookupError) as error:
        print(type(error).__name__, ascii(str(error)))
