"""Addresses of the portal: each package brings its own, included one by one."""

from django.urls import include, path

urlpatterns = [
    path("", include("portal.home.urls")),
    path("", include("portal.me.urls")),
    path("", include("portal.people.urls")),
    path("", include("portal.board.urls")),
    path("", include("portal.operations.urls")),
    path("", include("accounts.urls")),
    path("", include("communities.urls")),
    path("", include("notifications.urls")),
    path("", include("grievances.urls")),
    path("media/", include("core.media.urls")),
]

handler500 = "core.failing.server_error"
