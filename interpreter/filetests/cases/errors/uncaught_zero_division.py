# test: run
# exit: 1
def ratio(a, b):
    return a / b * 100


print(ratio(1, 2))
print(ratio(1, 0))
