"""Addresses of choosing a community."""

from django.urls import path

from communities import views

urlpatterns = [
    path("communities/", views.choose_community, name="choose_community"),
    path("communities/set/", views.community_set, name="community_set"),
]
