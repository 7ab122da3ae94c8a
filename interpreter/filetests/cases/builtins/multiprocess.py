# test: run
# configuration: nojit
# target: x86_64
# It starts processes and threads in number: collecting at every safepoint or emulated, that takes minutes.
"""multiprocessing by copies of the process: pools, queues, pipes, locks, events, managers."""
import gc
import multiprocessing as mp
import os
from concurrent.futures import ProcessPoolExecutor
from multiprocessing.pool import ThreadPool


def square(x):
    return x * x


def fail(x):
    raise ValueError(f"not {x}")


def put(queue, count):
    for i in range(count):
        queue.put((i, "text"))


def answer(connection, lock, done):
    with lock:
        connection.send([connection.recv() + 1, {1: 2}])
    done.set()


def add(box, name, lock):
    for _ in range(5):
        with lock:
            box[name] = box.get(name, 0) + 1


def main():
    with ThreadPool(3) as pool:
        print(sum(pool.imap(square, range(100), 7)))
    for method in ["fork"]:
        context = mp.get_context(method)
        with context.Pool(2) as pool:
            print(method, pool.map(square, range(10)), sum(pool.imap_unordered(square, range(100), 10)))
            try:
                pool.apply(fail, (3,))
            except ValueError as error:
                print(repr(error))
        queue = context.Queue()
        process = context.Process(target=put, args=(queue, 3))
        process.start()
        print([queue.get() for _ in range(3)])
        process.join()
        ours, theirs = context.Pipe()
        done = context.Event()
        held = context.Lock()
        process = context.Process(target=answer, args=(theirs, held, done), name="answering")
        process.start()
        ours.send(41)
        print(ours.recv(), process.name, process.pid != os.getpid())
        process.join()
        print(done.is_set(), process.exitcode, process.is_alive())
    lock = context.Lock()
    print(lock.acquire(), lock.acquire(False), lock.acquire(timeout=0.01), lock.release())
    again = context.RLock()
    print(again.acquire(), again.acquire(), again.release(), again.release())
    try:
        again.release()
    except AssertionError as error:
        print(error)
    bounded = context.BoundedSemaphore(1)
    try:
        bounded.release()
    except ValueError as error:
        print(error)
    context = mp.get_context("fork")
    with context.Manager() as manager:
        box, lock = manager.dict(), context.Lock()
        all = [context.Process(target=add, args=(box, name, lock)) for name in "aab"]
        for process in all:
            process.start()
        for process in all:
            process.join()
        print(sorted(box.items()))
    with ProcessPoolExecutor(2, mp_context=context) as executor:
        print(list(executor.map(square, range(5))), executor.submit(square, 9).result())
    # Its callback takes a lock that the end of the program takes too: an executor that goes just then is what
    # concurrent.futures does not expect.
    del executor
    gc.collect()
    process = context.Process(target=os._exit, args=(7,))
    process.start()
    process.join()
    print(process.exitcode)


if __name__ == "__main__":
    main()
