# test: run
# args: one --two=3 é
# sys.argv holds the script and its arguments.
import sys
print(len(sys.argv), sys.argv[1:], sys.argv[0].endswith("sys_argv.py"), type(sys.argv).__name__)
print(__name__, __file__.endswith("sys_argv.py"), sys.argv[0] == __file__)
