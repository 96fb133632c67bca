"""Pages under /p/<prison>/ that are about people and records."""

from django.urls import path

from prisons.views import announcements, jobs, organisations, people, records, support

app_name = "prisons"
urlpatterns = [
    path("people-and-rights/", people.membership_list, name="membership_list"),
    path("people-and-rights/invite/", people.invite, name="invite"),
    path("people-and-rights/give/", people.give_role, name="give_role"),
    path("people-and-rights/<int:pk>/", people.membership_detail, name="membership_detail"),
    path("people-and-rights/<int:pk>/end/", people.membership_end, name="membership_end"),
    path("people-and-rights/<int:pk>/reinstate/", people.membership_reinstate, name="membership_reinstate"),
    path(
        "people-and-rights/invited/<int:pk>/again/",
        people.send_invitation_again,
        name="send_invitation_again",
    ),
    path(
        "people-and-rights/invited/<int:pk>/withdraw/", people.withdraw_invitation, name="withdraw_invitation"
    ),
    path("organisations/", organisations.organisation_list, name="organisation_list"),
    path("organisations/add/", organisations.organisation_add, name="organisation_add"),
    path("organisations/known/", organisations.organisation_known, name="organisation_known"),
    path("organisations/<int:pk>/", organisations.organisation_detail, name="organisation_detail"),
    path("announcements/", announcements.announcement_list, name="announcement_list"),
    path("announcements/add/", announcements.announcement_add, name="announcement_add"),
    path("announcements/<int:pk>/", announcements.announcement_edit, name="announcement_edit"),
    path("announcements/<int:pk>/end/", announcements.announcement_end, name="announcement_end"),
    path(
        "announcements/<int:pk>/put-away/", announcements.announcement_put_away, name="announcement_put_away"
    ),
    path("support/", support.support_start, name="support_start"),
    path("support/end/", support.support_end, name="support_end"),
    path("outbox/", records.outbox_list, name="outbox_list"),
    path("outbox/resend/", records.outbox_resend_failed, name="outbox_resend_failed"),
    path("outbox/<int:pk>/resend/", records.outbox_resend, name="outbox_resend"),
    path("jobs/", jobs.job_list, name="job_list"),
    path("jobs/<int:pk>/", jobs.job_detail, name="job_detail"),
    path("jobs/<int:pk>/stop/", jobs.job_stop, name="job_stop"),
    path("jobs/<int:pk>/file/", jobs.job_file, name="job_file"),
]
