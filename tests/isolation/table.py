"""Which row of the world stands in each part of each address."""

DRAFT = {"owner": "acme", "name": "draft"}
SHOWN = {"owner": "acme", "name": "shown"}
KEY = {"key_id": "key"}
MEMBER = {"member_id": "member"}
INVITATION = {"invitation_id": "invitation"}
TOKEN = {"token": "token"}
SUBSCRIPTION = {"subscription_id": "subscription"}
PREDICTION = {"prediction_id": "prediction"}
EVIDENCE = {"evidence_id": "evidence"}
SUBMISSION = {"submission_id": "submission"}
MODEL = "api/v1/models/<slug:owner>/<slug:name>"
PLANS = "desk/listings/<slug:name>/plans"
DESK = "desk/models/<slug:slug>"
UPLOAD = "desk/uploads/<uuid:submission_id>"

ROWS: dict[str, dict[str, str]] = {
    "api/v1/members/<uuid:member_id>": MEMBER,
    "api/v1/invitations/<uuid:invitation_id>": INVITATION,
    "api/v1/invitations/<uuid:invitation_id>/resend": INVITATION,
    "api/v1/keys/<uuid:key_id>": KEY,
    MODEL: DRAFT,
    f"{MODEL}/versions": DRAFT,
    f"{MODEL}/versions/<str:number>": {**SHOWN, "number": "next"},
    f"{MODEL}/channels": DRAFT,
    f"{MODEL}/channels/<slug:channel>": {**DRAFT, "channel": "stable"},
    f"{MODEL}/channels/<slug:channel>/rollback": {**DRAFT, "channel": "stable"},
    f"{MODEL}/lineage": DRAFT,
    "api/v1/collections/<slug:slug>": {"slug": "shelf"},
    "api/v1/authors/<slug:slug>": {"slug": "acme"},
    f"{MODEL}/plans": SHOWN,
    f"{MODEL}/plans/<slug:code>": {**SHOWN, "code": "private"},
    f"{MODEL}/plans/<slug:code>/prices": {**SHOWN, "code": "private"},
    f"{MODEL}/price": DRAFT,
    "api/v1/subscriptions/<uuid:subscription_id>": SUBSCRIPTION,
    "api/v1/predictions/<uuid:prediction_id>": PREDICTION,
    "api/v1/predictions/<uuid:prediction_id>/cancel": {"prediction_id": "waiting"},
    "api/v1/predictions/<uuid:prediction_id>/stream": PREDICTION,
    "api/v1/predictions/<uuid:prediction_id>/deliveries": PREDICTION,
    f"{MODEL}/predictions": DRAFT,
    f"{MODEL}/versions/<str:number>/evidence": {**DRAFT, "number": "number"},
    f"{MODEL}/versions/<str:number>/card": {**DRAFT, "number": "number"},
    "api/v1/evidence/<uuid:evidence_id>": EVIDENCE,
    "api/v1/evidence/<uuid:evidence_id>/reproductions": EVIDENCE,
    f"{MODEL}/submissions": DRAFT,
    "api/v1/submissions/<uuid:submission_id>": SUBMISSION,
    "api/v1/submissions/<uuid:submission_id>/files/<str:path>": {
        "submission_id": "open_submission",
        "path": "file",
    },
    "api/v1/submissions/<uuid:submission_id>/complete": SUBMISSION,
    "api/v1/submissions/<uuid:submission_id>/reopen": {"submission_id": "refused_submission"},
    "api/v1/submissions/<uuid:submission_id>/check-again": {"submission_id": "refused_submission"},
    "api/v1/submissions/<uuid:submission_id>/publish": SUBMISSION,
    "members/<uuid:member_id>/role/": MEMBER,
    "members/<uuid:member_id>/remove/": MEMBER,
    "invitations/<uuid:invitation_id>/withdraw/": INVITATION,
    "invitations/<uuid:invitation_id>/resend/": INVITATION,
    "invitations/<str:token>/": {"token": "invitation"},
    "invitations/<str:token>/accept/": TOKEN,
    "keys/<uuid:key_id>/revoke/": KEY,
    "models/<slug:owner>/<slug:name>/calculator/": DRAFT,
    "models/<slug:owner>/<slug:name>/plans/<slug:code>/subscribe/": {**SHOWN, "code": "private"},
    "subscriptions/<uuid:subscription_id>/": SUBSCRIPTION,
    "subscriptions/<uuid:subscription_id>/cancel/": SUBSCRIPTION,
    "models/<slug:owner>/<slug:name>/run/": DRAFT,
    "models/<slug:owner>/<slug:name>/stream/": DRAFT,
    "predictions/<uuid:prediction_id>/": PREDICTION,
    "predictions/<uuid:prediction_id>/row/": PREDICTION,
    "predictions/<uuid:prediction_id>/cancel/": {"prediction_id": "waiting"},
    "usage/predictions/<uuid:prediction_id>/": PREDICTION,
    "evidence/<uuid:evidence_id>/": EVIDENCE,
    "evidence/<uuid:evidence_id>/statement.json": EVIDENCE,
    "evidence/<uuid:evidence_id>/reproduce/": EVIDENCE,
    r"^models/(?P<owner>[a-z0-9-]+)/(?P<name>[a-z0-9-]+)/card\.(?P<form>md|json)$": {
        **DRAFT,
        "form": "form",
    },
    "models/<slug:owner>/<slug:name>/": DRAFT,
    "models/<slug:owner>/<slug:name>/<slug:tab>/": {**SHOWN, "tab": "versions"},
    "collections/<slug:slug>/": {"slug": "shelf"},
    "authors/<slug:slug>/": {"slug": "acme"},
    "docs/<slug:slug>/": {"slug": "page"},
    f"{PLANS}/": {"name": "shown"},
    f"{PLANS}/new/": {"name": "shown"},
    f"{PLANS}/preview/": {"name": "shown"},
    f"{PLANS}/<slug:code>/": {"name": "shown", "code": "private"},
    f"{PLANS}/<slug:code>/price/": {"name": "shown", "code": "private"},
    f"{PLANS}/<slug:code>/offer/": {"name": "shown", "code": "private"},
    f"{DESK}/": {"slug": "draft"},
    f"{DESK}/texts/": {"slug": "draft"},
    f"{DESK}/upload/": {"slug": "draft"},
    f"{DESK}/uploads/": {"slug": "draft"},
    f"{DESK}/channels/": {"slug": "draft"},
    f"{DESK}/channels/<slug:channel>/": {"slug": "draft", "channel": "stable"},
    f"{DESK}/channels/<slug:channel>/roll-back/": {"slug": "draft", "channel": "stable"},
    f"{UPLOAD}/": SUBMISSION,
    f"{UPLOAD}/progress/": SUBMISSION,
    f"{UPLOAD}/files/": {"submission_id": "open_submission"},
    f"{UPLOAD}/complete/": {"submission_id": "open_submission"},
    f"{UPLOAD}/publish/": SUBMISSION,
    f"{UPLOAD}/check-again/": {"submission_id": "refused_submission"},
    f"{UPLOAD}/abandon/": SUBMISSION,
}
