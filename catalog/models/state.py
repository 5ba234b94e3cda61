"""States that change through one door."""

from collections.abc import Mapping
from typing import ClassVar

from django.db import models

from catalog.errors import IllegalTransition


class StatefulModel(models.Model):
    """A row with a ``state`` that moves only along ``TRANSITIONS``."""

    TRANSITIONS: ClassVar[Mapping[str, frozenset[str]]] = {}

    state: "models.CharField[str, str]"
    state_reason = models.CharField(max_length=500, blank=True)

    class Meta:
        abstract = True

    def move_to(self, state: str, *, reason: str = "") -> None:
        """Change the state (unsaved); raises ``IllegalTransition``."""
        if state not in self.TRANSITIONS[self.state]:
            raise IllegalTransition(thing=str(self), old=self.state, new=str(state))
        self.state = state
        self.state_reason = reason
