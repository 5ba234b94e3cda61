"""Lineage as a drawing."""

from marketplace.core.graph import Edge, LayeredGraph, Node, layers_of, places_of, shortened

FAMILY = LayeredGraph(
    "Lineage",
    [Node("base", "Base", url="/b/"), Node("lora", "LoRA", is_current=True), Node("set", "Data")],
    [Edge("base", "lora", "8 %"), Edge("set", "lora")],
)


def test_what_is_derived_stands_right_of_its_origins():
    assert layers_of(FAMILY) == {"base": 0, "lora": 1, "set": 0}


def test_the_deepest_origin_decides():
    chain = LayeredGraph(
        "",
        [Node("a", "A"), Node("b", "B"), Node("c", "C")],
        [Edge("a", "b"), Edge("b", "c"), Edge("a", "c")],
    )

    assert layers_of(chain) == {"a": 0, "b": 1, "c": 2}


def test_a_circle_does_not_hang():
    circle = LayeredGraph("", [Node("a", "A"), Node("b", "B")], [Edge("a", "b"), Edge("b", "a")])

    assert set(layers_of(circle)) == {"a", "b"}
    assert "graph__node" in circle.render()


def test_no_two_nodes_share_a_place():
    assert len(set(places_of(FAMILY).values())) == 3


def test_a_lone_node_in_a_layer_is_centered():
    places = places_of(FAMILY)

    assert places["lora"][1] == (places["base"][1] + places["set"][1]) // 2


def test_nodes_lead_somewhere_and_the_present_one_is_marked():
    shown = FAMILY.render()

    assert '<a class="graph__node" href="/b/">' in shown
    assert '<g class="graph__node graph__node--current">' in shown


def test_arrows_are_told_in_words():
    assert "LoRA is made from Base (8 %); LoRA is made from Data." in FAMILY.render()


def test_an_original_is_told_in_words():
    assert "made from nothing else" in LayeredGraph("", [Node("a", "A")], []).render()


def test_edges_to_unknown_nodes_are_left_out():
    shown = LayeredGraph("", [Node("a", "A")], [Edge("gone", "a")]).render()

    assert "graph__edge" not in shown


def test_names_are_escaped_and_shortened():
    shown = LayeredGraph("", [Node("a", "<b>" + "x" * 40)], []).render()

    assert "<b>" not in shown
    assert shortened("x" * 40) == "x" * 24 + "…"
