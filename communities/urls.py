"""Addresses of choosing a community, and of the settings of places."""

from django.urls import path

from communities.views import calendar, choose, duty, modules, standing

urlpatterns = [
    path("communities/", choose.choose_community, name="choose_community"),
    path("communities/set/", choose.community_set, name="community_set"),
    path("staff/modules/", modules.modules_of_area, name="modules"),
    path("staff/modules/<str:key>/", modules.module_switch, name="module_switch"),
    path("staff/duty/", duty.duty, name="duty"),
    path("staff/calendar/", calendar.calendar, name="calendar"),
    path("staff/calendar/paste/", calendar.calendar_paste, name="calendar_paste"),
    path("me/stand-in/", standing.stand_in, name="stand_in"),
    path("me/stand-in/<int:pk>/end/", standing.stand_in_end, name="stand_in_end"),
    path("staff/people/<int:pk>/stand-in/", standing.person_stand_in, name="person_stand_in"),
]
