"""Pages of authoring: the author desk."""

from django.urls import URLPattern, URLResolver, path

from authoring.views import channels, listings, uploads

MODEL = "desk/models/<slug:slug>"
UPLOAD = "desk/uploads/<uuid:submission_id>"

urlpatterns: list[URLPattern | URLResolver] = [
    path("desk/", listings.overview, name="desk"),
    path("desk/new/", listings.new, name="desk-new"),
    path(f"{MODEL}/", channels.index, name="desk-versions"),
    path(f"{MODEL}/texts/", listings.edit, name="desk-edit"),
    path(f"{MODEL}/upload/", uploads.new, name="desk-upload"),
    path(f"{MODEL}/uploads/", uploads.of_listing, name="desk-listing-uploads"),
    path(f"{MODEL}/channels/", channels.new, name="desk-new-channel"),
    path(f"{MODEL}/channels/<slug:channel>/", channels.point, name="desk-channel"),
    path(f"{MODEL}/channels/<slug:channel>/roll-back/", channels.roll_back, name="desk-roll-back"),
    path("desk/uploads/", uploads.index, name="desk-uploads"),
    path(f"{UPLOAD}/", uploads.show, name="desk-submission"),
    path(f"{UPLOAD}/progress/", uploads.progress, name="desk-progress"),
    path(f"{UPLOAD}/files/", uploads.send, name="desk-send"),
    path(f"{UPLOAD}/complete/", uploads.complete, name="desk-complete"),
    path(f"{UPLOAD}/publish/", uploads.publish, name="desk-publish"),
    path(f"{UPLOAD}/check-again/", uploads.check_again, name="desk-check-again"),
    path(f"{UPLOAD}/abandon/", uploads.abandon, name="desk-abandon"),
]
