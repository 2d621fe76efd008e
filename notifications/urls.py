"""Addresses of the inbox and of what was sent."""

from django.urls import path

from notifications import views

urlpatterns = [
    path("inbox/", views.inbox, name="inbox"),
    path("inbox/read-all/", views.inbox_read_all, name="inbox_read_all"),
    path("inbox/<int:pk>/", views.inbox_open, name="inbox_open"),
    path("demo/sent/", views.demo_sent, name="demo_sent"),
    path("staff/deliveries/", views.deliveries, name="deliveries"),
    path("staff/deliveries/<int:pk>/again/", views.delivery_again, name="delivery_again"),
    path("staff/effects/<int:pk>/again/", views.effect_again, name="effect_again"),
]
