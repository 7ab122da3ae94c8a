# test: run
# random: the same sequence as CPython's for a seed, in all functions programs use.
import random
random.seed(42)
print([random.random() for _ in range(5)])
print([random.randint(1, 6) for _ in range(10)], [random.randrange(100) for _ in range(8)], [random.randrange(0, 1000, 7) for _ in range(5)], random.randrange(2**70), random.getrandbits(10), random.getrandbits(32), random.getrandbits(64), random.getrandbits(100))
items = list(range(10))
random.shuffle(items)
print(items, random.choice("abcdef"), random.choices([1, 2, 3], k=6), random.choices("ab", weights=[9, 1], k=8), random.choices("xyz", cum_weights=[1, 2, 10], k=4), random.sample(range(100), 5), random.sample("abcdefgh", 8), random.sample(range(10**6), 3))
print(random.uniform(1, 10), random.triangular(0, 1, 0.5), round(random.gauss(0, 1), 10), round(random.normalvariate(5, 2), 10), round(random.expovariate(1.5), 10))
r = random.Random(7)
other = random.Random(7)
print([r.randint(0, 99) for _ in range(5)] == [other.randint(0, 99) for _ in range(5)], r.random())
state = r.getstate()
a = [r.random() for _ in range(3)]
r.setstate(state)
print(a == [r.random() for _ in range(3)], len(state[1]), state[0])
for seed in (0, 1, -1, 2**40, 10**30, 1.5):
    r = random.Random(seed)
    print(repr(seed), r.random(), r.randrange(10**6))
random.seed(1)
print([random.randrange(1, 7) for _ in range(20)], random.randbytes(4), random.random())
for action in (lambda: random.randrange(0), lambda: random.choice([]), lambda: random.sample([1], 2), lambda: random.randint(5, 1), lambda: random.getrandbits(-1), lambda: random.shuffle((1, 2)), lambda: random.randrange(5, 1)):
    try:
        action()
    except (ValueError, IndexError, TypeError) as error:
        print(type(error).__name__)
random.seed(12345)
counts = [0] * 10
for _ in range(2000):
    counts[int(random.random() * 10)] += 1
print(counts, sum(random.random() for _ in range(1000)))
