"""Pages under /p/<prison>/ about the offer: activities, series, sessions, facilitators, calendar feeds."""

from django.urls import path

from sessions import views_feeds
from sessions.views import activities, workers, workers_paste

app_name = "sessions"
urlpatterns = [
    path("series/activities/", activities.activity_list, name="activity_list"),
    path("series/activities/add/", activities.activity_add, name="activity_add"),
    path("series/activities/<int:pk>/", activities.activity_edit, name="activity_edit"),
    path("series/activities/<int:pk>/remove/", activities.activity_remove, name="activity_remove"),
    path("settings/terms/", activities.term_list, name="term_list"),
    path("settings/terms/add/", activities.term_add, name="term_add"),
    path("settings/terms/<int:pk>/", activities.term_edit, name="term_edit"),
    path("settings/terms/<int:pk>/remove/", activities.term_remove, name="term_remove"),
    path("settings/facilitators/", workers.worker_list, name="worker_list"),
    path("settings/facilitators/add/", workers.worker_add, name="worker_add"),
    path("settings/facilitators/paste/", workers_paste.worker_paste, name="worker_paste"),
    path(
        "settings/facilitators/pasted/<int:pk>/undo/",
        workers_paste.worker_paste_undo,
        name="worker_paste_undo",
    ),
    path("my-dates/", workers.my_dates, name="my_dates"),
    path("settings/facilitators/<int:pk>/", workers.worker_edit, name="worker_edit"),
    path("settings/facilitators/<int:pk>/end/", workers.worker_end, name="worker_end"),
    path("settings/facilitators/<int:pk>/absences/add/", workers.absence_add, name="absence_add"),
    path("settings/facilitators/<int:pk>/wishes/add/", workers.wish_add, name="wish_add"),
    path("settings/absences/<int:pk>/remove/", workers.absence_remove, name="absence_remove"),
    path("settings/wishes/<int:pk>/remove/", workers.wish_remove, name="wish_remove"),
    path("feeds/", views_feeds.feed_list, name="feed_list"),
    path("feeds/rules/", views_feeds.feed_rules, name="feed_rules"),
    path("feeds/<int:pk>/renew/", views_feeds.feed_renew, name="feed_renew"),
    path("feeds/<int:pk>/revoke/", views_feeds.feed_revoke, name="feed_revoke"),
    path("sessions/<int:pk>/calendar.ics", views_feeds.session_calendar, name="session_calendar"),
]
