# test: debug
import sys
import _threads

# Turns end where threads wait, and nowhere else.
sys.setswitchinterval(1000)
MAIN = _threads.first()
seen = []


def work(name):
    seen.append(name)
    hand_over(MAIN)
    seen.append(name * 2)
    _threads.unpark(MAIN)


def hand_over(thread):
    _threads.unpark(thread)
    _threads.park(None)


one = _threads.start(lambda: work("one"))
_threads.park(None)
two = _threads.start(lambda: work("two"))
_threads.park(None)
hand_over(one)
hand_over(two)
seen.append("end")
