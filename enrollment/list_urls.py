"""Pages under /p/<prison>/lists/: what leaves on paper, and who gets what of it."""

from django.urls import URLPattern, path, register_converter

from core.web.address import DayConverter
from enrollment.views.lists import day, families, list_files, list_settings

register_converter(DayConverter, "day")

_SETTINGS = [
    path("settings/lists/", list_settings.list_settings, name="list_settings"),
    path("settings/lists/posts/add/", list_settings.post_add, name="post_add"),
    path("settings/lists/posts/per-unit/", list_settings.posts_per_unit, name="posts_per_unit"),
    path("settings/lists/posts/<int:pk>/", list_settings.post_edit, name="post_edit"),
    path("settings/lists/posts/<int:pk>/remove/", list_settings.post_remove, name="post_remove"),
    path("settings/lists/posts/<int:pk>/add/", list_settings.handout_add, name="handout_add"),
    path("settings/lists/lines/<int:pk>/", list_settings.handout_edit, name="handout_edit"),
    path("settings/lists/lines/<int:pk>/remove/", list_settings.handout_remove, name="handout_remove"),
]


def _files(ending: str, suffix: str) -> list[URLPattern]:
    """The same lists as workbook (`list_file`) and as PDF (`list_file_pdf`)."""
    told = {"ending": ending}
    return [
        path(
            f"lists/<day:on>/posts/<int:post>.{ending}",
            list_files.post_file,
            told,
            name=f"list_post_file{suffix}",
        ),
        path(f"lists/<day:on>/<slug:kind>.{ending}", list_files.list_file, told, name=f"list_file{suffix}"),
        path(
            f"lists/sessions/<int:pk>/sheet.{ending}",
            list_files.session_sheet,
            told,
            name=f"session_sheet{suffix}",
        ),
        path(
            f"lists/sessions/<int:pk>/own-sheet.{ending}",
            list_files.worker_sheet,
            told,
            name=f"worker_sheet{suffix}",
        ),
    ]


urlpatterns = [
    *_SETTINGS,
    path("lists/", day.list_day, name="lists"),
    path(
        "lists/<day:on>/changes/handed-over/",
        day.list_changes_handed_over,
        name="list_changes_handed_over",
    ),
    path("lists/versions/<int:pk>/<slug:what>/", day.list_confirm, name="list_confirm"),
    path("lists/sessions/<int:pk>/families/", families.families, name="families"),
    *_files("xlsx", ""),
    *_files("pdf", "_pdf"),
]
