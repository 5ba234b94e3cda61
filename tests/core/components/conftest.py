"""Templates rendered as pages render them: with the component tags as builtins."""

import pytest
from django.template import engines


@pytest.fixture
def rendered():
    """Return a function from template source and context to markup."""

    def render(source: str, **context: object) -> str:
        return engines["django"].from_string(source).render(context)

    return render
