# test: run
# Seeds that are texts or bytes go through a hash.
import random
for seed in ("text", b"bytes", "", bytearray(b"array"), "é", "x" * 1000):
    r = random.Random(seed)
    print(repr(seed)[:20], r.random(), r.randrange(10**6), r.getrandbits(40))
random.seed("again")
first = random.random()
random.seed("again")
print(first == random.random())
