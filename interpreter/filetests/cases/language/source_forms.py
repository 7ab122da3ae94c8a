# test: run
# Odd but legal forms of source text.
if True:
	tab_indented = 1
	if tab_indented:
		deeper = 2
x = 1;y = 2 ; z = 3;
class Empty: pass
def one_liner(): return 1
for i in range(2): print(i, end=" ");
print()
if x: y = 5; z = 6
else: y = 7
print(x, y, z, tab_indented, deeper, one_liner())

   # an indented comment between statements
def f():
    # only a comment, then a statement

    return 1  # trailing comment

# comment at a lower level inside a block
    print("unreachable")
print(f())
value = (1 +  # comment inside
         # a line of its own

         2)
total = 1 \
    + 2 \
    + 3
text = "joined " \
       'by ' """juxta""" \
       r'position'
print(value, total, text)
𝐛𝐨𝐥𝐝 = "normalised"
print(bold, "ﬁ" == "fi")
ﬁeld = 3
print(field)
class Ünï:
    ß = 1
print(Ünï.ß)
a=b=c=1
a,b,=2,3
(d),[e]=4,[5]
print(a,b,c,d,e)
print(*[1],sep='')
assert(True)
del(a)
lambda_ = lambda*args,**kw:(args,kw)
print(lambda_(1,k=2))
type = 5
match = type
case = match
print(type, match, case)
_ = __ = ___ = 0
print(0xFf, 0B1, 0O7, 1E3, 1J, 1_0, .5, 5., 0_0)
def g(a, /, b, *, c): return a, b, c
print(g(1, b=2, c=3))
while 0: pass
else: print("else of a loop that never ran")
try: pass
finally: print("finally on one line")
with open(__file__) as source: first = source.readline()
print(first.strip())
if (
    True
    and
    not False
): print("parenthesised condition")
