# test: run
# Division of integers is correctly rounded, also where both are big.
print(7 / 2, -7 / 2, 1 / 3, 2 / 3, 10 / 5, 0 / 5, -0 / 5)
print(10**20 / 3, 10**400 / 10**399, (10**400 + 1) / 10**400, 1 / 10**300, -1 / 10**320)
print((2**53 + 1) / 1, (2**53 + 1) / 2, (2**54 + 3) / 2, 2**1000 / 2**990, 3**700 / 3**699)
print(1 / 2**1074, 1 / 2**1075, 3 / 2**1075, (2**60 + 1) / 2**60, (2**63 - 1) / (2**63))
for a, b in ((10**400, 1), (2**1024, 1), (-(10**309), 1)):
    try:
        print(a / b)
    except OverflowError as error:
        print(type(error).__name__, error)
try:
    1 / 0
except ZeroDivisionError as error:
    print(type(error).__name__)
print((2**1024 - 2**971) / 1, (2**1024 - 2**970 - 1) / 1)
print(True / 2, 3 / True)
