# test: run
# configuration: nojit
# target: x86_64
# Under an emulator the programs that it starts are not the target's.
"""multiprocessing by processes that are started anew, alone or by a server: pools, queues, pipes, events."""
import multiprocessing as mp
import os


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


def main():
    print(sorted(mp.get_all_start_methods()))
    for method in ["spawn", "forkserver"]:
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


if __name__ == "__main__":
    main()
