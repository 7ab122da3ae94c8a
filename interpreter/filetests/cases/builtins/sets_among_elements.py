# test: run
# A set that is looked for among elements stands for the frozen one, as does that of a subclass.
class S(set): pass
def go(n):
    s = S('abc'); w = S('b')
    outer = {frozenset('b'), 1}
    so = S(outer)
    c = 0
    for i in range(n):
        if w in outer: c += 1
        if w in so: c += 1
        if set('b') in outer: c += 1
        if set('b') in so: c += 1
        if set('b') not in frozenset(outer): c += 100
    return c
for i in range(5):
    try: print(go(50))
    except TypeError as e: print(e)
s = S(["b", frozenset("b")])
s.discard(S("b"))
print(s)
s.add(frozenset("xy"))
s.remove(S("yx"))
print(s)
try:
    s.remove(S("q"))
except KeyError as error:
    print(error)
