# test: run
# Encodings that are tables, by the names that they go by.
for name in ("iso-8859-8", "hebrew", "iso8859_6", "arabic", "latin4", "cp037", "ibm858", "windows-1255", "cp1256",
             "tis-620", "mac_cyrillic", "mac-turkish", "koi8-t", "palmos", "hp-roman8", "ISO_8859-10:1992", "latin10",
             "cp65001", "latin2", "macintosh", "cp1252", "437", "l9"):
    try:
        text = bytes(range(160, 256)).decode(name, "replace")
        print(name, ascii(text[64:72]), "x".encode(name), text.encode(name, "replace")[:4])
    except LookupError as error:
        print(error)
