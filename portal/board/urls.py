"""Addresses of the boards."""

from django.urls import path

from portal.board import views

urlpatterns = [
    path("staff/board/", views.board, name="board"),
    path("staff/cases/", views.case_list, name="case_list"),
]
