"""Pages under /p/<prison>/ about people, their requests and their groups."""

from django.urls import path

from enrollment import attendance_urls, list_urls
from enrollment.views import agreement, enrollments, notes, people, person_facts, requests, series, slips

app_name = "enrollment"
urlpatterns = [
    path("notes/", notes.note_entry, name="note_entry"),
    path("notes/people/", notes.note_people, name="note_people"),
    path("notes/things/", notes.note_things, name="note_things"),
    path("notes/<int:pk>/undo/", notes.note_undo, name="note_undo"),
    path("notes/<int:pk>/unreadable/", notes.parked_unreadable, name="parked_unreadable"),
    path("requests/", requests.request_list, name="request_list"),
    path("requests/decide/", requests.bulk_decide, name="bulk_decide"),
    path("requests/<int:pk>/", requests.request_detail, name="request_detail"),
    path("requests/<int:pk>/decide/", requests.request_decide, name="request_decide"),
    path("agreement/", agreement.agreement, name="agreement"),
    path("slips/print/", slips.slip_print, name="slip_print"),
    path("slips/hand-out/", slips.slip_hand_out, name="slip_hand_out"),
    path("slips/<int:pk>/take-back/", slips.slip_take_back, name="slip_take_back"),
    path("people/", people.person_list, name="person_list"),
    path("people/add/", people.person_add, name="person_add"),
    path("people/<int:pk>/", people.person_detail, name="person_detail"),
    path("people/<int:pk>/change/", people.person_change, name="person_change"),
    path("people/<int:pk>/number/", people.person_number, name="person_number"),
    path("people/<int:pk>/move/", people.person_move, name="person_move"),
    path("people/<int:pk>/leave/", people.person_leave, name="person_leave"),
    path("people/<int:pk>/away/", people.person_away, name="person_away"),
    path("people/<int:pk>/back/", people.person_back, name="person_back"),
    path("people/<int:pk>/level/", person_facts.level_set, name="level_set"),
    path("people/<int:pk>/intake/", person_facts.intake_note, name="intake_note"),
    path("people/<int:pk>/consent/", person_facts.consent_set, name="consent_set"),
    path("people/<int:pk>/blocks/add/", person_facts.block_add, name="block_add"),
    path("people/<int:pk>/blocks/<int:block>/end/", person_facts.block_end, name="block_end"),
    *list_urls.urlpatterns,
    *attendance_urls.urlpatterns,
    path("series/<int:pk>/", series.series_detail, name="series_detail"),
    path("enrolments/<int:pk>/", enrollments.enrollment_detail, name="enrollment_detail"),
    path("enrolments/<int:pk>/approve/", enrollments.approve, name="approve"),
    path("enrolments/<int:pk>/put-on-list/", enrollments.put_on_list, name="put_on_list"),
    path("enrolments/<int:pk>/decline/", enrollments.decline, name="decline"),
    path("enrolments/<int:pk>/withdraw/", enrollments.withdraw, name="withdraw"),
    path("enrolments/<int:pk>/give-place/", enrollments.give_place, name="give_place"),
    path("enrolments/<int:pk>/end/", enrollments.end, name="end"),
    path("enrolments/<int:pk>/take-back/", enrollments.take_back, name="take_back"),
    path("enrolments/<int:pk>/ask-again/", enrollments.ask_again, name="ask_again"),
    path("enrolments/<int:pk>/position/", enrollments.change_position, name="change_position"),
]
