# test: debug
def work(numbers):
    total = 0
    for number in numbers:
        total += number
    return total


class Log:
    def __init__(self):
        self.lines = []

    def __repr__(self):
        self.lines.append("shown")
        return f"<{len(self.lines)} lines>"


log = Log()
numbers = [1, 2, 3]
print(work(numbers))
numbers.append(4)
print(work(numbers), len(log.lines))
