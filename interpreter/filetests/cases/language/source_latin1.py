# test: run
# -*- coding: latin-1 -*-
# A source file that is not in UTF-8 says so in its second line.
text = "café and plain"
print(text, len(text))
