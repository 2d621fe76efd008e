"""Addresses of choosing a community."""

from django.urls import path

from communities.views import choose

urlpatterns = [
    path("communities/", choose.choose_community, name="choose_community"),
    path("communities/set/", choose.community_set, name="community_set"),
]
