"""Tables, numbers, steps, traces and code."""

from marketplace.core.ui import Bar, Pair, Snippet, Span, Step


def test_a_table_says_what_it_holds(rendered):
    shown = rendered('{% table caption="Keys" %}<tbody></tbody>{% endtable %}')

    assert '<caption class="visually-hidden">Keys</caption>' in shown
    assert "table--cards" in shown


def test_a_wide_table_can_be_reached_with_the_keyboard(rendered):
    shown = rendered('{% table caption="Compare" is_wide=True %}<tbody></tbody>{% endtable %}')

    assert 'tabindex="0" role="region" aria-label="Compare"' in shown
    assert "table--cards" not in shown


def test_names_and_values_may_be_plain_tuples(rendered):
    shown = rendered("{% key_values pairs %}", pairs=[("License", "MIT"), ("Size", None)])

    assert '<dt class="pairs__label">License</dt>' in shown
    assert "MIT" in shown
    assert '<span class="faint">–</span>' in shown


def test_a_value_says_who_vouches_for_it(rendered):
    pairs = [Pair("AUC", "0.9", mark="measured"), Pair("Digest", "sha256:9f", copy=True)]
    shown = rendered("{% key_values pairs %}", pairs=pairs)

    assert "Measured</span>" in shown
    assert 'data-copy="sha256:9f"' in shown


def test_a_number_without_value_is_a_dash(rendered):
    assert "–" in rendered('{% stat "Uptime" value %}', value="")
    assert "0</p>" in rendered('{% stat "Calls" value %}', value=0)


def test_a_number_has_unit_note_and_line(rendered):
    shown = rendered('{% stat "p95" "162" unit="ms" note="today" spark=s %}', s=[1, 2])

    assert '<span class="stat__unit">ms</span>' in shown
    assert "today" in shown
    assert 'class="spark"' in shown


def test_steps_say_their_state_aloud(rendered):
    steps = [Step("Digest", "passed", "sha256:9f", "1.4 s"), Step("Probe", "running")]
    shown = rendered("{% steps steps %}", steps=steps)

    assert 'aria-label="Passed"' in shown
    assert 'aria-label="Running"' in shown
    assert '<span class="step__duration">1.4 s</span>' in shown


def test_a_step_escapes_what_failed(rendered):
    shown = rendered("{% steps steps %}", steps=[Step("Load", "failed", "<pickle>")])

    assert "&lt;pickle&gt;" in shown


def test_a_meter_warns_before_its_end(rendered):
    assert "bar--accent" in rendered("{% meter 1 10 %}")
    assert "bar--warning" in rendered("{% meter 8 10 %}")
    assert "bar--danger" in rendered("{% meter 10 10 %}")


def test_bars_carry_their_values_in_words(rendered):
    bars = [Bar("Chat", 8, "$8.00", "/a/"), Bar("Tags", 4, "$4.00")]
    shown = rendered('{% bar_list bars label="Cost" %}', bars=bars)

    assert '<ul class="bars" aria-label="Cost">' in shown
    assert 'width="50%"' in shown
    assert "$4.00" in shown


def test_a_trace_is_one_axis_for_all_spans(rendered):
    spans = [Span("Queue", 0, 25, kind="queue"), Span("Run", 25, 75, "on cpu", kind="run")]
    shown = rendered("{% trace spans %}", spans=spans)

    assert 'aria-label="Trace, 100 ms in all"' in shown
    assert 'x="25%" width="75%"' in shown
    assert "bar--queue" in shown


def test_code_is_highlighted_with_classes_only(rendered):
    shown = rendered('{% code_block code "python" %}', code='print("<b>")')

    assert '<span class="nb">print</span>' in shown
    assert "&lt;b&gt;" in shown
    assert "style=" not in shown


def test_code_in_an_unknown_language_stays_plain(rendered):
    assert "a &lt; b" in rendered('{% code_block code "klingon" %}', code="a < b")


def test_samples_are_all_readable_without_a_script(rendered):
    snippets = [Snippet("curl", "bash", "curl /"), Snippet("Python", "python", "x = 1")]
    shown = rendered('{% code_tabs snippets id="call" %}', snippets=snippets)

    assert 'role="tablist" aria-label="Language" hidden' in shown
    assert shown.count('class="code__panel"') == 2
    assert 'id="call-panel-2" data-label="Python"' in shown
