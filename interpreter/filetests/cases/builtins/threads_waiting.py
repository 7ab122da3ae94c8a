# test: run
"""Threads that wait for the system while others run: for files, time, children and signals."""
import gc
import os
import signal
import socket
import subprocess
import threading
import time


# Kept: a signal below is not to come while callbacks of weak references to them run.
started = []


def start(function, *args):
    thread = threading.Thread(target=function, args=args)
    started.append(thread)
    thread.start()
    return thread


# A server and its clients.
server = socket.create_server(("127.0.0.1", 0))


def serve(count):
    for _ in range(count):
        connection, _ = server.accept()
        start(answer, connection)


def answer(connection):
    with connection, connection.makefile("rwb") as file:
        for line in file:
            file.write(line.upper())
            file.flush()


def ask(words, answers):
    with socket.create_connection(server.getsockname()) as connection, connection.makefile("rw") as file:
        for word in words:
            print(word, file=file, flush=True)
            answers.append(file.readline().strip())


answers = [[], []]
threads = [start(serve, 2), start(ask, ["one", "two"], answers[0]), start(ask, ["three"], answers[1])]
for thread in threads:
    thread.join()
server.close()
print(answers)

# A pipe.
reading, writing = os.pipe()
lines = []


def read():
    with open(reading) as file:
        lines.extend(file)


reader = start(read)
for number in range(3):
    time.sleep(0.001)
    os.write(writing, b"line %d\n" % number)
os.close(writing)
reader.join()
print(lines)

# Time: the order in which they wake.
order = []


def sleep(seconds, name):
    time.sleep(seconds)
    order.append(name)


for thread in [start(sleep, 0.5, "last"), start(sleep, 0.01, "first"), start(sleep, 0.25, "second")]:
    thread.join()
print(order)
event = threading.Event()
began = time.monotonic()
print(event.wait(0.02), time.monotonic() - began >= 0.02)

# A child.
counted = 0


def count():
    global counted
    while not event.is_set():
        counted += 1
        time.sleep(0.001)


counter = start(count)
child = subprocess.run(["/bin/sh", "-c", "sleep .05; echo child"], capture_output=True)
event.set()
counter.join()
print(child.stdout, counted > 0)

# A signal is the main thread's, whoever runs.
seen = []
signal.signal(signal.SIGUSR1, lambda *_: seen.append(threading.current_thread() is threading.main_thread()))


def kill_and_spin():
    os.kill(os.getpid(), signal.SIGUSR1)
    while not seen:
        pass


spinner = start(kill_and_spin)
spinner.join()
print(seen)
waiting = threading.Event()
is_waiting = False


def interrupt():
    while not is_waiting:
        time.sleep(0.001)
    os.kill(os.getpid(), signal.SIGINT)


# Nothing is left whose finalizer, run meanwhile, would be interrupted in place of the waiting.
gc.collect()
try:
    start(interrupt)
    is_waiting = True
    waiting.wait(60)
except KeyboardInterrupt:
    print("interrupted")
