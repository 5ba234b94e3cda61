"""What the small modules of static/js do, in a real browser on the gallery."""

import json
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, Route, expect

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
STREAM = (
    "event: output\ndata: Rivers <b>carry\n\n"
    "event: output\ndata:  salt\n\n"
    "event: done\ndata: {}\n\n"
)
CHUNKS = (
    'data: {"choices":[{"delta":{"content":"Hel"}}]}\n\n'
    'data: {"choices":[{"delta":{"content":"lo"}}]}\n\n'
    "data: [DONE]\n\n"
)


@pytest.fixture
def page(chromium: Browser, live_server) -> Iterator[Page]:
    context = chromium.new_context(
        viewport={"width": 1280, "height": 900},
        color_scheme="light",
        permissions=["clipboard-read", "clipboard-write"],
    )
    page = context.new_page()
    page.goto(f"{live_server.url}/ui/")
    yield page
    context.close()


def answer_posts(page: Page, **answer: object) -> None:
    def handle(route: Route) -> None:
        if route.request.method == "POST":
            route.fulfill(**answer)
        else:
            route.continue_()

    page.route("**/ui/", handle)


def test_a_theme_chosen_by_hand_is_kept(page):
    page.click("[data-theme-toggle]")
    page.reload()

    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(18, 16, 15)"


def test_the_system_decides_again_when_asked_to(page):
    page.click("[data-theme-toggle]")
    page.click("[data-theme-choice] button[value=system]")

    assert page.evaluate("document.documentElement.dataset.theme ?? null") is None
    assert page.evaluate("localStorage.getItem('theme')") is None


def test_copying_takes_the_whole_text_and_says_so(page):
    button = page.locator("#actions [data-copy]").first

    button.click()

    assert page.evaluate("navigator.clipboard.readText()").startswith("sha256:9f2c41d07be1")
    assert button.inner_text() == "Copied"


def test_samples_become_tabs_that_arrows_move_through(page):
    page.click("#sample-code-tab-1")
    page.keyboard.press("ArrowRight")

    assert page.locator("#sample-code-tab-2").get_attribute("aria-selected") == "true"
    assert page.locator("#sample-code-panel-2").is_visible()
    assert page.locator("#sample-code-panel-1").is_hidden()


def test_the_chosen_language_is_remembered(page):
    page.click("#sample-code-tab-3")
    page.reload()

    assert page.locator("#sample-code-panel-3").is_visible()


def test_a_menu_closes_on_escape_and_gives_focus_back(page):
    page.click("#actions .menu__button")
    page.keyboard.press("Escape")

    assert page.locator("#actions details.menu").get_attribute("open") is None
    assert page.evaluate("document.activeElement.className") == "menu__button"


def test_a_menu_closes_on_a_click_elsewhere(page):
    page.click("#actions .menu__button")
    page.click("h1")

    assert page.locator("#actions details.menu").get_attribute("open") is None


def test_a_toast_can_be_dismissed(page):
    page.evaluate("document.dispatchEvent(new CustomEvent('toast', {detail: {text: '<b>Saved'}}))")
    toast = page.locator("#toasts .toast")

    assert toast.locator(".toast__text").inner_text() == "<b>Saved"
    toast.locator("button").click()
    assert toast.count() == 0


def test_a_streamed_answer_is_added_as_text(page):
    answer_posts(page, status=200, content_type="text/event-stream", body=STREAM)
    page.click("[data-stream-send]")
    page.wait_for_function("!document.querySelector('#sample-answer[data-streaming]')")

    assert page.locator("#sample-answer").inner_text() == "Rivers <b>carry salt"
    assert page.locator("[data-stream-status]").inner_text() == "The answer is complete."
    assert page.locator("[data-stream-stop]").is_hidden()


def test_chunks_in_the_form_of_openai_are_understood(page):
    answer_posts(page, status=200, content_type="text/event-stream", body=CHUNKS)
    page.click("[data-stream-send]")
    page.wait_for_function("document.querySelector('#sample-answer').textContent === 'Hello'")


def test_a_refused_stream_says_why(page):
    answer_posts(
        page,
        status=402,
        content_type="application/problem+json",
        body='{"detail": "No credit left."}',
    )
    page.click("[data-stream-send]")
    page.wait_for_selector("#toasts .toast--danger")

    assert page.locator("#toasts .toast__text").inner_text() == "No credit left."
    assert page.locator("#sample-answer").inner_text() == ""


def test_a_stream_can_be_stopped(page):
    page.route(
        "**/ui/", lambda route: None if route.request.method == "POST" else route.continue_()
    )
    page.click("[data-stream-send]")
    page.click("[data-stream-stop]")

    page.wait_for_function(
        "document.querySelector('[data-stream-status]').textContent === 'Stopped.'"
    )
    assert page.locator("[data-stream-send]").get_attribute("aria-busy") == "false"


def test_events_split_between_pieces_are_put_together(page):
    events = page.evaluate(
        """async () => {
            const { eventsOf } = await import("/static/js/stream.js");
            const pieces = [
                "event: out",
                "put\\r\\ndata: a\\r",
                "\\ndata: b\\r\\n\\r\\ndata: last",
            ];
            const body = new ReadableStream({
                start(control) {
                    for (const piece of pieces) control.enqueue(new TextEncoder().encode(piece));
                    control.close();
                },
            });
            const events = [];
            for await (const event of eventsOf(body)) events.push([event.name, event.data]);
            return events;
        }"""
    )

    assert events == [["output", "a\nb"], ["message", "last"]]


TALK = """async () => {
    const made = document.createElement("div");
    made.id = "made";
    made.innerHTML = `<div data-chat-log></div><div data-chat-facts></div>
        <form data-chat data-stream="#none" data-stream-url="/ui/" aria-label="Talk">
        <textarea name="text">Why?</textarea>
        <input type="hidden" name="history" data-chat-history>
        <button data-stream-send>Send</button></form>`;
    document.querySelector("main").append(made);
    await import("/static/js/try-chat.js");
    document.dispatchEvent(new CustomEvent("htmx:load", { detail: { elt: made } }));
}"""


def test_a_conversation_survives_a_refusal_and_says_what_to_do(page):
    page.evaluate(TALK)
    refused = '{"detail": "No credit left."}'
    answer_posts(page, status=402, content_type="application/problem+json", body=refused)
    page.click("#made button")
    answers = page.locator("#made .chat__turn:not(.chat__turn--user) .chat__text")
    page.locator("#made .chat__text--error").wait_for()

    assert answers.all_inner_texts() == [
        "No credit left. Your message is still below: change it, or send it again."
    ]
    assert page.input_value("#made textarea") == "Why?"

    done = 'event: done\ndata: {"id": "7", "usage": {"requests": 1, "compute_ms": 1200}, '
    done += '"cost": {"amount": "0.00000185", "currency": "USD"}}\n\n'
    body = STREAM.replace("event: done\ndata: {}\n\n", done)
    answer_posts(page, status=200, content_type="text/event-stream", body=body)
    page.click("#made button")
    page.locator("#made [data-chat-facts] a").wait_for()

    assert answers.nth(0).inner_text().startswith("No credit left.")
    assert answers.nth(1).inner_text() == "Rivers <b>carry salt"
    assert page.locator("#made [data-chat-facts]").inner_text() == (
        "$0.00000185 of test money · 1 request · 1,200 ms of compute Open the trace"
    )
    expect(page.locator("#made textarea")).to_have_value("")
    assert json.loads(page.input_value("#made [name=history]")) == [
        {"role": "user", "content": "Why?"},
        {"role": "assistant", "content": "Rivers <b>carry salt"},
    ]


def test_boxes_are_drawn_over_a_picture(page):
    frame = page.locator("[data-picture-frame]")

    assert frame.locator(".picture__box").count() == 2
    assert frame.locator(".picture__label").first.inner_text() == "column 98 %"


def test_boxes_are_drawn_over_a_picture_that_htmx_put_in(page):
    page.evaluate(
        """() => {
            const made = document.createElement("div");
            made.id = "made";
            made.dataset.picture = "";
            made.innerHTML = "<div data-picture-frame></div>";
            made.firstChild.dataset.boxes = '[{"label": "face", "box": [0, 0, 0.5, 0.5]}]';
            document.body.append(made);
            document.dispatchEvent(new CustomEvent("htmx:load", { detail: { elt: made } }));
        }"""
    )

    assert page.locator("#made .picture__label").inner_text() == "face"


def test_a_sample_and_a_file_exclude_each_other(page):
    page.evaluate(
        """() => {
            const made = document.createElement("div");
            made.id = "made";
            made.dataset.picture = "";
            made.innerHTML = `<input type="file"><label title="By Ann">Sample
                <input type="radio" name="sample" value="data:,a"></label>
                <div data-picture-frame data-boxes="[]"></div>`;
            document.body.append(made);
            document.dispatchEvent(new CustomEvent("htmx:load", { detail: { elt: made } }));
        }"""
    )
    file, sample = page.locator("#made [type=file]"), page.locator("#made [type=radio]")
    shown = page.locator("#made img")
    file.set_input_files({"name": "a.png", "mimeType": "image/png", "buffer": b"x"})

    sample.check()
    assert file.input_value() == ""
    assert (shown.get_attribute("src"), shown.get_attribute("alt")) == ("data:,a", "By Ann")

    file.set_input_files({"name": "a.png", "mimeType": "image/png", "buffer": b"x"})
    assert not sample.is_checked()
    assert shown.get_attribute("alt") == "Preview of a.png"


def test_a_chosen_picture_is_shown_without_old_boxes(page):
    pixel = bytes.fromhex(
        "47494638396101000100800000ffffff00000021f90401000000002c00000000010001000002024401003b"
    )
    page.set_input_files("#picture", {"name": "a.gif", "mimeType": "image/gif", "buffer": pixel})

    assert page.locator("[data-picture-frame] img").get_attribute("alt") == "Preview of a.gif"
    page.wait_for_function("!document.querySelector('.picture__box')")


def test_a_series_says_what_it_understood(page):
    page.fill("#series", "1, 2;3\n4 five")

    assert page.locator("[data-series-count]").inner_text() == "4 numbers; not a number: five"
    assert page.locator("[data-series-preview] path").get_attribute("d").startswith("M0.00 28.00")
    assert page.locator("#series").get_attribute("aria-invalid") == "true"


def test_the_column_under_the_pointer_tells_its_values(page):
    page.locator("#charts [data-tip]").first.hover()

    assert page.locator(".chart__tip").first.inner_text().startswith("Nov 1\nSmol Chat: $")
