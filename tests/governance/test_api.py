from governance.services import evaluations
from governance.suites import SUITES
from marketplace.core.signing import key_id, verify_envelope
from tests.factories.catalog import make_version


def version_url(version):
    owner, name = version.listing.organization.slug, version.listing.slug
    return f"/api/v1/models/{owner}/{name}/versions/{version.number}"


def test_anybody_reads_the_evidence_of_a_published_version(encoder_version, client):
    evidence = evaluations.run_suite(encoder_version, SUITES["paraphrase-ranking"])

    rows = client.get(f"{version_url(encoder_version)}/evidence").json()["results"]
    whole = client.get(f"/api/v1/evidence/{evidence.pk}").json()

    assert [row["id"] for row in rows] == [str(evidence.pk)]
    assert (
        verify_envelope(whole["envelope"])["subject"][0]["digest"]["sha256"]
        == whole["version_digest"]
    )


def test_the_evidence_of_a_draft_is_its_authors_alone(encoder_version, hana_api, charlie_api):
    draft = make_version(encoder_version.listing, number="2.0.0", is_published=False)

    assert hana_api.get(f"{version_url(draft)}/evidence").status_code == 200
    assert charlie_api.get(f"{version_url(draft)}/evidence").status_code == 404


def test_the_card_marks_each_line(encoder_version, client):
    evaluations.run_suite(encoder_version, SUITES["paraphrase-ranking"])

    card = client.get(f"{version_url(encoder_version)}/card").json()

    sources = {
        fact["label"]: fact["source"] for section in card["sections"] for fact in section["facts"]
    }
    assert sources["Version digest"] == "measured"
    assert sources["License"] == "stated"
    assert sources["paraphrase-ranking: MRR"] == "measured"


def test_a_reproduction_needs_a_key(encoder_version, client, alice_api, sent_tasks):
    evidence = evaluations.run_suite(encoder_version, SUITES["paraphrase-ranking"])
    address = f"/api/v1/evidence/{evidence.pk}/reproductions"

    assert client.post(address).status_code == 401
    assert alice_api.post(address).status_code == 202


def test_the_operators_key_is_public(client, db):
    answer = client.get("/api/v1/signing-key").json()

    assert answer["key_id"] == key_id()
    assert client.get("/signing-key.pem").content.decode() == answer["public_key_pem"]
