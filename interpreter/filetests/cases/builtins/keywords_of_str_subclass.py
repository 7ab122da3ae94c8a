# test: run
# Keywords may be strings of a subclass: what takes them keeps them as they are.


class Token(str):
    def __new__(cls, kind, text):
        token = str.__new__(cls, text)
        token.kind = kind
        return token

    def __eq__(self, other):
        if isinstance(other, Token) and self.kind != other.kind:
            return False
        return str.__eq__(self, other)

    __hash__ = str.__hash__


def words(**kwargs):
    return kwargs


def one(WORD=3, *, OTHER=4):
    return WORD, OTHER


first, second = Token("A", "WORD"), Token("B", "WORD")
taken = {}
taken.update(**{first: 1})
for found in (taken, words(**{first: 1}), dict(**{first: 1}), dict([("x", 0)], **{first: 1})):
    print([type(key).__name__ for key in found], first in found, second in found, "WORD" in found)
print(one(**{first: 9}), one(**{Token("A", "OTHER"): 8}))
print(sorted([3, 1, 2], **{Token("A", "reverse"): True}), "{WORD}".format(**{first: 5}))
for call in (lambda: one(**{Token("A", "NONE"): 1}), lambda: print(**{Token("A", "NONE"): 1}),
             lambda: sorted([], **{Token("A", "NONE"): 1})):
    try:
        call()
    except TypeError as error:
        print(type(error).__name__)
for _ in range(100):
    taken.clear()
    taken.update(**{first: 1, second: 2})
    assert len(words(**{first: 1})) == 1 and len(taken) == 2
