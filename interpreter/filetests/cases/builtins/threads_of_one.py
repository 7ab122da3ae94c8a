# test: run
"""What stands ready for programs that could use threads, used by the only one there is."""
import concurrent.futures
import threading
from concurrent.futures import ThreadPoolExecutor

called = []
barrier = threading.Barrier(1, action=lambda: called.append("action"))
print(barrier.wait(), barrier.parties, barrier.n_waiting, barrier.broken, called)
barrier.abort()
try:
    barrier.wait()
except threading.BrokenBarrierError as error:
    print(type(error).__mro__[1].__name__, barrier.broken)
barrier.reset()
print(barrier.wait(), called)

timer = threading.Timer(10, called.append, ["timer"])
timer.cancel()
print(timer.finished.is_set(), timer.is_alive())

condition = threading.Condition()
with condition:
    condition.notify_all()

pool = ThreadPoolExecutor(max_workers=1)
pool.shutdown()
try:
    pool.submit(print)
except RuntimeError as error:
    print(error)
print(concurrent.futures.ThreadPoolExecutor is ThreadPoolExecutor)
