# test: run
# stdin: first line
# stdin: 42
# stdin:  spaces kept
# stdin: é日
# stdin:
# stdin: rest one
# stdin: rest two
# input() and sys.stdin.
import sys
print(repr(input()))
print(int(input()) + 1)
print(repr(input("prompt> ")))
print(repr(input()))
print(repr(input()))
print(sys.stdin.readline() == "rest one\n", [line for line in sys.stdin])
try:
    input("at the end: ")
except EOFError as error:
    print()
    print(type(error).__name__, error)
print(repr(sys.stdin.read()))
