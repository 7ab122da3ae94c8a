"""Parsers of XML with handlers, as `xml.parsers.expat` has them."""

import sys as _sys
from _pyexpat import XMLParserType, create as _create, set_error as _set_error

# The version whose behaviour this is.
EXPAT_VERSION = "expat_2.7.1"
version_info = (2, 7, 1)
native_encoding = "UTF-8"
features = [("sizeof(XML_Char)", 1), ("sizeof(XML_LChar)", 1), ("XML_DTD", 0), ("XML_CONTEXT_BYTES", 1024),
            ("XML_NS", 0), ("XML_BLAP_MAX_AMP", 100), ("XML_BLAP_ACT_THRES", 8388608), ("XML_GE", 0)]
XML_PARAM_ENTITY_PARSING_NEVER = 0
XML_PARAM_ENTITY_PARSING_UNLESS_STANDALONE = 1
XML_PARAM_ENTITY_PARSING_ALWAYS = 2

# Names and messages, by number from 1.
_ERRORS = """\
XML_ERROR_NO_MEMORY out of memory
XML_ERROR_SYNTAX syntax error
XML_ERROR_NO_ELEMENTS no element found
XML_ERROR_INVALID_TOKEN not well-formed (invalid token)
XML_ERROR_UNCLOSED_TOKEN unclosed token
XML_ERROR_PARTIAL_CHAR partial character
XML_ERROR_TAG_MISMATCH mismatched tag
XML_ERROR_DUPLICATE_ATTRIBUTE duplicate attribute
XML_ERROR_JUNK_AFTER_DOC_ELEMENT junk after document element
XML_ERROR_PARAM_ENTITY_REF illegal parameter entity reference
XML_ERROR_UNDEFINED_ENTITY undefined entity
XML_ERROR_RECURSIVE_ENTITY_REF recursive entity reference
XML_ERROR_ASYNC_ENTITY asynchronous entity
XML_ERROR_BAD_CHAR_REF reference to invalid character number
XML_ERROR_BINARY_ENTITY_REF reference to binary entity
XML_ERROR_ATTRIBUTE_EXTERNAL_ENTITY_REF reference to external entity in attribute
XML_ERROR_MISPLACED_XML_PI XML or text declaration not at start of entity
XML_ERROR_UNKNOWN_ENCODING unknown encoding
XML_ERROR_INCORRECT_ENCODING encoding specified in XML declaration is incorrect
XML_ERROR_UNCLOSED_CDATA_SECTION unclosed CDATA section
XML_ERROR_EXTERNAL_ENTITY_HANDLING error in processing external entity reference
XML_ERROR_NOT_STANDALONE document is not standalone
XML_ERROR_UNEXPECTED_STATE unexpected parser state - please send a bug report
XML_ERROR_ENTITY_DECLARED_IN_PE entity declared in parameter entity
XML_ERROR_FEATURE_REQUIRES_XML_DTD requested feature requires XML_DTD support in Expat
XML_ERROR_CANT_CHANGE_FEATURE_ONCE_PARSING cannot change setting once parsing has begun
XML_ERROR_UNBOUND_PREFIX unbound prefix
XML_ERROR_UNDECLARING_PREFIX must not undeclare prefix
XML_ERROR_INCOMPLETE_PE incomplete markup in parameter entity
XML_ERROR_XML_DECL XML declaration not well-formed
XML_ERROR_TEXT_DECL text declaration not well-formed
XML_ERROR_PUBLICID illegal character(s) in public id
XML_ERROR_SUSPENDED parser suspended
XML_ERROR_NOT_SUSPENDED parser not suspended
XML_ERROR_ABORTED parsing aborted
XML_ERROR_FINISHED parsing finished
XML_ERROR_SUSPEND_PE cannot suspend in external parameter entity
XML_ERROR_RESERVED_PREFIX_XML reserved prefix (xml) must not be undeclared or bound to another namespace name
XML_ERROR_RESERVED_PREFIX_XMLNS reserved prefix (xmlns) must not be declared or undeclared
XML_ERROR_RESERVED_NAMESPACE_URI prefix must not be bound to one of the reserved namespace names
XML_ERROR_INVALID_ARGUMENT invalid argument
XML_ERROR_NO_BUFFER a successful prior call to function XML_GetBuffer is required
XML_ERROR_AMPLIFICATION_LIMIT_BREACH limit on input amplification factor (from DTD and entities) breached
XML_ERROR_NOT_STARTED parser not started
"""


def _submodule(name, doc):
    module = type(_sys)("pyexpat." + name, doc)
    _sys.modules[module.__name__] = module
    return module


errors = _submodule("errors", "Constants used to describe error conditions.")
errors.codes = {}
errors.messages = {}
for _number, _line in enumerate(_ERRORS.splitlines(), 1):
    _name, _, _message = _line.partition(" ")
    setattr(errors, _name, _message)
    errors.codes[_message] = _number
    errors.messages[_number] = _message

model = _submodule("model", "Constants used to interpret content model information.")
for _number, _name in enumerate(("EMPTY", "ANY", "MIXED", "NAME", "CHOICE", "SEQ"), 1):
    setattr(model, "XML_CTYPE_" + _name, _number)
for _number, _name in enumerate(("NONE", "OPT", "REP", "PLUS")):
    setattr(model, "XML_CQUANT_" + _name, _number)
del _number, _name, _line, _message


def ErrorString(code, /):
    """The message that belongs to an error's number."""
    return errors.messages.get(code)


class ExpatError(Exception):
    pass


ExpatError.__module__ = "xml.parsers.expat"
error = ExpatError


def _made(code, line, column):
    made = ExpatError(f"{ErrorString(code)}: line {line}, column {column}")
    made.code, made.offset, made.lineno = code, column, line
    return made


_set_error(_made)


def ParserCreate(encoding=None, namespace_separator=None, intern=...):
    """A new parser. With a separator it puts namespaces in front of names; names are looked up in `intern`."""
    return _create(encoding, namespace_separator, {} if intern is ... else intern)
