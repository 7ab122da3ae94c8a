# test: run
"""The event loop of asyncio on one thread: tasks, queues, time-outs, groups, streams, and generators
that are coroutines."""
import asyncio, types

@types.coroutine
def pause(n):
    got = yield from asyncio.sleep(0, n)
    return got * 2

@types.coroutine
def bare():
    yield
    return "bare"

async def worker(name, queue, out):
    while True:
        item = await queue.get()
        if item is None:
            break
        out.append((name, item))
        await asyncio.sleep(0)

async def fails():
    await asyncio.sleep(0.001)
    raise ValueError("no")

async def forever(log):
    try:
        await asyncio.Event().wait()
    except asyncio.CancelledError:
        log.append("cancelled")
        raise
    finally:
        log.append("finally")

async def echo(reader, writer):
    while line := await reader.readline():
        writer.write(line.upper())
        await writer.drain()
    writer.close()

async def main():
    print(await pause(21), await bare())
    queue, out = asyncio.Queue(), []
    tasks = [asyncio.create_task(worker(n, queue, out)) for n in "ab"]
    for n in range(6):
        queue.put_nowait(n)
    for _ in tasks:
        queue.put_nowait(None)
    await asyncio.gather(*tasks)
    print(sorted(i for _, i in out), {n for n, _ in out} == {"a", "b"})
    results = await asyncio.gather(fails(), asyncio.sleep(0, "slept"), return_exceptions=True)
    print(results)
    log = []
    task = asyncio.create_task(forever(log))
    await asyncio.sleep(0)
    task.cancel()
    try:
        await task
    except asyncio.CancelledError:
        print("task cancelled", log)
    try:
        await asyncio.wait_for(asyncio.sleep(10), 0.01)
    except asyncio.TimeoutError:
        print("timed out")
    try:
        async with asyncio.timeout(0.01):
            await asyncio.sleep(10)
    except TimeoutError:
        print("timed out again")
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(fails())
            group.create_task(forever(log))
    except* ValueError as caught:
        print("group", caught.exceptions, log)
    server = await asyncio.start_server(echo, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"one\ntwo\n")
    writer.write_eof()
    print(await reader.read())
    writer.close()
    await writer.wait_closed()
    server.close()
    await server.wait_closed()
    loop = asyncio.get_running_loop()
    future = loop.create_future()
    loop.call_later(0.001, future.set_result, "later")
    print(await future)
    lock, order = asyncio.Lock(), []
    async def locked(n):
        async with lock:
            order.append(("in", n))
            await asyncio.sleep(0)
            order.append(("out", n))
    await asyncio.gather(locked(1), locked(2))
    print(order)

asyncio.run(main())

def plain(coroutine):
    yield from coroutine
async def one():
    return 1
coroutine = one()
try:
    next(plain(coroutine))
except TypeError as error:
    print(error)
coroutine.close()
import inspect
print(inspect.isawaitable(bare()), bare.__code__.co_flags & 0x100)
async def agen():
    for i in range(3):
        yield i
        await asyncio.sleep(0)
async def uses():
    return [i async for i in agen()]
print(asyncio.run(uses()))

# ---- hooks of asynchronous generators
import gc
import sys

told = []
hooks = sys.get_asyncgen_hooks()
print(hooks.firstiter, hooks.finalizer)
sys.set_asyncgen_hooks(firstiter=lambda g: told.append("first " + g.__name__), finalizer=lambda g: told.append("dead " + g.__name__))


def drive(coroutine):
    try:
        coroutine.send(None)
    except StopIteration as stop:
        return stop.value


async def abandons():
    return await agen().__anext__()


print([drive(abandons()) for _ in range(50)] == [0] * 50)
gc.collect()
gc.collect()
# The last ones may be taken for alive.
print(told.count("first agen"), 40 <= told.count("dead agen") <= 50, set(told) == {"first agen", "dead agen"})
for wrong in ({"firstiter": 1}, {"finalizer": "x"}):
    try:
        sys.set_asyncgen_hooks(**wrong)
    except TypeError as error:
        print(error)
sys.set_asyncgen_hooks(None, None)
print(sys.get_asyncgen_hooks() == (None, None))
