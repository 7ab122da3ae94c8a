# test: bytecode
def walk(tree):
    if tree:
        yield from walk(tree.left)
        got = yield tree.value
        yield


async def gather(source):
    async with source as stream:
        async for item in stream:
            await item
    return [x async for x in source]


async def numbers():
    yield 1
