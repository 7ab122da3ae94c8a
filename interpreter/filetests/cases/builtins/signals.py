# test: run
import os
import signal
import time

print(signal.getsignal(signal.SIGINT) is signal.default_int_handler, signal.getsignal(signal.SIGTERM), signal.getsignal(signal.SIGPIPE))
def h(n, f):
    print("got", signal.Signals(n).name, f is not None)
print(signal.signal(signal.SIGUSR1, h))
os.kill(os.getpid(), signal.SIGUSR1)
signal.raise_signal(signal.SIGUSR1)
print(signal.getsignal(signal.SIGUSR1) is h)
class Timeout(Exception):
    pass
def ring(n, f):
    raise Timeout("late")
signal.signal(signal.SIGALRM, ring)
signal.setitimer(signal.ITIMER_REAL, 0.2)
try:
    while True:
        pass
except Timeout as e:
    print("timeout", e)
print(signal.alarm(100), signal.alarm(0))
n = 0
def tick(*a):
    global n
    n += 1
signal.signal(signal.SIGALRM, tick)
signal.setitimer(signal.ITIMER_REAL, 0.01, 0.01)
t = time.time()
while n < 5:
    time.sleep(0.01)
signal.setitimer(signal.ITIMER_REAL, 0)
print(n >= 5, time.time()-t < 2)
signal.signal(signal.SIGINT, lambda *a: print("int"))
os.kill(os.getpid(), signal.SIGINT)
signal.signal(signal.SIGINT, signal.default_int_handler)
try:
    os.kill(os.getpid(), signal.SIGINT)
    time.sleep(1)
except KeyboardInterrupt:
    print("KI")
signal.signal(signal.SIGUSR1, signal.SIG_IGN)
os.kill(os.getpid(), signal.SIGUSR1)
print("ignored", signal.getsignal(signal.SIGUSR1))
for bad in (0, 65):
    try:
        signal.signal(bad, h)
    except ValueError as e:
        print(e)
try:
    signal.signal(signal.SIGKILL, h)
except OSError as e:
    print(e)
try:
    signal.signal(signal.SIGTERM, 5)
except TypeError as e:
    print(e)
print(signal.strsignal(15), signal.strsignal(40), len(signal.valid_signals()))
os.umask(0o027)
print(oct(os.umask(0o022)))
os.kill(os.getpid(), 0)
try:
    os.kill(99999999, 0)
except ProcessLookupError:
    print("no process")
signal.signal(signal.SIGTERM, signal.SIG_DFL)
