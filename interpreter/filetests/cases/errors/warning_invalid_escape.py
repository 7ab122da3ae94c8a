# test: run
print(len("\d"))
