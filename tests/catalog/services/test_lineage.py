"""Lineage has no circles."""

import pytest

from accounts.models import AuditEvent
from catalog.errors import LineageCycle
from catalog.models import LineageEdge
from catalog.services.lineage import add_edge
from marketplace.core.errors import InvalidInput, NotFound
from tests.factories.catalog import make_listing, make_version


@pytest.fixture
def family(harbor):
    listing = make_listing(organization=harbor)
    return [make_version(listing) for _ in range(3)]


def test_records_a_derivation(as_hana, family):
    old, new, _ = family

    add_edge(by=as_hana, child=new, parent=old, relation="finetune", evidence={"steps": 3})

    edge = LineageEdge.objects.get()
    assert (edge.child, edge.parent, edge.relation, edge.is_measured, edge.evidence) == (
        new,
        old,
        "finetune",
        False,
        {"steps": 3},
    )
    event = AuditEvent.objects.latest("id")
    assert (event.action, event.data) == (
        "lineage.add",
        {"parent": old.digest, "relation": "finetune"},
    )


def test_refuses_a_circle_of_any_length(as_hana, family):
    first, second, third = family
    add_edge(by=as_hana, child=second, parent=first, relation="finetune")
    add_edge(by=as_hana, child=third, parent=second, relation="merge")

    for child, parent in ((first, third), (first, second), (first, first)):
        with pytest.raises(LineageCycle):
            add_edge(by=as_hana, child=child, parent=parent, relation="derived")

    assert LineageEdge.objects.count() == 2


def test_a_diamond_is_no_circle(as_hana, family):
    first, second, third = family
    add_edge(by=as_hana, child=second, parent=first, relation="finetune")
    add_edge(by=as_hana, child=third, parent=first, relation="finetune")

    add_edge(by=as_hana, child=third, parent=second, relation="merge")

    assert LineageEdge.objects.count() == 3


def test_a_stated_edge_may_become_measured(as_hana, family):
    first, second, _ = family
    add_edge(by=as_hana, child=second, parent=first, relation="finetune")

    add_edge(by=None, child=second, parent=first, relation="finetune", is_measured=True)

    assert LineageEdge.objects.get().is_measured


def test_refuses_an_unknown_relation(as_hana, family):
    with pytest.raises(InvalidInput):
        add_edge(by=as_hana, child=family[1], parent=family[0], relation="cousin")

    assert not LineageEdge.objects.exists()


def test_an_outsider_may_not_claim_descent(as_charlie, family):
    with pytest.raises(NotFound):
        add_edge(by=as_charlie, child=family[1], parent=family[0], relation="finetune")

    assert not LineageEdge.objects.exists()
