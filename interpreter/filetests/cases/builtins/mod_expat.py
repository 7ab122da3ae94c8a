# test: run
"""`pyexpat`: what is told of documents, of what they declare, and of what is wrong with them; in one piece
and byte by byte."""
import pyexpat
import sys

NAMES = [
    "StartElementHandler", "EndElementHandler", "ProcessingInstructionHandler", "CharacterDataHandler",
    "UnparsedEntityDeclHandler", "NotationDeclHandler", "StartNamespaceDeclHandler",
    "EndNamespaceDeclHandler", "CommentHandler", "StartCdataSectionHandler", "EndCdataSectionHandler",
    "NotStandaloneHandler", "ExternalEntityRefHandler", "StartDoctypeDeclHandler", "EndDoctypeDeclHandler",
    "EntityDeclHandler", "XmlDeclHandler", "ElementDeclHandler", "AttlistDeclHandler",
    "SkippedEntityHandler",
]

DOCUMENTS = [
    b'<a/>',
    b'<a>x</a>',
    b'<a b="1" c=\'2\'>x &amp; y &#65;&#x42;\n z\r\nq\r</a>',
    b'<?xml version="1.0" encoding="iso-8859-1"?>\n<a>\xe9\n\xe8</a>',
    b'<?xml version="1.0" encoding="us-ascii"?>\n<a>\xe9\n\xe8</a>',
    b'<?xml version="1.0" encoding="cp1252" standalone="yes"?>\n<a>\x80\n\xe8</a>',
    b'<?xml version="1.0" encoding="koi8-r"?><a \xc1="1"/>',
    b'\xff\xfe<\x00?\x00x\x00m\x00l\x00 \x00v\x00e\x00r\x00s\x00i\x00o\x00n\x00=\x00"\x001\x00.\x000\x00"\x00 \x00e\x00n\x00c\x00o\x00d\x00i\x00n\x00g\x00=\x00"\x00u\x00t\x00f\x00-\x001\x006\x00"\x00?\x00>\x00\n\x00<\x00a\x00>\x00\xac =\xd8\x00\xde<\x00/\x00a\x00>\x00',
    b'\xef\xbb\xbf<a>\xe2\x82\xac</a>',
    b'<a>\xff</a>',
    b'<a>\xe2\x82',
    b'<a>ok\x01</a>',
    b'<!-- c --><?pi  data?><a><!-- x\r\ny --><?p?><![CDATA[ <x> ]] ]]]>t</a><!-- e --> <?q w ?>',
    b'<!DOCTYPE a [<!ENTITY e "v<b>w</b>"><!ENTITY f "&e;&#65;">]>\n<a x="1">&e;|&f;</a>',
    b'<!DOCTYPE a SYSTEM "a.dtd" [\n <!ELEMENT a (b|c)*> <!ELEMENT b (#PCDATA|d)*><!ELEMENT d (e?,(f|g)+,h)><!ELEMENT z EMPTY><!ELEMENT y ANY>\n<!ATTLIST a x CDATA "d" y (q|r) #IMPLIED z NMTOKENS #REQUIRED w CDATA #FIXED "f" n NOTATION (n1|n2) "n1">\n<!NOTATION n PUBLIC "p  q"><!NOTATION m SYSTEM "s"><!NOTATION o PUBLIC "p" "s"><!ENTITY u SYSTEM "u.gif" NDATA n><!ENTITY ext PUBLIC "pub" "sys"><!ENTITY % pe "<!ELEMENT q ANY>"> %pe; <!ENTITY late "late">\n<!-- in --><?pi in?>]>\n<a z="  k   l ">&ext;&late;</a>',
    b'<a xmlns="urn:d" xmlns:p="urn:p" p:x="1" y="2"><p:b xmlns:p="urn:q" xml:lang="e"/><c xmlns=""/></a>',
    b'<p:a/>',
    b'<a p:x="1"/>',
    b'<a xmlns:p=""/>',
    b'<a xmlns:xml="u"/>',
    b'<a xmlns:xmlns="u"/>',
    b'<a:b:c xmlns:a="x"/>',
    b'<a></b>',
    b'<a><b></a>',
    b'<a',
    b'<a ',
    b'<a b',
    b'<a b=',
    b'<a b="',
    b'<a b="<"/>',
    b'<a b="&x;"/>',
    b'<a>&x;</a>',
    b'<a>&#0;</a>',
    b'<a>&#xd800;</a>',
    b'<a b="&#x1;"/>',
    b'<a>]]></a>',
    b'<a>x]]>y</a>',
    b'<a>]',
    b'<a>&',
    b'<a>&a',
    b'</a>',
    b'',
    b' ',
    b'x',
    b'<',
    b'<1/>',
    b'<a/>x',
    b'<a/><b/>',
    b'<a/> <!-- ',
    b'<!--',
    b'<!-- -- --><a/>',
    b'<a><!-- a--b --></a>',
    b'<?xml?><a/>',
    b'<?xml version="1.0" standalone="maybe"?><a/>',
    b'<?xml encoding="x"?><a/>',
    b' <?xml version="1.0"?><a/>',
    b'<?XML version="1.0"?><a/>',
    b'<?xml version="1.0" encoding="bogus-enc"?><a/>',
    b'<?xml version="1.0" encoding="utf-16"?><a/>',
    b'<?xml version="1.0" encoding="utf8"?><a>\xe9</a>',
    b'<a b="1" b="2"/>',
    b'<a b="1"c="2"/>',
    b'<a/ >',
    b'<a b=1/>',
    b'<![CDATA[x]]>',
    b'<a><![CDATA[x',
    b'<a><![CDAT[x]]></a>',
    b'<a><!x></a>',
    b'<!DOCTYPE a [<!ENTITY a "&b;"><!ENTITY b "&a;">]><a>&a;</a>',
    b'<!DOCTYPE a [<!ENTITY a "&b;"><!ENTITY b "&a;">]><a x="&a;"/>',
    b'<!DOCTYPE a [<!ENTITY a "<b>">]><a>&a;</a>',
    b'<!DOCTYPE a [<!ENTITY a "</a>">]><a>&a;',
    b'<!DOCTYPE a [<!ENTITY a "<">]><a x="&a;"/>',
    b'<!DOCTYPE a [<!ENTITY a "&#60;">]><a x="&a;">&a;</a>',
    b'<!DOCTYPE a [<!ENTITY a SYSTEM "x">]><a x="&a;"/>',
    b'<!DOCTYPE a [<!ENTITY a SYSTEM "x" NDATA n>]><a>&a;</a>',
    b'<!DOCTYPE a [<!FOO>]><a/>',
    b'<!DOCTYPE a [<!ELEMENT a (b,c|d)>]><a/>',
    b'<!DOCTYPE a [<!ELEMENT a (#PCDATA|b)>]><a/>',
    b'<!DOCTYPE a [<!ELEMENT a (#PCDATA)>]><a/>',
    b'<!DOCTYPE a [<!ELEMENT a (b?,(c)*)+>]><a/>',
    b'<!DOCTYPE a',
    b'<!DOCTYPE a [',
    b'<!DOCTYPE a [<!ENTITY',
    b'<!DOCTYPE a [<!ENTITY x "',
    b'<!DOCTYPE a []',
    b'<!DOCTYPE a [] >',
    b'<!DOCTYPE a PUBLIC "{" "s"><a/>',
    b'<!DOCTYPE a PUBLIC "a  b" "s"><a/>',
    b'<!DOCTYPE a FOO "s"><a/>',
    b'<!DOCTYPE a><!DOCTYPE a><a/>',
    b'<!doctype a><a/>',
    b'<!DOCTYPE a [<!ENTITY lt "x"><!ENTITY e "1"><!ENTITY e "2">]><a>&e;&lt;</a>',
    b'<!DOCTYPE a [<!ATTLIST a xmlns CDATA "urn:def" p:q CDATA "v" xmlns:p CDATA "urn:pp">]><a><b/></a>',
    b'<!DOCTYPE a [%undef; <!ENTITY e "x">]><a>&e;&f;</a>',
    b'<?xml version="1.0" standalone="yes"?><!DOCTYPE a [%undef; <!ENTITY e "x">]><a>&e;</a>',
    b'<!DOCTYPE a SYSTEM "x"><a>&e;</a>',
    b'<!DOCTYPE a [<!ATTLIST a b NMTOKENS " x  y ">]><a b="&#32; p&#32;&#10;q\t "/>',
    b'<a>\xef\xbf\xbf</a>',
    b'<a\xc3\xa9b/>',
    b'&',
    b'<a b="x\ny\tz\r\nw"/>',
    b'<a \n  b = "1"\n />\n\n',
    b'<a><b/>\n<b>\n</b>x<c\n/></a\n>',
]


def run(pieces, separator, default=None, entities=0):
    told = []
    parser = pyexpat.ParserCreate(None, separator)
    parser.SetReparseDeferralEnabled(False)
    parser.buffer_text = True
    parser.SetParamEntityParsing(entities)
    current = [parser]

    def handler(name):
        def tell(*args):
            own = current[0]
            told.append((name, args, own.CurrentLineNumber, own.CurrentColumnNumber, own.CurrentByteIndex))
            if name == "ExternalEntityRefHandler":
                current[0] = own.ExternalEntityParserCreate(args[0])
                text = b"<x>outside</x>" if args[0] else b"<!ENTITY f 'F'><![INCLUDE[<!ATTLIST a d CDATA 'd'>]]>"
                current[0].Parse(text, True)
                current[0] = own
            return 1
        return tell

    for name in [default] if default else NAMES:
        setattr(parser, name, handler(name))
    try:
        for piece in pieces:
            parser.Parse(piece, False)
        parser.Parse(b"", True)
        told.append(("end", parser.CurrentLineNumber, parser.CurrentColumnNumber, parser.CurrentByteIndex))
    except pyexpat.ExpatError as error:
        told.append((str(error), error.code, error.lineno, error.offset, parser.ErrorByteIndex))
    except Exception as error:
        told.append((type(error).__name__, str(error)))
    return told


def text_of(told):
    return [event[:2] for event in told if event[0] != "CharacterDataHandler"]


def all_text(told):
    return "".join(event[1][0] for event in told if event[0] == "CharacterDataHandler")


for document in DOCUMENTS:
    print(document)
    for separator in (None, " "):
        whole = run([document], separator)
        if separator is None or whole != before:
            print(*whole, sep="\n")
        before = whole
        bytewise = run([document[i:i + 1] for i in range(len(document))], separator)
        if text_of(whole) != text_of(bytewise) or all_text(whole) != all_text(bytewise):
            print("byte by byte it is told otherwise:", *bytewise, sep="\n")
    for default in ("DefaultHandler", "DefaultHandlerExpand"):
        pieces = run([document], None, default)
        print("".join(event[1][0] for event in pieces[:-1]), pieces[-1])
    if b"DOCTYPE" in document:
        print(*run([document], None, entities=2), sep="\n")

# What grows beyond measure ends.
levels = "".join(f'<!ENTITY e{i} "{f"&e{i - 1};" * 10}">' for i in range(1, 12))
bomb = f'<!DOCTYPE a [<!ENTITY e0 "0123456789">{levels}]>'
for end in ("<a>&e11;</a>", "<a b='&e11;'/>"):
    parser = pyexpat.ParserCreate()
    try:
        parser.Parse(bomb + end, True)
    except pyexpat.ExpatError as error:
        print(error.code, pyexpat.ErrorString(error.code))

# Deep nesting needs no stack.
parser = pyexpat.ParserCreate()
depth = 0
def down(name, attributes):
    global depth
    depth += 1
parser.StartElementHandler = down
parser.Parse("<a>" * 100_000 + "</a>" * 100_000, True)
print(depth)
parser = pyexpat.ParserCreate()
parser.ElementDeclHandler = lambda name, model: print(name, model[0])
parser.Parse("<!DOCTYPE a [<!ELEMENT a " + "(" * 50_000 + "b" + ")" * 50_000 + ">]><a/>", True)
chain = "".join(f'<!ENTITY e{i} "&e{i - 1};">' for i in range(1, 20_000))
parser = pyexpat.ParserCreate()
parser.StartElementHandler = lambda name, attributes: print(name, attributes)
parser.Parse(f'<!DOCTYPE a [<!ENTITY e0 "end">{chain}]><a b="&e19999;">&e19999;</a>', True)

# A handler that raises, and one that feeds its parser.
def raising(name, attributes):
    raise KeyError(name)
parser = pyexpat.ParserCreate()
parser.StartElementHandler = raising
try:
    parser.Parse(b"<a><b/>", False)
except KeyError as error:
    print("raised", error)
print(parser.StartElementHandler)
parser = pyexpat.ParserCreate()
parser.Parse(b"<a/>", True)
try:
    parser.Parse(b"x", True)
except pyexpat.ExpatError as error:
    print(error)
for bad in (lambda: pyexpat.ParserCreate(1), lambda: pyexpat.ParserCreate(None, "ab"),
            lambda: pyexpat.ParserCreate(None, None, 3), lambda: setattr(parser, "buffer_size", 0),
            lambda: setattr(parser, "buffer_size", "x"), lambda: parser.ParseFile(3),
            lambda: parser.UseForeignDTD(True)):
    try:
        bad()
    except Exception as error:
        print(type(error).__name__, error)
