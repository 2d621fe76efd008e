"""Addresses of photos on their way in."""

from django.urls import path

from core.media import views

urlpatterns = [
    path("photos", views.upload, name="media_upload"),
    path("photos/<uuid:photo_id>/thumb", views.thumb, name="media_thumb"),
    path("photos/<uuid:photo_id>/remove", views.remove, name="media_remove"),
]
