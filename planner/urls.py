"""The map of the site. Pages of a prison live under /p/<prison>/, everything else is listed here."""

from django.urls import include, path
from django.views.generic import RedirectView

from core.web.theme import theme
from planner.accounts import openid
from planner.accounts.sign_in import EnrolApp, EnrolPasskey, TakeAppOff, TakePasskeyOff
from planner.api import api
from planner.components import components
from planner.operations.health import healthz, readyz
from planner.operations.metrics import metrics
from planner.operations.security_contact import security_txt
from prisons.views.me import set_language
from sessions import views_feeds

handler500 = "core.database.database_file.server_error"

urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
    path("metrics", metrics, name="metrics"),
    path(".well-known/security.txt", security_txt, name="security_txt"),
    path("theme/", theme, name="theme"),
    path("components/", components, name="components"),
    path("language/", set_language, name="set_language"),
    # The address is what an invitation proved: a new one comes by a new invitation, never by typing it in.
    path("accounts/email/", RedirectView.as_view(pattern_name="people:me")),
    path("accounts/sessions/", RedirectView.as_view(pattern_name="people:session_list")),
    path("accounts/2fa/totp/activate/", EnrolApp.as_view(), name="mfa_activate_totp"),
    path("accounts/2fa/webauthn/add/", EnrolPasskey.as_view(), name="mfa_add_webauthn"),
    path("accounts/2fa/totp/deactivate/", TakeAppOff.as_view(), name="mfa_deactivate_totp"),
    path("accounts/2fa/webauthn/keys/<int:pk>/remove/", TakePasskeyOff.as_view(), name="mfa_remove_webauthn"),
    path("accounts/oidc/<str:provider_id>/login/", openid.begin, name="openid_connect_login"),
    path("accounts/", include("allauth.urls")),
    path("api/v1/", api.urls),
    path("ical/<str:secret>.ics", views_feeds.feed, name="feed"),
    path("", include("prisons.site_urls")),
    path("", include("planner.workers.site_urls")),
    path("p/<slug:prison>/", include("prisons.urls")),
    path("p/<slug:prison>/", include("rooms.urls")),
    path("p/<slug:prison>/", include("sessions.urls")),
    path("p/<slug:prison>/", include("enrollment.urls")),
    path("p/<slug:prison>/", include("planner.prison_urls")),
]
