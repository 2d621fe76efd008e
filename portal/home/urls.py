"""Addresses of the home page, and of the demo's progress."""

from django.urls import path

from portal.home import views

urlpatterns = [
    path("", views.home, name="home"),
    path("demo/progress/", views.demo_progress, name="demo_progress"),
]
