# test: run
# exit: 1
from sys import no_such_function
