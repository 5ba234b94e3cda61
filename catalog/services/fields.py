"""Checks of what authors write; each finds problems that name their field."""

import re
from collections.abc import Iterable, Sequence

from django.core.exceptions import ValidationError
from django.db.models import Field, Model

from accounts.models.organization import slug_is_plain
from catalog.types import TASKS
from marketplace.core.errors import FieldProblem, InvalidInput

NUMBER = re.compile(r"[0-9A-Za-z][0-9A-Za-z.+_-]{0,31}")
LIKE_A_DIGEST = re.compile(r"[0-9a-f]{12,64}")
LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
MOST_TAGS = 12
MOST_LANGUAGES = 120


def refuse(problems: Iterable[FieldProblem]) -> None:
    """Raise ``InvalidInput`` if there is any problem."""
    found = list(problems)
    if found:
        raise InvalidInput(found)


def slug_problems(field: str, slug: str, *, longest: int) -> Iterable[FieldProblem]:
    """Yield what is wrong with a slug."""
    if len(slug) > longest:
        yield FieldProblem(field, f"At most {longest} characters.", "too_long")
    try:
        slug_is_plain(slug)
    except ValidationError as error:
        yield FieldProblem(field, error.messages[0], "slug")


def text_problems(model: type[Model], texts: dict[str, object]) -> Iterable[FieldProblem]:
    """Yield what is wrong with texts, by the lengths of the model's fields."""
    for name, value in texts.items():
        if not isinstance(value, str):
            yield FieldProblem(name, "This must be text.", "type")
            continue
        field: Field[str, str] = model._meta.get_field(name)  # type: ignore[assignment]
        if "\x00" in value:
            yield FieldProblem(name, "No null characters, please.", "null_character")
        if field.max_length and len(value) > field.max_length:
            yield FieldProblem(name, f"At most {field.max_length} characters.", "too_long")
        if not field.blank and not value.strip():
            yield FieldProblem(name, "This is needed.", "required")


def task_problems(task: str) -> Iterable[FieldProblem]:
    """Yield what is wrong with a task."""
    if task not in TASKS:
        allowed = ", ".join(TASKS)
        yield FieldProblem("task", f"{task!r} is not a task; choose of {allowed}.", "choice")


def tag_problems(tags: Sequence[str]) -> Iterable[FieldProblem]:
    """Yield what is wrong with tags."""
    if len(set(tags)) > MOST_TAGS:
        yield FieldProblem("tags", f"At most {MOST_TAGS} tags.", "too_many")
    for tag in tags:
        for problem in slug_problems("tags", tag, longest=40):
            yield FieldProblem("tags", f"{tag[:40]!r}: {problem.message}", problem.code)


def language_problems(languages: Sequence[str]) -> Iterable[FieldProblem]:
    """Yield what is wrong with language codes (BCP 47, such as ``en`` or ``pt-BR``)."""
    if len(languages) > MOST_LANGUAGES:
        yield FieldProblem("languages", f"At most {MOST_LANGUAGES} languages.", "too_many")
    for language in languages:
        if not LANGUAGE.fullmatch(language):
            message = f"{language[:40]!r} is not like 'en' or 'pt-BR'."
            yield FieldProblem("languages", message, "language")


def number_problems(number: str) -> Iterable[FieldProblem]:
    """Yield what is wrong with a version number."""
    if not NUMBER.fullmatch(number):
        message = "Up to 32 letters, digits, dots, pluses, hyphens: such as 1.0.0."
        yield FieldProblem("number", message)
    elif LIKE_A_DIGEST.fullmatch(number):
        yield FieldProblem("number", "This could be mistaken for a digest; try 1.0.0.")
