# test: run
assert (1 > 2, "message")
print("never fails")
