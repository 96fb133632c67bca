"""Pages under /p/<prison>/attendance/: what came back on paper, and taps."""

from django.urls import path

from enrollment.views import attendance

urlpatterns = [
    path("attendance/", attendance.attendance_list, name="attendance_list"),
    path("attendance/<int:pk>/", attendance.session_attendance, name="session_attendance"),
    path("attendance/<int:pk>/sheet/", attendance.enter_sheet, name="enter_sheet"),
    path("attendance/<int:pk>/heads/", attendance.count_heads, name="count_heads"),
    path("attendance/<int:pk>/<int:person>/", attendance.mark, name="mark"),
]
