# test: run
# exit: 1
def f():
    print(counter)
    global counter
