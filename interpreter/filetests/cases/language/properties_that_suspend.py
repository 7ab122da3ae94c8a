# test: run
"""Properties whose getters are generators or coroutines: to read one makes the generator."""
import asyncio


class Parts:
    def __init__(self, n):
        self.n = n

    @property
    def all(self):
        for i in range(self.n):
            yield i

    @property
    async def later(self):
        return self.n

    @property
    async def several(self):
        yield self.n

    @property
    def plain(self):
        return self.n


async def main(parts):
    return await parts.later, [n async for n in parts.several]


total = 0
for n in range(300):
    parts = Parts(n % 5)
    total += sum(parts.all) + parts.plain
print(total, list(parts.all), type(parts.all).__name__)
for _ in range(100):
    found = asyncio.run(main(parts)) if _ % 50 == 0 else found
print(found)
