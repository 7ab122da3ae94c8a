# test: run
# What match objects tell: groups that matched, matched nothing or did not match, many of them, and in every kind of text.
import copy
import gc
import re
import weakref

def tell(found):
    print(found, found.span(), found.groups(), found.regs, found.lastindex, found.lastgroup, found.pos, found.endpos)

pattern = re.compile(r"(?P<key>\w+)(=(?P<value>\d+)?)?")
for text in ("key=12", "key=", "key", "ключ=7", "k\U0001f600=1"):
    found = pattern.match(text)
    tell(found)
    print(found.groupdict("-"), found["key"], found.group(0, "value"), found.start("value"), found.end(2))
    print(found.re is pattern, found.string is text, found.expand(r"\g<key>:\2"))

many = re.compile("(.)" * 40)
found = many.search("x" + "0123456789" * 4, 1)
print(found.groups(), found.span(40), found.lastindex, found.pos)
tell(re.compile(b"(a)|(b)").search(b"xxb", 1, 3))
tell(re.compile(b"(a)|(b)").search(bytearray(b"xxa")))
tell(re.compile("").match(""))

found = pattern.search("  one=1 ", 2, 6)
print(copy.copy(found) is found, copy.deepcopy(found) is found, found.pos, found.endpos)
for wrong in ("group", 3, -1, 4, "nothing", 1.5, None):
    try:
        print(found.group(wrong))
    except (IndexError, TypeError) as raised:
        print(type(raised).__name__, raised)

def upper(found):
    gc.collect()
    return found[0].upper() + str(found.start())

print(re.sub("[a-c]+", upper, "xabyczc"))
print([one.span() for one in re.finditer("a*", "baac")])

# It keeps what it is of, and nothing keeps it.
class Text(str):
    pass

text = Text("key=1")
known = weakref.ref(text)
found = re.compile("key=(1)").match(text)
del text
gc.collect()
print(known() is found.string, found[1])
del found
gc.collect()
print(known())
try:
    re.Match.span(1)
except TypeError as raised:
    print(type(raised).__name__)

kept = [pattern.match(f"name{i}={i}") for i in range(3000)]
print(sum(int(one["value"]) for one in kept), kept[-1])
