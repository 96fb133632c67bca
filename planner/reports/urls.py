"""Pages under /p/<prison>/reports/."""

from django.urls import path

from planner.reports import views

urlpatterns = [
    path("reports/", views.reports, name="reports"),
    path("reports/year/<slug:authority>-<int:year>-<slug:kind>.xlsx", views.year_file, name="year_report"),
    path("reports/<slug:what>/", views.report_list, name="report_list"),
]
