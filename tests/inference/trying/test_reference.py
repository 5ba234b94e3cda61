"""A schema as rows of a table."""

from inference.trying.reference import schema_rows

SCHEMA = {
    "properties": {
        "messages": {
            "type": "array",
            "minItems": 1,
            "maxItems": 200,
            "items": {
                "properties": {
                    "role": {"enum": ["system", "user"]},
                    "content": {"type": "string", "minLength": 1, "maxLength": 64_000},
                },
                "required": ["role"],
            },
        },
        "seed": {"type": "integer", "minimum": 0, "maximum": 2**53 - 1},
        "top_p": {"type": "number", "minimum": 0.001, "maximum": 1, "default": 1.0},
        "stop": {},
    },
    "required": ["messages"],
}


def test_bounds_are_said_for_people():
    rows = {row.path: row for row in schema_rows(SCHEMA)}

    assert rows["messages"].bounds == "at least 1 item; at most 200 items"
    assert rows["messages[].content"].bounds == "at least 1 character; at most 64,000 characters"
    assert rows["messages[].role"].bounds == "one of system, user"
    assert rows["seed"].bounds == "at least 0"
    assert rows["top_p"].bounds == "at least 0.001; at most 1"


def test_types_defaults_and_what_is_required():
    rows = {row.path: (row.types, row.default, row.is_required) for row in schema_rows(SCHEMA)}

    assert rows == {
        "messages": ("array", "", True),
        "messages[].role": ("string", "", True),
        "messages[].content": ("string", "", False),
        "seed": ("integer", "", False),
        "top_p": ("number", "1.0", False),
        "stop": ("any", "", False),
    }
