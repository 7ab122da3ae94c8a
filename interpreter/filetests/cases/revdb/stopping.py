# test: debug

class Queue:
    def __init__(self):
        self.items = []

    def push(self, n):
        self.items.append(n)
        return len(self.items)

    def drain(self, most):
        taken = 0
        while self.items and taken < most:
            self.items.pop()
            taken += 1
        return taken


def parse(text):
    try:
        return int(text)
    except ValueError:
        return -1


def fail(n):
    if n:
        return fail(n - 1)
    raise LookupError("nothing there")


queue = Queue()
for text in ["4", "x", "5", "6"]:
    queue.push(parse(text))
queue.drain(2)
try:
    fail(1)
except LookupError:
    print("failed")
