# test: run
# exit: 1
raise ExceptionGroup("several", [ValueError("one"), KeyError("two"), ExceptionGroup("inner", [TypeError("three")])])
