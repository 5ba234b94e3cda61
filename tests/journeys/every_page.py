"""Which pages there are, who looks at each, and what stands in its address.

Patterns are those of the URL configuration; an address takes ids from the isolation world.
"""

from marketplace.storefront.manual import CHAPTERS

ANYONE, BUYER, AUTHOR = "anyone", "buyer", "author"
Place = tuple[str, str]

LISTING = "models/<slug:owner>/<slug:name>/"
TABS = ("try", "api", "versions", "pricing", "evidence", "lineage")
DESK = "desk/models/<slug:slug>/"
PLANS = "desk/listings/<slug:name>/plans/"

FOUR = [f"model={one}" for one in ("shop/shield", "acme/shown", "acme/draft", "shop/fourth")]

PAGES: dict[str, list[Place]] = {
    "": [(ANYONE, "/"), (BUYER, "/")],
    "models/": [(ANYONE, "/models/"), (ANYONE, "/models/?q=shield"), (BUYER, "/models/?q=zzz")],
    LISTING: [(ANYONE, "/models/shop/shield/"), (AUTHOR, "/models/acme/draft/")],
    f"{LISTING}<slug:tab>/": [
        *((BUYER, f"/models/shop/shield/{tab}/") for tab in TABS),
        *((AUTHOR, f"/models/acme/draft/{tab}/") for tab in TABS),
    ],
    f"{LISTING}calculator/": [(BUYER, "/models/shop/shield/calculator/")],
    f"{LISTING}plans/<slug:code>/subscribe/": [
        (BUYER, "/models/shop/shield/plans/{offer}/subscribe/")
    ],
    "compare/": [
        (ANYONE, "/compare/"),
        (ANYONE, "/compare/?model=shop/shield&model=acme/shown"),
        (BUYER, f"/compare/?{'&'.join(FOUR)}"),
    ],
    "collections/": [(ANYONE, "/collections/")],
    "collections/<slug:slug>/": [(ANYONE, "/collections/shelf/")],
    "authors/<slug:slug>/": [(ANYONE, "/authors/shop/"), (AUTHOR, "/authors/acme/")],
    "docs/": [(ANYONE, "/docs/")],
    "docs/search/": [(ANYONE, "/docs/search/?q=key"), (ANYONE, "/docs/search/")],
    "docs/<slug:slug>/": [
        (ANYONE, f"/docs/{slug}/") for chapter in CHAPTERS for slug in chapter.pages
    ],
    "ui/": [(ANYONE, "/ui/")],
    "organization/": [(BUYER, "/organization/")],
    "organization/data/": [(BUYER, "/organization/data/")],
    "organizations/new/": [(BUYER, "/organizations/new/")],
    "members/": [(BUYER, "/members/")],
    "invitations/<str:token>/": [(BUYER, "/invitations/{token}/")],
    "keys/": [(BUYER, "/keys/")],
    "keys/new/": [(BUYER, "/keys/new/")],
    "audit/": [(BUYER, "/audit/")],
    "subscriptions/": [(BUYER, "/subscriptions/")],
    "subscriptions/<uuid:subscription_id>/": [(BUYER, "/subscriptions/{subscription}/")],
    "usage/": [(BUYER, "/usage/")],
    "usage/predictions/": [(BUYER, "/usage/predictions/")],
    "usage/predictions/<uuid:prediction_id>/": [(BUYER, "/usage/predictions/{prediction}/")],
    "predictions/": [(BUYER, "/predictions/")],
    "predictions/<uuid:prediction_id>/": [
        (BUYER, f"/predictions/{{{row}}}/") for row in ("prediction", "failed", "waiting")
    ],
    "evidence/<uuid:evidence_id>/": [(AUTHOR, "/evidence/{evidence}/")],
    "desk/": [(AUTHOR, "/desk/")],
    "desk/new/": [(AUTHOR, "/desk/new/")],
    DESK: [(AUTHOR, "/desk/models/draft/")],
    f"{DESK}texts/": [(AUTHOR, "/desk/models/draft/texts/")],
    f"{DESK}upload/": [(AUTHOR, "/desk/models/draft/upload/")],
    f"{DESK}uploads/": [(AUTHOR, "/desk/models/draft/uploads/")],
    PLANS: [(AUTHOR, "/desk/listings/shown/plans/")],
    f"{PLANS}new/": [(AUTHOR, "/desk/listings/shown/plans/new/")],
    f"{PLANS}<slug:code>/": [(AUTHOR, "/desk/listings/shown/plans/private/")],
    f"{PLANS}<slug:code>/price/": [(AUTHOR, "/desk/listings/shown/plans/private/price/")],
    "desk/uploads/": [(AUTHOR, "/desk/uploads/")],
    "desk/uploads/<uuid:submission_id>/": [
        (AUTHOR, f"/desk/uploads/{{{row}}}/")
        for row in ("submission", "open_submission", "refused_submission")
    ],
}
# Of allauth, in the house's clothes.
ACCOUNT_PAGES: list[Place] = [
    (ANYONE, "/accounts/login/"),
    (ANYONE, "/accounts/signup/"),
    (ANYONE, "/accounts/password/reset/"),
    (ANYONE, "/accounts/password/reset/done/"),
    (ANYONE, "/accounts/password/reset/key/{reset}/"),
    (ANYONE, "/accounts/password/reset/key/done/"),
    (ANYONE, "/accounts/confirm-email/"),
    (ANYONE, "/accounts/confirm-email/{confirmation}/"),
    (ANYONE, "/accounts/confirm-email/wrong/"),
    (ANYONE, "/accounts/inactive/"),
    (BUYER, "/accounts/email/"),
    (BUYER, "/accounts/password/change/"),
    (BUYER, "/accounts/2fa/"),
    (BUYER, "/accounts/sessions/"),
    (BUYER, "/accounts/logout/"),
]
# Of others, drawn by their own scripts; what is inside the element named is theirs alone.
API_PAGES = {
    "api/": ("/api/", "#swagger-ui"),
    "api/reference/": ("/api/reference/", "#reference"),
}
# Files, fragments of pages above, redirects, and what takes POST only.
NOT_PAGES = {
    "healthz",
    "readyz",
    "settings/",
    "signing-key.pem",
    "usage/events.csv",
    "evidence/<uuid:evidence_id>/statement.json",
    "evidence/<uuid:evidence_id>/reproduce/",
    r"^models/(?P<owner>[a-z0-9-]+)/(?P<name>[a-z0-9-]+)/card\.(?P<form>md|json)$",
    "organization/leave/",
    "organizations/switch/",
    "members/<uuid:member_id>/role/",
    "members/<uuid:member_id>/remove/",
    "invitations/<uuid:invitation_id>/withdraw/",
    "invitations/<uuid:invitation_id>/resend/",
    "invitations/<str:token>/accept/",
    "keys/<uuid:key_id>/revoke/",
    f"{PLANS}preview/",
    f"{PLANS}<slug:code>/offer/",
    "subscriptions/<uuid:subscription_id>/cancel/",
    "credit/fill/",
    f"{LISTING}run/",
    f"{LISTING}stream/",
    "predictions/<uuid:prediction_id>/row/",
    "predictions/<uuid:prediction_id>/cancel/",
    f"{DESK}channels/",
    f"{DESK}channels/<slug:channel>/",
    f"{DESK}channels/<slug:channel>/roll-back/",
    "desk/uploads/<uuid:submission_id>/progress/",
    "desk/uploads/<uuid:submission_id>/files/",
    "desk/uploads/<uuid:submission_id>/complete/",
    "desk/uploads/<uuid:submission_id>/publish/",
    "desk/uploads/<uuid:submission_id>/check-again/",
    "desk/uploads/<uuid:submission_id>/abandon/",
}
