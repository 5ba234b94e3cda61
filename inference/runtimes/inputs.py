"""Checks of callers' inputs, refused with the field that is wrong."""

from collections.abc import Collection, Mapping

from inference.runtimes.base import Json, RuntimeRefusal
from inference.runtimes.config_file import is_number


def refuse_unknown(value: Mapping[str, Json], known: Collection[str], *, within: str = "") -> None:
    """Refuse fields that the signature does not have."""
    for name in value:
        if name not in known:
            raise RuntimeRefusal(f"{within}{name}"[:200], "This field is not known to the model.")


def read_texts(value: Mapping[str, Json], *, most: int, longest: int) -> list[str]:
    """Read ``texts``: a list of texts that can be encoded as UTF-8."""
    texts = value.get("texts")
    if not isinstance(texts, list) or not 0 < len(texts) <= most:
        raise RuntimeRefusal("texts", f"Give a list of 1 to {most} texts.")
    for place, text in enumerate(texts):
        check_text(text, field=f"texts.{place}", longest=longest)
    return list(texts)


def check_text(text: Json, *, field: str, longest: int) -> None:
    """Refuse what is not a text of 1 to ``longest`` encodable characters."""
    if not isinstance(text, str) or not 0 < len(text) <= longest:
        raise RuntimeRefusal(field, f"Give a text of 1 to {longest} characters.")
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        raise RuntimeRefusal(field, "The text holds half of a surrogate pair.") from None


def read_integer(value: Mapping[str, Json], name: str, low: int, high: int, default: int) -> int:
    """Read an optional whole number within bounds."""
    number = value.get(name, default)
    if not is_number(number) or number != int(number) or not low <= number <= high:
        raise RuntimeRefusal(name, f"Give a whole number from {low} to {high}.")
    return int(number)


def read_number(
    value: Mapping[str, Json], name: str, low: float, high: float, default: float
) -> float:
    """Read an optional number within bounds."""
    number = value.get(name, default)
    if not is_number(number) or not low <= number <= high:
        raise RuntimeRefusal(name, f"Give a number from {low:g} to {high:g}.")
    return float(number)
