"""Values and names as DuckDB reads them in SQL."""


def literal(text):
    """A text; quotes inside it are doubled."""
    return "'" + text.replace("'", "''") + "'"


def identifier(name):
    """The name of a column or table; quotes inside it are doubled."""
    return '"' + name.replace('"', '""') + '"'


def literals(texts):
    """Texts as the right side of `in`; there must be one."""
    return "(" + ", ".join(map(literal, texts)) + ")"
