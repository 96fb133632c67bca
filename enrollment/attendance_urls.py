"""Pages under /p/<prison>/attendance/: what came back on paper, and taps."""

from django.urls import path

from enrollment.views import attendance, sheet_files

urlpatterns = [
    path("attendance/", attendance.attendance_list, name="attendance_list"),
    path("attendance/<int:pk>/", attendance.session_attendance, name="session_attendance"),
    path("attendance/file/", sheet_files.send_sheet, name="send_sheet"),
    path("attendance/file/<int:pk>/", sheet_files.read_sheet, name="read_sheet"),
    path("attendance/file/<int:pk>/accept/", sheet_files.accept_sheet, name="accept_sheet"),
    path("attendance/<int:pk>/sheet-to-fill-in.xlsx", sheet_files.sheet_to_fill_in, name="sheet_to_fill_in"),
    path("attendance/<int:pk>/sheet/", attendance.enter_sheet, name="enter_sheet"),
    path("attendance/<int:pk>/many/", attendance.mark_many, name="mark_many"),
    path("attendance/<int:pk>/heads/", attendance.count_heads, name="count_heads"),
    path("attendance/<int:pk>/<int:person>/", attendance.mark, name="mark"),
]
