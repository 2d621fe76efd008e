"""Addresses of people and roles, and of looking as a role."""

from django.urls import path

from portal.people.views import counter, devices, grants, leaving, looking, staff, units

urlpatterns = [
    path("staff/people/", staff.people, name="people"),
    path("staff/people/invite/", grants.people_invite, name="people_invite"),
    path("staff/people/number/", counter.counter_number, name="counter_number"),
    path("staff/people/<int:pk>/", staff.person, name="person"),
    path("staff/people/<int:pk>/grant/", grants.grant_new, name="grant_new"),
    path("staff/people/<int:pk>/hand-over/", leaving.person_hand_over, name="person_hand_over"),
    path("staff/people/<int:pk>/sign-out/", devices.person_sign_out, name="person_sign_out"),
    path("staff/people/<int:pk>/signed-out/", devices.person_signed_out, name="person_signed_out"),
    path("staff/people/devices/", devices.staff_devices, name="staff_devices"),
    path("staff/people/grants/<int:pk>/", grants.grant, name="grant"),
    path("staff/people/units/", units.units, name="units"),
    path("staff/people/units/<int:pk>/", units.unit, name="unit"),
    path("staff/people/members/<int:pk>/end/", units.member_end, name="member_end"),
    path("staff/view-as/", looking.view_as, name="view_as"),
    path("staff/view-as/leave/", looking.view_as_leave, name="view_as_leave"),
    path("staff/view-as/log/", looking.view_as_log, name="view_as_log"),
]
