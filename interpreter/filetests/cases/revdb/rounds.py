# test: debug
def drain(queue):
    while queue:
        queue.pop()
    return queue


def main():
    for item in [1, 2]:
        total = item
    for item in range(2):
        if item:
            continue
        total = item
    squares = [
        item * item
        for item in range(2)
    ]
    drain([1, 2])
    return squares


main()
