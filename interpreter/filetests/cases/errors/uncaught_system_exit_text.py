# test: run
# exit: 1
import sys

print("leaving")
sys.exit("message on the way out")
