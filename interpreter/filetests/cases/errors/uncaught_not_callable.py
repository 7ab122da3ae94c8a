# test: run
# exit: 1
handlers = {"open": 5}
handlers["open"]("file")
