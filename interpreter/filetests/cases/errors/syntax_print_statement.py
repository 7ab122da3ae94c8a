# test: run
# exit: 1
print "hello"
