# test: run
# What reads a buffer reads it where it lies, and says the same of one that lies elsewhere, with gaps or no more.
import array, hashlib, mmap, struct, tempfile, zlib

data = bytes(range(200))
views = [data, bytearray(data), memoryview(data), memoryview(bytearray(data))[:], memoryview(data)[3:],
         array.array("B", data), memoryview(array.array("H", data))]
for view in views:
    print(struct.unpack_from("<HB", view), struct.unpack_from(">I", view, 8), struct.unpack_from("B", view, -1),
          hashlib.sha256(view).hexdigest()[:8])
    try:
        struct.unpack_from("<I", view, 199)
    except struct.error as error:
        print(error)
print(struct.unpack("<4B", memoryview(data)[:4]), struct.unpack(">I", bytearray(4)))
for view in memoryview(data)[:12], bytearray(data[:12]):
    records = struct.iter_unpack("<I", view)
    print(records.__length_hint__(), list(records), records.__length_hint__())

# A buffer that changes between two records, and a view that is released between.
changing = bytearray(8)
records = struct.iter_unpack("<I", changing)
print(next(records))
changing[4] = 7
print(next(records), next(records, "end"))
view = memoryview(data)
view.release()
try:
    struct.unpack_from("<I", view)
except ValueError as error:
    print(type(error).__name__)
try:
    struct.unpack_from("<I", "text")
except TypeError as error:
    print(error)


with tempfile.TemporaryFile() as file:
    file.write(data * 10)
    file.flush()
    with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as mapped:
        print([struct.unpack_from(">L", mapped, 96 + at * 4)[0] for at in range(3)], len(mapped), zlib.crc32(mapped))

packed = zlib.compress(data * 30)
print(len(packed) < 6000, zlib.decompress(memoryview(packed)) == data * 30)
stream = zlib.decompressobj()
begin = stream.decompress(memoryview(packed)[:100], 10)
print(begin == data[:10], stream.decompress(stream.unconsumed_tail + packed[100:]) == data[10:] + data * 29, stream.eof)
print(zlib.decompress(zlib.compress(bytes(300_000))) == bytes(300_000), zlib.decompress(zlib.compress(b"")))
packer = zlib.compressobj()
made = packer.compress(memoryview(data)[:100]) + packer.flush()
print(zlib.decompress(made) == data[:100])
def total(buffer):
    return sum(struct.unpack_from("<H", buffer, at)[0] for at in range(0, 198, 2))
print([total(view) for view in (data, bytearray(data), memoryview(data)) for _ in range(40)][::40])
gaps = memoryview(data)[::2]
written = bytearray(100)
memoryview(written)[:] = gaps
print(bytes(gaps) == bytes(written) == data[::2])
for function in (lambda: struct.unpack_from("<I", gaps), lambda: hashlib.md5(gaps), lambda: zlib.crc32(gaps), lambda: data.find(gaps),
                 lambda: zlib.compress(gaps)):
    try:
        print(function())
    except BufferError as error:
        print(error)
