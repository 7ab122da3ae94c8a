"""Other names of the encodings."""

aliases = {
    "646": "ascii", "ansi_x3.4_1968": "ascii", "us": "ascii", "us_ascii": "ascii",
    "8859": "latin_1", "cp819": "latin_1", "iso8859": "latin_1", "iso8859_1": "latin_1",
    "iso_8859_1": "latin_1", "l1": "latin_1", "latin": "latin_1", "latin1": "latin_1",
    "u16": "utf_16", "utf16": "utf_16", "utf_16be": "utf_16_be", "utf_16le": "utf_16_le",
    "u32": "utf_32", "utf32": "utf_32", "utf_32be": "utf_32_be", "utf_32le": "utf_32_le",
    "u8": "utf_8", "utf": "utf_8", "utf8": "utf_8", "utf8_ucs2": "utf_8", "utf8_ucs4": "utf_8",
    "cp65001": "utf_8",
}
