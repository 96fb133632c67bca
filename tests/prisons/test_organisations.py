import pytest
from django.urls import reverse

from prisons.models import AuditEntry, Organisation
from tests.factories import make_organisation, signed_in

DATA = {
    "name": "Sport vzw",
    "short_name": "Sport",
    "kind": "partner",
    "authority": "flemish",
    "language": "nl",
}


def url(name, *args):
    return reverse(f"prisons:{name}", args=["haren", *args])


@pytest.fixture
def karim(coordinator_karim):
    return signed_in(coordinator_karim)


def test_coordinator_adds_and_changes_an_organisation(karim, haren):
    assert karim.post(url("organisation_add"), DATA).status_code == 302
    row = Organisation.objects.get(short_name="Sport")
    assert list(row.prisons.all()) == [haren]
    assert karim.post(url("organisation_detail", row.pk), DATA | {"kind": "service"}).status_code == 302
    assert AuditEntry.objects.filter(verb="change_organisation").get().fields == ["kind"]


def test_unusable_organisation_is_asked_again(karim, service):
    for wrong in (
        {"name": ""},
        {"short_name": "x" * 41},
        {"authority": "french"},
        {"short_name": service.short_name},
    ):
        assert karim.post(url("organisation_add"), DATA | wrong).status_code == 422
    assert not Organisation.objects.filter(name="Sport vzw").exists()


def test_organisation_of_another_authority_is_read_only(karim, other_service):
    assert (
        url("organisation_detail", other_service.pk)
        not in karim.get(url("organisation_list")).content.decode()
    )
    answer = karim.post(url("organisation_detail", other_service.pk), DATA)
    assert answer.status_code == 403
    other_service.refresh_from_db()
    assert other_service.name == "La Passerelle asbl"


def test_organisation_from_another_prison_works_here_too(karim, haren, saint_gilles):
    known = make_organisation(saint_gilles, authority="flemish")
    french = make_organisation(saint_gilles, authority="french")
    assert karim.post(url("organisation_known"), {"organisation": known.pk}).status_code == 302
    assert karim.post(url("organisation_known"), {"organisation": french.pk}).status_code == 422
    assert haren in known.prisons.all() and haren not in french.prisons.all()
    assert karim.get(url("organisation_detail", french.pk)).status_code == 404


@pytest.mark.parametrize(
    ("fixture", "status"), [("organiser_anna", 403), ("liaison_bert", 403), ("stranger_dirk", 404)]
)
def test_who_manages_organisations(request, haren, fixture, status):
    client = signed_in(request.getfixturevalue(fixture))
    assert client.post(url("organisation_known"), DATA).status_code == status
    assert client.post(url("organisation_add"), DATA).status_code == status
