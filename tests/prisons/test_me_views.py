import pytest
from django.urls import reverse

from prisons.models import AuditEntry
from tests.factories import make_membership, make_user, signed_in


def test_home_leads_to_the_only_or_last_prison(haren, saint_gilles, organiser_anna):
    anna = signed_in(organiser_anna)
    assert anna.get("/")["Location"] == "/p/haren/"
    make_membership(organiser_anna, saint_gilles, "liaison")
    assert anna.get("/")["Location"] == reverse("people:prison_list")
    organiser_anna.last_prison = saint_gilles
    organiser_anna.save()
    assert anna.get("/")["Location"] == "/p/saint-gilles/"


def test_prison_list_names_own_prisons_only(haren, saint_gilles, organiser_anna):
    page = signed_in(organiser_anna).get(reverse("people:prison_list")).content.decode()
    assert "/p/haren/" in page and "/p/saint-gilles/" not in page


def test_somebody_without_a_role_is_told_whom_to_ask(db):
    assert b"Ask a community coordinator" in signed_in(make_user()).get(reverse("people:prison_list")).content


def test_account_shows_roles_and_second_factor(haren, service, organiser_anna):
    page = signed_in(organiser_anna).get(reverse("people:me")).content.decode()
    assert "De Brug" in page and "not set up" in page


def test_who_hears_of_changes_chooses_when(organiser_anna, worker_chloe):
    anna, page = signed_in(organiser_anna), reverse("people:me")
    sent = {"full_name": "Anna Peeters", "language": organiser_anna.language}
    assert 'name="letters"' in anna.get(page).content.decode()
    assert anna.post(page, sent | {"letters": "never"}).status_code == 302
    organiser_anna.refresh_from_db()
    assert organiser_anna.letters == "never"
    assert anna.post(page, sent | {"letters": "hourly"}).status_code == 422
    assert 'name="letters"' not in signed_in(worker_chloe).get(page).content.decode()  # beside the sessions


def test_account_changes_name_and_language(organiser_anna):
    anna = signed_in(organiser_anna)
    assert (
        anna.post(
            reverse("people:me"), {"full_name": "Anna P.", "language": "fr", "letters": "daily"}
        ).status_code
        == 302
    )
    organiser_anna.refresh_from_db()
    assert (organiser_anna.full_name, organiser_anna.language) == ("Anna P.", "fr")
    assert AuditEntry.objects.get(verb="change_account").fields == ["full_name", "language"]
    assert anna.post(reverse("people:me"), {"full_name": "", "language": "fr"}).status_code == 422
    assert anna.post(reverse("people:me"), {"full_name": "Anna", "language": "xx"}).status_code == 422


def test_language_button_reaches_the_account(organiser_anna):
    anna = signed_in(organiser_anna)
    answer = anna.post(reverse("set_language"), {"language": "fr", "next": reverse("people:me")})
    organiser_anna.refresh_from_db()
    assert answer.status_code == 302 and organiser_anna.language == "fr"
    anna.post(reverse("set_language"), {"language": "xx"})
    organiser_anna.refresh_from_db()
    assert organiser_anna.language == "fr"


def test_language_button_works_for_visitors(client, db):
    client.post(reverse("set_language"), {"language": "fr"})
    assert client.cookies["language"].value == "fr"


@pytest.mark.parametrize("name", ["people:home", "people:me", "people:prison_list", "people:token_list"])
def test_visitors_sign_in_first(client, db, name):
    answer = client.get(reverse(name))
    assert answer.status_code == 302 and answer["Location"].startswith(reverse("account_login"))


def test_people_of_the_demo_are_signed_out_elsewhere(organiser_anna, settings):
    anna = signed_in(organiser_anna)
    type(organiser_anna).objects.update(is_demo=True)
    settings.DEMO = False
    assert anna.get(reverse("people:me")).status_code == 302
    settings.DEMO = True
    assert anna.get(reverse("people:me")).status_code == 200
