# test: run
# exit: 1
name = f"hello {}"
