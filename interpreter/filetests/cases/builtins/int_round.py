# test: run
# round() of integers to tens, half to even; no change otherwise.
for value in (0, 5, 15, 25, 35, -5, -15, -25, 14, 16, 149, 150, 151, 250, 350, 12345, -12345, 10**20 + 5 * 10**9):
    print(value, [round(value, -digits) for digits in (0, 1, 2, 3, 10)], round(value), round(value, 2), type(round(value)))
print(round(True), type(round(True)), round(5, None))
try:
    round(5, "1")
except TypeError as error:
    print(error)
