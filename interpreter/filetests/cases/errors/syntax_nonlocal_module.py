# test: run
# exit: 1
nonlocal x
