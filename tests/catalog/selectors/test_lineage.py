"""The graph around a version."""

import pytest

from catalog.selectors import descends_from, lineage_of
from catalog.services.lineage import add_edge
from tests.factories.catalog import make_listing, make_version, published_listing


@pytest.fixture
def family(harbor, elsewhere):
    base = published_listing(organization=harbor, slug="base").versions.get()
    chat = published_listing(organization=elsewhere, slug="chat")
    middle = make_version(chat, number="2", base=base, relation="finetune")
    leaf = make_version(published_listing(organization=harbor, slug="leaf"), base=middle)
    return base, middle, leaf


def test_shows_ancestors_above_and_descendants_below(family):
    base, middle, leaf = family

    graph = lineage_of(middle)

    assert [(node.label, node.depth) for node in graph.nodes] == [
        ("harbor/base", -1),
        ("elsewhere/chat", 0),
        ("harbor/leaf", 1),
    ]
    assert [(edge.child_id, edge.parent_id, edge.relation_label) for edge in graph.edges] == [
        (str(middle.pk), str(base.pk), "Fine-tuned from"),
        (str(leaf.pk), str(middle.pk), "Adapter of"),
    ]
    assert not graph.edges[0].is_measured


def test_reaches_all_the_way(family):
    base, _, leaf = family

    assert [node.depth for node in lineage_of(base).nodes] == [0, 1, 2]
    assert [node.depth for node in lineage_of(leaf).nodes] == [-2, -1, 0]


def test_a_version_alone_has_no_edges(harbor):
    version = published_listing(organization=harbor).versions.get()

    graph = lineage_of(version)

    assert ([node.label for node in graph.nodes], graph.edges) == (
        [version.listing.model_id],
        (),
    )


def test_hides_private_descendants_and_keeps_private_ancestors_nameless(
    family, elsewhere, as_charlie, as_hana
):
    _, _, leaf = family
    secret = make_version(make_listing(organization=elsewhere), number="s")
    add_edge(by=None, child=leaf, parent=secret, relation="merge")
    add_edge(
        by=None, child=make_version(secret.listing, number="t"), parent=leaf, relation="derived"
    )

    def labels(viewer):
        return [(node.label, node.digest != "") for node in lineage_of(leaf, viewer=viewer).nodes]

    assert ("Private model", False) in labels(None)
    assert len(labels(None)) == 4
    assert (secret.listing.model_id, True) in labels(as_charlie)
    assert len(labels(as_charlie)) == 5


def test_queries_grow_with_depth_only(family, harbor, django_assert_num_queries):
    base, middle, _ = family
    for _ in range(3):
        make_version(published_listing(organization=harbor), base=base)

    with django_assert_num_queries(5):
        lineage_of(middle)


def test_tells_who_descends_from_whom(family):
    base, _, leaf = family

    assert descends_from(leaf, base)
    assert not descends_from(base, leaf)
