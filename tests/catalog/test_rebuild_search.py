"""manage.py rebuild_search"""

from io import StringIO

from django.core.management import call_command

from catalog.models import Listing
from catalog.selectors import search
from catalog.types import SearchQuery
from tests.factories.catalog import published_listing


def test_finds_what_was_renamed_behind_its_back(harbor):
    published_listing(organization=harbor)
    Listing.objects.update(name="Narwhal")
    assert search(SearchQuery("narwhal")).total == 0
    out = StringIO()

    call_command("rebuild_search", stdout=out)

    assert out.getvalue() == "Indexed 1 listings.\n"
    assert search(SearchQuery("narwhal")).total == 1
