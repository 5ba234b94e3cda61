"""Rows that say the same for ever."""

from collections.abc import Iterable
from typing import Any, ClassVar

from django.db import models

from accounts.models.tenancy import TenantManager, TenantQuerySet
from catalog.errors import ImmutableContent


class ImmutableQuerySet(TenantQuerySet):
    """A queryset that refuses updates of content."""

    def update(self, **values: Any) -> int:
        refuse_content(self.model, values)
        return super().update(**values)


class ImmutableManager(TenantManager[Any]):
    """Makes immutable querysets."""

    def get_queryset(self) -> ImmutableQuerySet:
        return ImmutableQuerySet(self.model, using=self._db)


class ImmutableModel(models.Model):
    """A row whose ``CONTENT`` (attribute names) never changes after it was written."""

    CONTENT: ClassVar[tuple[str, ...]] = ()

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            self._refuse_changes(kwargs.get("update_fields"))
        super().save(*args, **kwargs)

    def _refuse_changes(self, update_fields: Iterable[str] | None) -> None:
        saved = set(self.CONTENT)
        if update_fields is not None:
            given = set(update_fields)
            saved = {name for name in saved if name in given or name.removesuffix("_id") in given}
        if not saved:
            return
        rows = type(self)._default_manager.filter(pk=self.pk)
        written = rows.values(*saved).first() or {}
        refuse_content(
            type(self), [name for name in written if written[name] != getattr(self, name)]
        )


def refuse_content(model: type[models.Model], fields: Iterable[str]) -> None:
    """Raise ``ImmutableContent`` if any of the fields is content of the model."""
    content = set(getattr(model, "CONTENT", ()))
    changed = sorted(name for name in fields if {name, f"{name}_id"} & content)
    if changed:
        raise ImmutableContent(kind=f"A {model._meta.verbose_name}", fields=", ".join(changed))
