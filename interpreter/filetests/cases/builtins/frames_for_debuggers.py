# test: run
# What debuggers set on a frame object.
import sys
f=sys._getframe()
print(f.f_trace, f.f_trace_lines, f.f_trace_opcodes)
f.f_trace=len; f.f_trace_opcodes=True
print(f.f_trace, f.f_trace_opcodes)
del f.f_trace
print(f.f_trace)
try: f.f_trace_lines=1
except TypeError as e: print(e)
try: f.other=1
except AttributeError as e: print(e)
try: raise ValueError
except ValueError as e: print(e.__traceback__.tb_frame.f_trace)
