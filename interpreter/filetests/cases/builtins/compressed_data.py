# test: run
import gzip
import io
import tarfile
import zipfile
import zlib
d = b"hello world " * 1000
for wb in (15, -15, 31):
    c = zlib.compress(d, wbits=wb); print(zlib.decompress(c, wbits=wb) == d, len(c) < 200)
c = zlib.compressobj(9); parts = [c.compress(d[i:i+100]) for i in range(0, len(d), 100)] + [c.flush()]; print(zlib.decompress(b"".join(parts)) == d)
o = zlib.decompressobj(); out = b"".join(o.decompress(bytes([b])) for b in zlib.compress(d) + b"extra"); print(out == d, o.eof, o.unused_data)
o = zlib.decompressobj(); a = o.decompress(zlib.compress(d), 100); print(len(a), len(o.unconsumed_tail) > 0, len(o.decompress(o.unconsumed_tail)) )
for bad in (b"xxxx", zlib.compress(d)[:20], b""):
    try: zlib.decompress(bad)
    except zlib.error as e: print(str(e)[:40])
print(zlib.crc32(b"abc"), zlib.adler32(b"abc"), zlib.adler32(d), zlib.adler32(b"x", 5))
g = gzip.compress(d); print(gzip.decompress(g) == d, gzip.decompress(g + g) == d + d)
b = io.BytesIO()
with gzip.open(b, "wt") as f: f.write("line\n" * 100)
b.seek(0); print(len(gzip.open(b, "rt").readlines()))
b = io.BytesIO()
with zipfile.ZipFile(b, "w", zipfile.ZIP_DEFLATED) as z:
    z.writestr("a.txt", "text" * 100); z.writestr("dir/b.bin", bytes(range(256)))
with zipfile.ZipFile(b) as z: print(z.namelist(), z.read("a.txt") == b"text" * 100, z.testzip(), z.getinfo("a.txt").compress_size < 50)
b = io.BytesIO()
with tarfile.open(fileobj=b, mode="w:gz") as t:
    i = tarfile.TarInfo("x"); i.size = 5; t.addfile(i, io.BytesIO(b"12345"))
b.seek(0)
with tarfile.open(fileobj=b) as t: print(t.getnames(), t.getmember("x").size)
s = zlib.compressobj(); x = s.compress(b"abc") + s.flush(zlib.Z_SYNC_FLUSH); print(x.endswith(b"\x00\x00\xff\xff"), zlib.decompressobj().decompress(x))
