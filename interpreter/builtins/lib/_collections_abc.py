"""The abstract base classes of containers under the name by which the library knows them."""

import sys
import collections.abc as _abc

_abc._check_methods = _abc._has
sys.modules[__name__] = _abc
