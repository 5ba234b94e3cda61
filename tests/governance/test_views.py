from governance.services import evaluations, provenance
from governance.suites import SUITES
from marketplace.core.signing import verify_envelope


def test_the_page_of_a_result_shows_metrics_and_digests(encoder_version, client):
    evidence = evaluations.run_suite(encoder_version, SUITES["paraphrase-ranking"])

    page = client.get(f"/evidence/{evidence.pk}/").content.decode()

    assert "Paraphrase ranking" in page
    assert evidence.dataset_digest in page
    assert "Run again" not in page  # nobody is signed in


def test_a_second_run_stands_on_the_page(encoder_version, alice_browser):
    evidence = evaluations.run_suite(encoder_version, SUITES["paraphrase-ranking"])
    evaluations.reproduce(evidence)

    page = alice_browser.get(f"/evidence/{evidence.pk}/").content.decode()

    assert "Same result" in page
    assert "Run again" in page


def test_the_statement_is_a_file_that_verifies(encoder_version, client):
    evidence = evaluations.run_suite(encoder_version, SUITES["paraphrase-ranking"])

    answer = client.get(f"/evidence/{evidence.pk}/statement.json")

    assert verify_envelope(answer.json()) == evidence.statement
    assert "attachment" in answer["Content-Disposition"]


def test_the_card_is_a_document(encoder_version, as_hana, client):
    provenance.record(
        by=as_hana,
        version=encoder_version,
        measured=["source_digest"],
        source_digest="sha256:00",
        upstream_author="Somebody",
    )
    listing = encoder_version.listing
    base = f"/models/{listing.organization.slug}/{listing.slug}/card"

    text = client.get(f"{base}.md").content.decode()

    assert "| Upstream author | Somebody | stated |" in text
    assert "| Digest of the source | sha256:00 | measured |" in text
    assert client.get(f"{base}.json").json()["version_digest"] == encoder_version.digest
