"""The one family of expected refusals; doors translate it, nobody swallows it."""

from enum import StrEnum
from typing import Any, ClassVar


class Fault(StrEnum):
    """Who has to act for the next try to succeed."""

    CALLER = "caller"
    AUTHOR = "author"
    PLATFORM = "platform"


class DomainError(Exception):
    """A refusal with a stable dotted code, a status, and data that fills its message.

    Subclasses set ``code``, ``status``, ``title`` and ``message`` (a format string over
    the keyword arguments given at the raise).
    """

    code: ClassVar[str] = "error"
    status: ClassVar[int] = 400
    fault: ClassVar[Fault] = Fault.CALLER
    title: ClassVar[str] = "The request was refused"
    message: ClassVar[str] = "The request was refused."

    def __init__(self, *, retry_after: int | None = None, **data: Any) -> None:
        self.data = data
        self.retry_after = retry_after
        super().__init__(self.message.format_map(data))

    @property
    def detail(self) -> str:
        """The sentence shown to the caller: what was wrong and what would be right."""
        return str(self)


class FieldProblem:
    """One wrong field of a request, named by its path (``input.messages.0.role``)."""

    def __init__(self, field: str, message: str, code: str = "invalid") -> None:
        self.field = field
        self.message = message
        self.code = code

    def as_dict(self) -> dict[str, str]:
        """Return the form used in ``errors`` of a problem document."""
        return {"field": self.field, "code": self.code, "message": self.message}


class InvalidInput(DomainError):
    """Fields of the request are wrong; ``problems`` names each of them."""

    code = "request.invalid"
    status = 422
    title = "Some fields are not valid"
    message = "{summary}"

    def __init__(self, problems: list[FieldProblem]) -> None:
        self.problems = problems
        summary = "; ".join(f"{problem.field}: {problem.message}" for problem in problems)
        super().__init__(summary=summary)


class NotFound(DomainError):
    """The thing does not exist, or the caller may not know that it does."""

    code = "request.not_found"
    status = 404
    title = "Not found"
    message = "There is no {kind} here, or it is not yours to see."


class Forbidden(DomainError):
    """The caller is known, and may not do this."""

    code = "request.forbidden"
    status = 403
    title = "Not allowed"
    message = "{reason}"


class Conflict(DomainError):
    """The thing is not in a state in which this can be done."""

    code = "request.conflict"
    status = 409
    title = "Not possible in the present state"
    message = "{reason}"
