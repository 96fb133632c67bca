"""Pages of no single prison: the way in, the own account, the links of invitations."""

from django.urls import path

from prisons.views import me

app_name = "people"
urlpatterns = [
    path("", me.home, name="home"),
    path("prisons/", me.prison_list, name="prison_list"),
    path("me/", me.me, name="me"),
    path("me/signed-in/", me.session_list, name="session_list"),
    path("me/tokens/", me.token_list, name="token_list"),
    path("me/tokens/<int:pk>/revoke/", me.token_revoke, name="token_revoke"),
    path("invitations/<str:secret>/", me.invitation, name="invitation"),
]
