"""Message digests by name."""

from _blake2 import blake2b, blake2s
from _md5 import md5
from _sha1 import sha1
from _sha2 import sha224, sha256, sha384, sha512
from _sha3 import sha3_224, sha3_256, sha3_384, sha3_512, shake_128, shake_256

algorithms_guaranteed = {
    "md5", "sha1", "sha224", "sha256", "sha384", "sha512", "blake2b", "blake2s",
    "sha3_224", "sha3_256", "sha3_384", "sha3_512", "shake_128", "shake_256",
}
algorithms_available = set(algorithms_guaranteed)
__all__ = (*sorted(algorithms_guaranteed), "new", "algorithms_guaranteed",
           "algorithms_available", "file_digest", "pbkdf2_hmac")


def new(name, data=b"", *, usedforsecurity=True, **options):
    if isinstance(name, str):
        wanted = name.lower().replace("-", "_")
        if wanted not in algorithms_guaranteed:
            wanted = {"sha_1": "sha1", "sha_224": "sha224", "sha_256": "sha256",
                      "sha_384": "sha384", "sha_512": "sha512", "blake2b512": "blake2b",
                      "blake2s256": "blake2s"}.get(wanted)
        if wanted is not None:
            return globals()[wanted](data, usedforsecurity=usedforsecurity, **options)
    raise ValueError("unsupported hash type " + str(name))


def file_digest(fileobj, digest, /, *, _bufsize=2**18):
    hasher = new(digest) if isinstance(digest, str) else digest()
    if hasattr(fileobj, "getbuffer"):
        hasher.update(fileobj.getbuffer())
        return hasher
    if not hasattr(fileobj, "read"):
        raise ValueError(f"'{fileobj!r}' is not a file-like object in binary reading mode.")
    while data := fileobj.read(_bufsize):
        hasher.update(data)
    return hasher


def pbkdf2_hmac(hash_name, password, salt, iterations, dklen=None):
    if iterations < 1:
        raise ValueError("iteration value must be greater than 0.")
    inner, outer = new(hash_name), new(hash_name)
    size = inner.digest_size
    if dklen is None:
        dklen = size
    if dklen < 1:
        raise ValueError("key length must be greater than 0.")
    password = bytes(password)
    if len(password) > inner.block_size:
        password = new(hash_name, password).digest()
    password = password.ljust(inner.block_size, b"\0")
    inner.update(bytes(byte ^ 0x36 for byte in password))
    outer.update(bytes(byte ^ 0x5c for byte in password))

    def keyed(message):
        first, second = inner.copy(), outer.copy()
        first.update(message)
        second.update(first.digest())
        return second.digest()

    key = b""
    block = 0
    while len(key) < dklen:
        block += 1
        last = keyed(bytes(salt) + block.to_bytes(4, "big"))
        mixed = int.from_bytes(last, "big")
        for _ in range(iterations - 1):
            last = keyed(last)
            mixed ^= int.from_bytes(last, "big")
        key += mixed.to_bytes(size, "big")
    return key[:dklen]
