"""Pages under /p/<prison>/ about the offer: activities, series, sessions, facilitators, calendar feeds."""

from django.urls import path

from sessions import views_feeds

app_name = "sessions"
urlpatterns = [
    path("feeds/", views_feeds.feed_list, name="feed_list"),
    path("feeds/rules/", views_feeds.feed_rules, name="feed_rules"),
    path("feeds/<int:pk>/renew/", views_feeds.feed_renew, name="feed_renew"),
    path("feeds/<int:pk>/revoke/", views_feeds.feed_revoke, name="feed_revoke"),
    path("sessions/<int:pk>/calendar.ics", views_feeds.session_calendar, name="session_calendar"),
]
