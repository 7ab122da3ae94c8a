# test: run
import csv
import io
rows = [["a", "b,c", 'd"e', "f\ng", "", None, 1, 2.5], [" x", "y "], [""], ["1", "2"]]
for kw in [{}, {"quoting": csv.QUOTE_ALL}, {"quoting": csv.QUOTE_NONNUMERIC}, {"delimiter": ";", "lineterminator": "\n"}, {"doublequote": False, "escapechar": "\\"}, {"quoting": csv.QUOTE_NONE, "escapechar": "\\"}, {"quotechar": "'"}]:
    out = io.StringIO(newline="")
    w = csv.writer(out, **kw)
    for r in rows:
        try: print(w.writerow(r), end=" ")
        except csv.Error as e: print(e)
    text = out.getvalue(); print(repr(text))
    try: print(list(csv.reader(io.StringIO(text, newline=""), **kw)))
    except (csv.Error, ValueError) as e: print(type(e), e)
for t in ['a,b\r\nc,d', '"a""b",c', 'a, b', '"x', 'a"b,c', '"a"b,c', '\n\na', 'a\\,b', '"a\nb",c\n', "", "a,,b,", '"a",']:
    for kw in [{}, {"strict": True}, {"skipinitialspace": True}, {"escapechar": "\\"}]:
        try: print(list(csv.reader(t.splitlines(True), **kw)))
        except csv.Error as e: print(e)
d = csv.DictReader(io.StringIO("x,y\n1,2\n3\n4,5,6\n")); print(list(d), d.fieldnames)
o = io.StringIO(); w = csv.DictWriter(o, ["a", "b"]); w.writeheader(); w.writerow({"a": 1, "b": 2}); print(repr(o.getvalue()))
print(csv.list_dialects(), csv.Sniffer().sniff("a;b;c\n1;2;3\n").delimiter, csv.Sniffer().has_header("name,age\nbob,5\n"))
try: csv.writer(io.StringIO()).writerow(5)
except csv.Error as e: print(e)
csv.register_dialect("pipe", delimiter="|"); print(next(csv.reader(["a|b"], "pipe")))
