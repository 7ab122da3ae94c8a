"""AES in pure Python: CTR mode over a message, and back.

The cipher of FIPS 197 with 128-bit keys. S-box and round tables are computed from
the field arithmetic when the module starts; rounds work on four 32-bit words.
Each iteration encrypts a message of size bytes in counter mode, decrypts the
result with a fresh cipher, checks that the message came back, and does the same
for one block with the inverse cipher.
"""

import harness_protocol

ROUNDS = 10
BLOCK = 16


def double(value):
    """Multiplication by x in GF(2^8) modulo x^8 + x^4 + x^3 + x + 1."""
    value <<= 1
    return value ^ 0x11B if value & 0x100 else value


def multiply(one, two):
    product = 0
    while two:
        if two & 1:
            product ^= one
        one = double(one)
        two >>= 1
    return product


def make_sbox():
    """The S-box: inverse in the field, then an affine map of the bits."""
    sbox = [0] * 256
    power, inverse = 1, 1
    while True:
        # 3 generates the field's units and 0xF6 is its inverse.
        power = multiply(power, 3)
        inverse = multiply(inverse, 0xF6)
        spread = inverse | inverse << 8
        mixed = spread ^ spread >> 4 ^ spread >> 5 ^ spread >> 6 ^ spread >> 7
        sbox[power] = (mixed ^ 0x63) & 0xFF
        if power == 1:
            break
    sbox[0] = 0x63
    return sbox


def word(b0, b1, b2, b3):
    return b0 << 24 | b1 << 16 | b2 << 8 | b3


def rotate(value):
    """A 32-bit word rotated right by one byte."""
    return value >> 8 | (value & 0xFF) << 24


SBOX = make_sbox()
INVERSE_SBOX = [0] * 256
for plain, substituted in enumerate(SBOX):
    INVERSE_SBOX[substituted] = plain


def round_tables(sbox, factors):
    """Substitution and column mixing of one byte, for its four positions."""
    first = [word(*(multiply(value, factor) for factor in factors)) for value in sbox]
    tables = [first]
    for _ in range(3):
        tables.append([rotate(value) for value in tables[-1]])
    return tables


E0, E1, E2, E3 = round_tables(SBOX, (2, 1, 1, 3))
D0, D1, D2, D3 = round_tables(INVERSE_SBOX, (14, 9, 13, 11))


def to_words(block):
    return [word(*block[place : place + 4]) for place in range(0, len(block), 4)]


def to_bytes(words):
    block = bytearray()
    for value in words:
        block += bytes((value >> 24, value >> 16 & 255, value >> 8 & 255, value & 255))
    return bytes(block)


def substitute(value):
    return word(
        SBOX[value >> 24], SBOX[value >> 16 & 255], SBOX[value >> 8 & 255], SBOX[value & 255]
    )


class Cipher:
    def __init__(self, key):
        if len(key) != BLOCK:
            raise ValueError(f"the key must have {BLOCK} bytes, not {len(key)}")
        self.keys = self.expand(key)
        self.inverse_keys = self.invert(self.keys)

    @staticmethod
    def expand(key):
        words = to_words(key)
        constant = 1
        while len(words) < 4 * (ROUNDS + 1):
            value = words[-1]
            if len(words) % 4 == 0:
                value = substitute((value << 8 | value >> 24) & 0xFFFFFFFF) ^ constant << 24
                constant = double(constant)
            words.append(words[-4] ^ value)
        return [tuple(words[place : place + 4]) for place in range(0, len(words), 4)]

    @staticmethod
    def invert(keys):
        """Round keys for the inverse cipher that has the shape of the cipher."""
        inverted = [keys[-1]]
        for key in reversed(keys[1:-1]):
            mixed = []
            for value in key:
                mixed.append(
                    D0[SBOX[value >> 24]]
                    ^ D1[SBOX[value >> 16 & 255]]
                    ^ D2[SBOX[value >> 8 & 255]]
                    ^ D3[SBOX[value & 255]]
                )
            inverted.append(tuple(mixed))
        inverted.append(keys[0])
        return inverted

    def encrypt_words(self, a, b, c, d):
        keys = self.keys
        k0, k1, k2, k3 = keys[0]
        a, b, c, d = a ^ k0, b ^ k1, c ^ k2, d ^ k3
        for number in range(1, ROUNDS):
            k0, k1, k2, k3 = keys[number]
            a, b, c, d = (
                E0[a >> 24] ^ E1[b >> 16 & 255] ^ E2[c >> 8 & 255] ^ E3[d & 255] ^ k0,
                E0[b >> 24] ^ E1[c >> 16 & 255] ^ E2[d >> 8 & 255] ^ E3[a & 255] ^ k1,
                E0[c >> 24] ^ E1[d >> 16 & 255] ^ E2[a >> 8 & 255] ^ E3[b & 255] ^ k2,
                E0[d >> 24] ^ E1[a >> 16 & 255] ^ E2[b >> 8 & 255] ^ E3[c & 255] ^ k3,
            )
        k0, k1, k2, k3 = keys[ROUNDS]
        return (
            word(SBOX[a >> 24], SBOX[b >> 16 & 255], SBOX[c >> 8 & 255], SBOX[d & 255]) ^ k0,
            word(SBOX[b >> 24], SBOX[c >> 16 & 255], SBOX[d >> 8 & 255], SBOX[a & 255]) ^ k1,
            word(SBOX[c >> 24], SBOX[d >> 16 & 255], SBOX[a >> 8 & 255], SBOX[b & 255]) ^ k2,
            word(SBOX[d >> 24], SBOX[a >> 16 & 255], SBOX[b >> 8 & 255], SBOX[c & 255]) ^ k3,
        )

    def encrypt_block(self, block):
        return to_bytes(self.encrypt_words(*to_words(block)))

    def decrypt_block(self, block):
        keys = self.inverse_keys
        state = [value ^ key for value, key in zip(to_words(block), keys[0])]
        for number in range(1, ROUNDS):
            state = [
                D0[state[column] >> 24]
                ^ D1[state[column - 1] >> 16 & 255]
                ^ D2[state[column - 2] >> 8 & 255]
                ^ D3[state[column - 3] & 255]
                ^ keys[number][column]
                for column in range(4)
            ]
        inverse = INVERSE_SBOX
        return to_bytes(
            word(
                inverse[state[column] >> 24],
                inverse[state[column - 1] >> 16 & 255],
                inverse[state[column - 2] >> 8 & 255],
                inverse[state[column - 3] & 255],
            )
            ^ keys[ROUNDS][column]
            for column in range(4)
        )


class Counter:
    """The key stream of counter mode, byte by byte."""

    def __init__(self, cipher, start):
        self.cipher = cipher
        self.words = to_words(start)

    def __iter__(self):
        words = self.words
        while True:
            for value in self.cipher.encrypt_words(*words):
                yield value >> 24
                yield value >> 16 & 255
                yield value >> 8 & 255
                yield value & 255
            for place in (3, 2, 1, 0):
                words[place] = (words[place] + 1) & 0xFFFFFFFF
                if words[place]:
                    break

    def crypt(self, message):
        return bytes([one ^ two for one, two in zip(message, self)])


KEY = bytes.fromhex("a1f6258c877d5fcd8964484538bfc92c")
START = bytes.fromhex("000000000000000000000000fffffff0")
TEXT = b"This is a message to be encrypted, and to be read again by who has the key. "


class Work:
    def __init__(self, size):
        self.message = (TEXT * (size // len(TEXT) + 1))[:size]
        # The example vector of FIPS 197, appendix C.1.
        cipher = Cipher(bytes(range(16)))
        block = bytes(range(0, 256, 17))
        if cipher.encrypt_block(block).hex() != "69c4e0d86a7b0430d8cdb78070b4c55a":
            raise AssertionError("the cipher does not give the standard's example")


def iterate(work):
    secret = Counter(Cipher(KEY), START).crypt(work.message)
    if Counter(Cipher(KEY), START).crypt(secret) != work.message:
        raise AssertionError("the message did not come back")
    cipher = Cipher(KEY)
    block = secret[:BLOCK].ljust(BLOCK, b"\0")
    if cipher.decrypt_block(cipher.encrypt_block(block)) != block:
        raise AssertionError("the block did not come back")
    return secret


if __name__ == "__main__":
    harness_protocol.main("crypto_aes", version=1, size=90000, iterate=iterate, prepare=Work)
