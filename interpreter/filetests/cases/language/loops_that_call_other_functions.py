# test: run
"""Loops that call what they are given, here and there: a closure first, and when they are compiled a
function without one, which the way into the loop's body must not ask for its cells."""


def counter(start):
    count = start

    def add(number):
        return count + number

    return add


def spin(rounds):
    for _ in range(rounds):
        pass


def plain(number):
    return number * 2


def drive(function, rounds, wanted):
    total = 0
    for number in range(rounds):
        spin(3)
        if number % 3 == wanted:
            total += function(number)
        else:
            total += 1
    return total


for function in (counter(1), counter(2), plain, counter(3)):
    for wanted in (0, 1, 7, 2):
        print(drive(function, 300, wanted))
for wanted in (7, 7, 0, 7):
    print(drive(plain, 300, wanted))
