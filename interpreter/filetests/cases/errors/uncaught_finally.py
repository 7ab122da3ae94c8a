# test: run
# exit: 1
def work():
    try:
        raise ValueError("original")
    finally:
        print("cleaning up")


work()
