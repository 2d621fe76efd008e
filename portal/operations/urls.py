"""Address of the doctor's page."""

from django.urls import path

from portal.operations import views

urlpatterns = [path("staff/doctor/", views.doctor, name="doctor")]
