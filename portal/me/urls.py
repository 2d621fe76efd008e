"""Addresses of the personal centre."""

from django.urls import path

from portal.me import views

urlpatterns = [
    path("me/", views.me, name="me"),
    path("me/openings/", views.me_openings, name="me_openings"),
]
