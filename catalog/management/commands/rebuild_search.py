"""Write the search index anew, for when the database was changed behind its back."""

from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction

from catalog.search import index


class Command(BaseCommand):
    help = "Rebuild the full-text index and the facets of all listings."

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        count = index.rebuild()
        self.stdout.write(f"Indexed {count} listings.")
