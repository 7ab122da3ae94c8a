# test: run
# Integers that outgrow what is small and of which low bits are kept, in loops that are compiled.


def congruent(state, factor, addend, mask, rounds):
    for _ in range(rounds):
        state = (state * factor + addend) & mask
    return state


def by_rest(state, factor, addend, rounds):
    for _ in range(rounds):
        state = (factor * state - addend) % 4294967296
    return state


def by_other_rest(state, factor, rounds):
    for _ in range(rounds):
        state = (state * factor + 1) % 2147483647
    return state


for factor in (3, 1103515245, 6364136223846793005, -1103515245, -6364136223846793005, 2**64 + 1):
    for mask in (0xFF, 0x7FFFFFFF, 0xFFFFFFFF, 2**60 - 1, 2**61, 2**64 - 1, -1, -256, 0):
        if mask < 0 and abs(factor) > 3:
            print(congruent(1, factor, 12345, mask, 3))
        else:
            print(congruent(12345, factor, 12345, mask, 500), end=" ")
    print(by_rest(99, factor, 7, 500), by_other_rest(99, factor, 500))


def shifted(rounds):
    total = seen = 0
    for number in range(rounds):
        value = number * 0x123456789ABCDEF << 13
        total = (total + (value & 0xFFFFFFFFFFFF)) & 0xFFFFFFFFFFFFFFF
        total ^= (value << 62) + number & 0x3FFFFFFFFFFFFFFF >> 2
        seen += value % 1024
        seen += (value - (number << 50)) % 2**59
    return total, seen


print(shifted(700))


def negative(rounds):
    low = []
    value = 5
    for number in range(rounds):
        value = (number - 350) * 0x1FFFFFFFFFFFFFF
        low.append(value & 0xFFFF)
        low.append((-value * 3) & 0x7FFFFFFFFFFF)
        low.append((value * value - number) % 65536)
    return sum(low), value


print(negative(700))


def wanted_as_well(rounds):
    # What is masked is looked at, too, and now and then by an exit alone.
    large = []
    total = 0
    for number in range(rounds):
        value = (number + 1) * 0x123456789ABCDEF * (number + 3)
        total += value & 0xFFFFF
        if number % 100 == 99:
            large.append(value)
        if value > 2**75:
            large.append(-value)
            break
    return total, large, value


print(wanted_as_well(800), wanted_as_well(100000))


def of_other_masks(masks, rounds):
    state = 1
    for number in range(rounds):
        mask = masks[number % len(masks)]
        state = (state + number) * 0x3FFFFFFFFFFF7 & mask
    return state


print(of_other_masks([0xFFFFFFFFFF], 600))
print(of_other_masks([0xFFFFFFFFFF, 2**62 - 1], 600))
print(of_other_masks([0xFFFFFFFFFF] * 299 + [-1], 601))
print(of_other_masks([0xFFFFFFFFFF] * 299 + [True], 599))


class Mask(int):
    def __rand__(self, other):
        return 77


print(of_other_masks([0xFFFFFFFFFF] * 299 + [Mask(5)], 600))


class Number:
    def __init__(self, value):
        self.value = value

    def __mul__(self, other):
        return Number(self.value * other)

    def __and__(self, mask):
        return self.value & mask & 1


def of_other_numbers(numbers):
    total = 0
    for number in numbers:
        total += number * 0x3FFFFFFFFFFF7 * 0x3FFFFFFFFFFF7 & 0xFFFFFFFF
    return total


print(of_other_numbers([12345] * 300 + [Number(3)] * 3 + [7] * 300))
try:
    of_other_numbers([12345] * 300 + [1.5])
except TypeError as error:
    print(error)


def grows(rounds):
    value = 1
    for number in range(rounds):
        value = value * 31 + number
    return value % 2**64, value.bit_length()


print(grows(1000))
