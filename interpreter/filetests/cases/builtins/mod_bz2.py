# test: run
"""`bz2`: whole, piece by piece, by files, and what is wrong."""
import bz2
import io

data = b"some text that repeats itself, " * 3000 + bytes(range(256)) * 20
packed = bz2.compress(data)
print(len(packed), packed[:4], bz2.decompress(packed) == data)
print(bz2.compress(b""), bz2.decompress(b""), bz2.decompress(bz2.compress(b"a", 1) + bz2.compress(b"b")))

stream = bz2.BZ2Compressor(1)
pieces = b"".join(stream.compress(data[at:at + 1000]) for at in range(0, len(data), 1000)) + stream.flush()
print(pieces[:4], bz2.decompress(pieces) == data)

for step in (1, 100, len(packed)):
    stream, out, at = bz2.BZ2Decompressor(), b"", 0
    while not stream.eof:
        piece = b""
        if stream.needs_input:
            piece, at = packed[at:at + step], at + step
        got = stream.decompress(piece, max_length=777)
        assert len(got) <= 777
        out += got
    print(step, out == data, stream.eof, stream.needs_input, stream.unused_data)
stream = bz2.BZ2Decompressor()
print(len(stream.decompress(packed + b"behind")), stream.unused_data)

file = io.BytesIO()
with bz2.open(file, "wt", encoding="utf-8") as text:
    text.write("l\u00efne\n" * 3)
file.seek(0)
print(bz2.open(file, "rt", encoding="utf-8").read().splitlines())
file.seek(0)
print(bz2.BZ2File(file).readlines())


def refused(f, *args):
    try:
        print(f(*args))
    except Exception as error:
        print(type(error).__name__, error)


refused(bz2.decompress, b"no such stream")
refused(bz2.decompress, packed[:-5])
refused(bz2.decompress, packed[:50] + b"xxxx" + packed[54:])
refused(bz2.BZ2Compressor, 0)
refused(bz2.compress, "text")
done = bz2.BZ2Compressor()
done.flush()
refused(done.flush)
refused(done.compress, b"x")
refused(stream.decompress, b"x")
