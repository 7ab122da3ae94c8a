# test: run
# exit: 0
import sys

try:
    sys.exit()
finally:
    print("finally")
