"""Addresses of the grievance loop."""

from django.urls import path

from grievances.views import cases, catalogue, desk, intake, mine, printing, queue, rating, report, resting, rules, wall

urlpatterns = [
    path("report/", report.report, name="report"),
    path("my-cases/", mine.my_cases, name="my_cases"),
    path("cases/<int:pk>/", cases.case, name="case"),
    path("cases/<int:pk>/rate/", rating.rate, name="rate"),
    path("cases/<int:pk>/photos/<uuid:photo_id>/<str:version>/", cases.case_photo, name="case_photo"),
    path("cases/<int:pk>/wall/", wall.release, name="release"),
    path("cases/<int:pk>/print/", printing.print_case, name="print_case"),
    path("cases/<int:pk>/<slug:step>/", cases.case_step, name="case_step"),
    path("r/<str:token>/", rating.rate_link, name="rate_link"),
    path("intake/", intake.intake, name="intake"),
    path("patrol/", intake.patrol, name="patrol"),
    path("queue/", queue.queue, name="queue"),
    path("desk/", desk.desk, name="desk"),
    path("desk/wall/", wall.wall_waiting, name="wall_waiting"),
    path("wall/", wall.wall, name="wall"),
    path("wall/<int:pk>/", wall.wall_item, name="wall_item"),
    path("wall/<int:pk>/follow/", wall.follow, name="follow"),
    path("wall/<int:pk>/photos/<uuid:photo_id>/<str:version>/", wall.wall_photo, name="wall_photo"),
    path("staff/resting/", resting.resting, name="resting"),
    path("staff/approvals/", resting.approvals, name="approvals"),
    path("staff/categories/", catalogue.categories, name="categories"),
    path("staff/categories/<int:pk>/", catalogue.category, name="category"),
    path("staff/categories/<int:pk>/new/", catalogue.category_new, name="category_new"),
    path("staff/categories/<int:pk>/off/", catalogue.category_off, name="category_off"),
    path("staff/categories/<int:pk>/<slug:step>/", catalogue.category_step, name="category_step"),
    path("staff/rules/", rules.rules, name="rules"),
    path("staff/rules/new/", rules.rule_new, name="rule_new"),
    path("staff/rules/catch-all/", rules.catch_all, name="catch_all"),
    path("staff/rules/trials/<int:pk>/", rules.rule_trial, name="rule_trial"),
    path("staff/rules/<int:pk>/", rules.rule, name="rule"),
    path("staff/rules/<int:pk>/<slug:step>/", rules.rule_step, name="rule_step"),
]
