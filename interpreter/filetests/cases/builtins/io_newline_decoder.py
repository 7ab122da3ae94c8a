# test: run
# Line ends that come in pieces; readers and writers by what they can do.
import codecs
import io
import itertools

for translate in (False, True):
    for pieces in itertools.product(["", "a", "\r", "\n", "\r\n", "\n\r"], repeat=3):
        decoder = io.IncrementalNewlineDecoder(None, translate)
        out, seen = [], []
        for at, piece in enumerate(pieces):
            again = io.IncrementalNewlineDecoder(None, translate)
            again.setstate(decoder.getstate())
            out.append(decoder.decode(piece, final=at == 2))
            assert again.decode(piece, at == 2) == out[-1]
            seen.append(decoder.newlines)
        joined = "".join(pieces)
        if translate:
            joined = joined.replace("\r\n", "\n").replace("\r", "\n")
        assert "".join(out) == joined, (pieces, out)
        if pieces[0] == "\r":
            print(pieces, out, seen[-1])

decoder = io.IncrementalNewlineDecoder(codecs.getincrementaldecoder("utf-16-le")(), True)
text = "ä\r\nb\r".encode("utf-16-le")
print([decoder.decode(text[at : at + 3]) for at in range(0, len(text), 3)], decoder.getstate())
print(repr(decoder.decode(b"", final=True)), decoder.newlines)
decoder.reset()
print(decoder.newlines, decoder.getstate())
try:
    io.IncrementalNewlineDecoder(None, False).decode(b"a")
except TypeError as error:
    print(error)
