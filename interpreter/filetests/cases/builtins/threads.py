# test: run
"""Threads: what they share, what each has for itself, and how they end."""
import contextvars
import decimal
import sys
import threading
import _thread
from concurrent.futures import ThreadPoolExecutor
from queue import Queue


def run(*tasks):
    threads = [threading.Thread(target=task) for task in tasks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return threads


# Results, and a lock around what takes more than one step.
total, lock = 0, threading.Lock()


def add():
    global total
    for _ in range(3000):
        with lock:
            before = total
            total = before + 1


run(add, add, add, add)
print("total", total, lock.locked())

# A lock that its holder takes again, and one that is released by another thread.
again = threading.RLock()
with again:
    with again:
        print("again", again._is_owned(), again._recursion_count())
        run(lambda: print("other", again.acquire(blocking=False), again._is_owned()))
try:
    again.release()
except RuntimeError as error:
    print("error", error)
gate = _thread.allocate_lock()
gate.acquire()
run(gate.release)
print("gate", gate.locked())
print("late", gate.acquire() and gate.acquire(timeout=0.01))

# A condition, an event, a semaphore, a barrier.
items, condition = [], threading.Condition()


def consume():
    with condition:
        while len(items) < 3:
            condition.wait()
        print("items", items)


def produce():
    for item in range(3):
        with condition:
            items.append(item)
            condition.notify_all()


run(consume, produce)
event = threading.Event()
run(lambda: print("event", event.wait(10)), event.set)
semaphore = threading.BoundedSemaphore(2)
inside, most = 0, 0


def enter():
    global inside, most
    for _ in range(50):
        with semaphore:
            inside += 1
            most = max(most, inside)
            inside -= 1


run(enter, enter, enter)
print("most", most <= 2, inside)
barrier = threading.Barrier(3)
numbers = []
run(*[lambda: numbers.append(barrier.wait())] * 3)
print("barrier", sorted(numbers))

# Queues.
queue, results = Queue(2), Queue()


def work():
    while (item := queue.get()) is not None:
        results.put(item * item)


def feed():
    for item in range(20):
        queue.put(item)
    for _ in range(3):
        queue.put(None)


run(work, work, work, feed)
print("squares", sorted(results.get() for _ in range(20)))

# What each thread has for itself.
own = threading.local()
own.value = "main"


class Counted(threading.local):
    made = 0

    def __init__(self, start):
        Counted.made += 1
        self.value = start


counted = Counted(5)


def use_own():
    try:
        own.value
    except AttributeError as error:
        seen = type(error).__name__
    own.value = threading.current_thread().name
    for _ in range(1000):
        counted.value += 1
    print(seen, own.value.startswith("Thread-"), counted.value)


run(use_own)
run(use_own)
print("main", own.value, counted.value, Counted.made, sorted(vars(own)))

variable = contextvars.ContextVar("variable", default="none")
variable.set("main")


def use_context():
    print("context", variable.get(), decimal.getcontext().prec)
    variable.set("other")
    decimal.getcontext().prec = 7
    print("context", variable.get(), decimal.Decimal(1) / 7)


decimal.getcontext().prec = 5
run(use_context)
print("context", variable.get(), decimal.Decimal(1) / 7)
try:
    raise ValueError("handled here")
except ValueError:
    run(lambda: print("handled", sys.exc_info()[0]))
    print("handled", sys.exc_info()[1])


# How threads end.
def fail():
    raise LookupError("of a thread")


threading.excepthook = lambda args: print("hook", args.exc_type.__name__, args.exc_value, args.thread.name)
thread = threading.Thread(target=fail, name="failing")
thread.start()
thread.join()
print(thread.is_alive(), thread.name)
exits = threading.Thread(target=sys.exit, name="exiting")
exits.start()
exits.join()
try:
    thread.start()
except RuntimeError as error:
    print("error", error)
try:
    threading.current_thread().join()
except RuntimeError as error:
    print("error", error)
try:
    threading.Thread(target=print).join()
except RuntimeError as error:
    print("error", error)


def deep(count):
    return count and 1 + deep(count - 1)


def too_deep():
    try:
        deep(10**6)
    except RecursionError:
        print("too deep", deep(300))


run(too_deep)

# A generator is one thread's at a time, or none's.
def numbers_of(count):
    yield from range(count)


shared, taken, turn = numbers_of(3000), [], threading.Lock()


def take():
    while True:
        with turn:
            item = next(shared, None)
        if item is None:
            return
        taken.append(item)


run(take, take, take)
print("taken", sorted(taken) == list(range(3000)))

with ThreadPoolExecutor(3) as pool:
    print("pool", list(pool.map(lambda x: x + 1, range(6))))
    failed = pool.submit(lambda: 1 // 0)
    print("pool", type(failed.exception()).__name__)
print("threads", threading.active_count(), threading.current_thread() is threading.main_thread())
print("idents", len({thread.ident for thread in run(*[int] * 5)}), _thread._count())


def wait_for_ever():
    threading.Event().wait()


threading.Thread(target=wait_for_ever, daemon=True).start()
threading.Thread(target=lambda: (threading.main_thread().join(), print("after main"))).start()
print("end of main")
