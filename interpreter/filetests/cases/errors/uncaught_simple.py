# test: run
# exit: 1
print("before")
x = {}
x["missing"]
print("after")
