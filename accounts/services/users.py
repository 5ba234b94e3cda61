"""People, as the operator looks after them."""

from django.db import transaction

from accounts.models import User
from accounts.services import audit
from marketplace.core.errors import FieldProblem, Forbidden, InvalidInput

FLAGS = ("is_active", "is_staff", "is_superuser")


@transaction.atomic
def update_user(
    *,
    operator: User,
    user: User,
    name: str | None = None,
    is_active: bool | None = None,
    is_staff: bool | None = None,
    is_superuser: bool | None = None,
) -> User:
    """Change a person's name or rights on the platform; what is ``None`` stays.

    Raises ``Forbidden`` unless a superuser does it, and ``InvalidInput`` for somebody who would
    lock himself out.
    """
    if not (operator.is_active and operator.is_superuser):
        raise Forbidden(reason="Only a superuser changes what people may do here.")
    locked = User.objects.select_for_update().get(pk=user.pk)
    wanted = dict(zip(FLAGS, (is_active, is_staff, is_superuser), strict=True))
    wanted_all: dict[str, str | bool | None] = {**wanted, "name": name}
    changed = {
        field: value
        for field, value in wanted_all.items()
        if value is not None and value != getattr(locked, field)
    }
    if locked.pk == operator.pk and set(changed) & set(FLAGS):
        raise InvalidInput([FieldProblem("is_active", "Ask another superuser to change yours.")])
    before = {field: getattr(locked, field) for field in changed}
    for field, value in changed.items():
        setattr(locked, field, value)
    if changed:
        locked.save(update_fields=[*changed, "updated_at"])
        audit.record_of_operator(
            "user.update", operator=operator, target=locked, before=before, after=changed
        )
    return locked
