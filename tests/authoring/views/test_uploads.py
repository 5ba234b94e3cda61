"""Uploads in the browser, with and without JavaScript."""

from pathlib import Path
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from authoring.errors import CheckFailed
from authoring.models import Submission
from authoring.services import submissions
from authoring.services.steps import running
from catalog.models import Listing
from tests.factories import malware
from tests.factories.authoring import (
    checked,
    make_listing,
    send,
    specs_of,
    uploaded,
    write_broken,
)
from tests.inference.runtimes.tiny_others import tiny_tabular

NEW = "/desk/models/scorer/upload/"


@pytest.fixture
def listing(as_hana) -> Listing:
    return make_listing(as_hana)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tiny_tabular(tmp_path / "model")


def chosen(folder: Path, *names: str) -> list[SimpleUploadedFile]:
    paths = [folder / name for name in names] or sorted(folder.iterdir())
    return [SimpleUploadedFile(path.name, path.read_bytes()) for path in paths]


def page_of(submission: Submission) -> str:
    return f"/desk/uploads/{submission.pk}/"


def test_a_plain_form_sends_everything_and_queues_the_checks(hana_browser, listing, folder) -> None:
    sent = {"number": "1.0.0", "notes": "First.", "chosen": chosen(folder)}

    answer = hana_browser.post(NEW, sent)

    submission = Submission.objects.get()
    assert answer.url == page_of(submission)
    assert (submission.state, submission.number, submission.notes) == (
        "checking",
        "1.0.0",
        "First.",
    )


def test_a_refused_file_is_named_beside_the_picker(hana_browser, listing, folder) -> None:
    (folder / "evil.pt").write_bytes(b"x")

    answer = hana_browser.post(NEW, {"number": "1.0.0", "chosen": chosen(folder)})

    (error,) = answer.context["form"].errors["chosen"]
    assert error.startswith("evil.pt is a PyTorch checkpoint")
    assert not Submission.objects.exists()


@pytest.mark.parametrize(
    ("sent", "field", "expected"),
    [
        ({"number": ""}, "number", "This field is required."),
        ({"number": "1/0"}, "number", "Up to 32 letters"),
        ({"relation": "finetune"}, "base", "Name the version that this one was made from."),
        ({"relation": "finetune", "base": "no/such"}, "__all__", "There is no model 'no/such'"),
    ],
)
def test_shows_what_is_wrong(hana_browser, listing, folder, sent, field, expected) -> None:
    answer = hana_browser.post(NEW, {"number": "1.0.0", "chosen": chosen(folder), **sent})

    assert answer.context["form"].errors[field][0].startswith(expected)
    assert not Submission.objects.exists()


def test_large_files_are_not_for_the_plain_form(hana_browser, listing, folder, monkeypatch) -> None:
    monkeypatch.setattr("authoring.services.direct.PART_BYTES", 400)

    answer = hana_browser.post(NEW, {"number": "1.0.0", "chosen": chosen(folder)})

    assert answer.context["form"].errors["chosen"] == [
        "config.json has 425 bytes. Files above 16 MB are sent in parts: turn JavaScript on, "
        "or use the API."
    ]
    assert not Submission.objects.exists()


def test_goes_on_where_an_upload_stopped(hana_browser, as_hana, listing, folder) -> None:
    submission = submissions.open_submission(
        by=as_hana, listing=listing, number="1.0.0", files=specs_of(folder)
    )
    config = submission.files.get(path="config.json")
    send(as_hana, config, (folder / "config.json").read_bytes())

    page = hana_browser.get(page_of(submission))
    assert b"425 bytes, all here" in page.content
    answer = hana_browser.post(
        f"{page_of(submission)}files/", {"chosen": chosen(folder, "model.safetensors")}
    )

    submission.refresh_from_db()
    assert (answer.url, submission.state) == (page_of(submission), "checking")


def test_what_is_all_here_is_not_asked_for_again(hana_browser, as_hana, listing, folder) -> None:
    submission = uploaded(as_hana, listing, folder)

    page = hana_browser.get(page_of(submission))
    answer = hana_browser.post(f"{page_of(submission)}complete/")

    submission.refresh_from_db()
    assert b"Begin the checks" in page.content
    assert b'type="file"' not in page.content
    assert (answer.url, submission.state) == (page_of(submission), "checking")


def test_names_only_what_is_missing(hana_browser, as_hana, listing, folder) -> None:
    submission = submissions.open_submission(
        by=as_hana, listing=listing, number="1.0.0", files=specs_of(folder)
    )
    config = submission.files.get(path="config.json")
    send(as_hana, config, (folder / "config.json").read_bytes())

    page = hana_browser.get(page_of(submission))

    assert page.context["page"].missing == "model.safetensors"
    assert b"Not whole yet: model.safetensors." in page.content
    assert b"Begin the checks" not in page.content


def test_a_page_asks_for_news_only_while_there_may_be_some(
    hana_browser, as_hana, listing, folder
) -> None:
    submission = uploaded(as_hana, listing, folder)
    assert b"hx-get" not in hana_browser.get(page_of(submission)).content

    submissions.complete(by=as_hana, submission=submission)

    content = hana_browser.get(page_of(submission)).content
    assert b'hx-trigger="every 1s"' in content
    assert b"Load in a bounded process" in content


def test_progress_is_204_until_something_changes(hana_browser, as_hana, listing, tmp_path) -> None:
    submission = uploaded(as_hana, listing, write_broken(tmp_path / "bad", b"not tensors"))
    submissions.complete(by=as_hana, submission=submission)
    seen = hana_browser.get(page_of(submission)).context["page"].seen
    url = f"{page_of(submission)}progress/"

    assert hana_browser.get(url, {"seen": seen}).status_code == 204
    submissions.run_checks(str(submission.pk))
    answer = hana_browser.get(url, {"seen": seen})

    assert answer.status_code == 200
    assert b"hx-get" not in answer.content
    assert b'hx-swap-oob="innerHTML:#announce"' in answer.content


def test_a_refusal_says_what_opening_the_file_would_have_run(
    hana_browser, as_hana, listing, tmp_path
) -> None:
    bad = write_broken(tmp_path / "bad", malware.torch_zip(tmp_path / "marker"))
    submission = checked(as_hana, listing, bad)

    page = hana_browser.get(page_of(submission)).context["page"]

    assert page.would_have_run == ["model.safetensors: io.open"]
    assert page.steps[0].detail.startswith("model.safetensors is a PyTorch checkpoint")
    assert (page.can_try_again, page.can_publish, page.is_moving) == (True, False, False)


def test_an_author_may_try_again_or_give_up(hana_browser, as_hana, listing, tmp_path) -> None:
    submission = checked(as_hana, listing, write_broken(tmp_path / "bad", b"not tensors"))

    hana_browser.post(f"{page_of(submission)}check-again/")
    submission.refresh_from_db()
    assert submission.state == "checking"
    submissions.run_checks(str(submission.pk))
    answer = hana_browser.post(f"{page_of(submission)}abandon/")

    submission.refresh_from_db()
    assert (answer.url, submission.state) == ("/desk/models/scorer/uploads/", "abandoned")


def test_a_draft_that_failed_its_evaluation_is_run_again_or_discarded(
    hana_browser, as_hana, listing, folder, monkeypatch
) -> None:
    def fail(version: object) -> None:
        raise CheckFailed("The same example gave two different answers.")

    monkeypatch.setattr(running, "evaluate", fail)
    submission = checked(as_hana, listing, folder)
    content = hana_browser.get(page_of(submission)).content
    assert b"Version 1.0.0 is signed and kept as a draft" in content
    assert b"Run the checks again" in content

    answer = hana_browser.post(f"{page_of(submission)}abandon/", follow=True)

    assert b"The draft of 1.0.0 is discarded; its number is free again." in answer.content
    assert checked(as_hana, listing, folder).number == "1.0.0"


def test_publishing_without_a_plan_says_that_nobody_can_buy(
    hana_browser, as_hana, listing, folder
) -> None:
    submission = checked(as_hana, listing, folder)

    before = hana_browser.get(page_of(submission)).content
    after = hana_browser.post(f"{page_of(submission)}publish/", follow=True).content
    desk = hana_browser.get("/desk/").content

    assert b"Nobody can buy it yet" in before
    assert b"Nobody can buy it yet: it has no plan." in after
    assert b"/desk/listings/scorer/plans/new/" in after
    assert b"No plan yet" in desk


def test_publishing_leads_to_the_versions(hana_browser, as_hana, listing, folder) -> None:
    submission = checked(as_hana, listing, folder)
    assert hana_browser.get(page_of(submission)).context["page"].can_publish

    answer = hana_browser.post(f"{page_of(submission)}publish/")

    listing.refresh_from_db()
    assert (answer.url, listing.state) == ("/desk/models/scorer/", "published")
    words = f"Version {submission.version.short_digest}"
    assert hana_browser.get("/desk/uploads/").context["rows"][0].words == words


def test_what_did_not_pass_is_not_published(hana_browser, as_hana, listing, folder) -> None:
    submission = uploaded(as_hana, listing, folder)

    answer = hana_browser.post(f"{page_of(submission)}publish/")

    assert answer.status_code == 409
    assert b"only what passed every check is published" in answer.content


def test_lists_are_short_and_take_few_queries(
    hana_browser, as_hana, listing, folder, django_assert_max_num_queries
) -> None:
    for number in range(31):
        submissions.open_submission(
            by=as_hana, listing=listing, number=f"1.{number}", files=specs_of(folder)
        )

    with django_assert_max_num_queries(14):
        page = hana_browser.get("/desk/uploads/")

    assert len(page.context["rows"]) == 30
    assert len(hana_browser.get("/desk/models/scorer/uploads/?page=2").context["rows"]) == 1


@pytest.fixture
def doors(as_hana, listing, folder) -> list[tuple[str, str]]:
    one = page_of(uploaded(as_hana, listing, folder))
    posts = [f"{one}{name}/" for name in ("files", "complete", "publish", "check-again", "abandon")]
    gets = [NEW, "/desk/models/scorer/uploads/", one, f"{one}progress/"]
    return [*(("get", url) for url in gets), *(("post", url) for url in [NEW, *posts])]


def test_an_outsider_finds_no_door(charlie_browser, doors) -> None:
    statuses = {getattr(charlie_browser, method)(url).status_code for method, url in doors}

    assert statuses == {404}
    assert Submission.objects.get().state == "uploading"


def test_a_viewer_is_refused_at_every_door(viewer_browser, doors) -> None:
    statuses = {getattr(viewer_browser, method)(url).status_code for method, url in doors}

    assert statuses == {403}
    assert Submission.objects.get().state == "uploading"


def test_nobody_signs_in_first(doors) -> None:
    answers = [getattr(Client(), method)(url) for method, url in doors]

    assert {answer.status_code for answer in answers} == {302}
    assert all(answer.url.startswith("/accounts/login/") for answer in answers)


def test_an_upload_that_never_was_is_404(hana_browser) -> None:
    assert hana_browser.get(f"/desk/uploads/{uuid4()}/").status_code == 404
