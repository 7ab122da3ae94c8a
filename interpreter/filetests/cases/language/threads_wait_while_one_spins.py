# test: run
"""Threads that wait for a time, a file or a lock go on although the one that runs never waits itself."""
import os
import threading
import time


def spin(seen):
    turns = 0
    while not seen:
        turns += 1
    return turns > 0


def sleeper(seen):
    time.sleep(0.02)
    seen.append("slept")


def reader(seen, number):
    first = os.read(number, 1)
    time.sleep(0.01)
    seen.append(first + os.read(number, 1))


def locker(seen, lock):
    seen.append(lock.acquire(timeout=0.02))


def run(function, *args):
    seen = []
    thread = threading.Thread(target=function, args=(seen, *args))
    thread.start()
    print(spin(seen), seen)
    thread.join()


run(sleeper)
source, target = os.pipe()
os.write(target, b"xy")
run(reader, source)
os.close(source)
os.close(target)
lock = threading.Lock()
with lock:
    run(locker, lock)

# The first thread waits with a time of its own, and is the one that goes on.
seen = []
threads = [threading.Thread(target=sleeper, args=(seen,)) for _ in range(3)]
for thread in threads:
    thread.start()
time.sleep(0.001)
while len(seen) < 3:
    pass
print(seen)
