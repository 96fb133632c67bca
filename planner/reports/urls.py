"""Pages under /p/<prison>/reports/."""

from django.urls import path, register_converter

from planner.reports import file_views, views
from planner.reports.periods import MonthConverter

register_converter(MonthConverter, "month")

urlpatterns = [
    path("reports/", views.reports, name="reports"),
    path("reports/files/", file_views.report_files, name="report_files"),
    path("reports/files/year/", file_views.year_report_start, name="year_report_start"),
    path("reports/files/sheets/", file_views.month_of_sheets_start, name="month_of_sheets_start"),
    path("reports/hours/", file_views.work_hours_page, name="work_hours"),
    path(
        "reports/hours/<month:month>.pdf",
        file_views.work_hours_file,
        {"ending": "pdf"},
        name="work_hours_file",
    ),
    path(
        "reports/hours/<month:month>.xlsx",
        file_views.work_hours_file,
        {"ending": "xlsx"},
        name="work_hours_file_xlsx",
    ),
    path("reports/<slug:what>/", views.report_list, name="report_list"),
]
