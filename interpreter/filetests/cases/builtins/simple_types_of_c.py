# test: run
# The simple types of ctypes: sizes, and how values wrap.
import ctypes
import ctypes.util
from ctypes import c_long, sizeof

print(sizeof(c_long), sizeof(ctypes.c_int), sizeof(ctypes.c_char(b"a")), sizeof(ctypes.c_void_p), sizeof(ctypes.c_double))
for kind in (ctypes.c_byte, ctypes.c_ubyte, ctypes.c_short, ctypes.c_uint32, ctypes.c_int32, ctypes.c_uint64, c_long):
    print(kind.__name__, kind(2**63 + 200), kind(-1), kind().value, bool(kind(0)))
print(ctypes.c_float(0.1).value, ctypes.c_double(1), ctypes.c_bool(5), ctypes.c_char(65), ctypes.c_wchar("x"))
print(ctypes.c_char_p(b"ab").value, ctypes.c_void_p(), ctypes.c_void_p(7).value, ctypes.c_size_t is ctypes.c_ulong)
number = ctypes.c_int(3)
number.value += 2**31
print(number.value)
for wrong in (lambda: ctypes.c_int("x"), lambda: ctypes.c_double("x"), lambda: sizeof(3), lambda: ctypes.CDLL("no such library")):
    try:
        wrong()
    except (TypeError, OSError) as error:
        print(type(error).__name__)
