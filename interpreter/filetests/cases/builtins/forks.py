# test: run
# configuration: nojit jit
"""Copies of the process: what is called around them, code that was compiled before and after, threads, exits."""
import os
import random
import sys
import threading


def hot(n):
    total = 0
    for i in range(n):
        total += i * 3 % 7
    return total


def say(*words):
    print(*words, flush=True)


def wait(pid):
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


say(hot(3000))
for name, bad in [("before", 3), ("after_in_child", "no")]:
    try:
        os.register_at_fork(**{name: bad})
    except TypeError as error:
        say(error)
try:
    os.register_at_fork()
except TypeError as error:
    say("nothing to call")

# Both go on compiling, each for itself.
read, write = os.pipe()
pid = os.fork()
if pid == 0:
    def child(n):
        found = []
        for i in range(n):
            found.append(i * i)
        return sum(found)
    os.write(write, f"{hot(6000)} {child(3000)} {os.getppid() != os.getpid()}".encode())
    os._exit(3)


def parent(n):
    found = {}
    for i in range(n):
        found[i % 97] = i
    return len(found)


say(parent(4000), hot(6000))
say(wait(pid), os.read(read, 100).decode())

# What was registered is called: before it in turn from the last, after it from the first.
for word in "ab":
    os.register_at_fork(
        before=lambda word=word: say("before", word),
        after_in_parent=lambda word=word: os.write(write, b"p" + word.encode()),
        after_in_child=lambda word=word: say("in child", word),
    )
pid = os.fork()
if pid == 0:
    os._exit(0)
say(wait(pid), os.read(read, 10))

# A copy may have threads, and ends as any program does.
pid = os.fork()
if pid == 0:
    thread = threading.Thread(target=lambda: say("thread", hot(2000)))
    thread.start()
    thread.join()
    sys.exit(5)
say(wait(pid))
pid = os.fork()
if pid == 0:
    sys.stderr = sys.stdout
    raise SystemExit("why")
say(wait(pid))

# Who forks in a thread is alone, and the first.
held = threading.Event()
other = threading.Thread(target=held.wait)
other.start()


def fork_here():
    pid = os.fork()
    if pid == 0:
        say(threading.active_count(), threading.current_thread() is threading.main_thread(), other.is_alive())
        return
    say("child of a thread", wait(pid))


thread = threading.Thread(target=fork_here)
thread.start()
thread.join()
held.set()
other.join()

# A copy draws other numbers.
pid = os.fork()
if pid == 0:
    os.write(write, str(random.random()).encode())
    os._exit(0)
wait(pid)
say(os.read(read, 100) != str(random.random()).encode())
