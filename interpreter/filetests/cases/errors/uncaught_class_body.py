# test: run
# exit: 1
class Broken:
    good = 1
    bad = good + undefined
