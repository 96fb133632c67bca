import pytest
from django.core.management import CommandError, call_command

from prisons.access import access_for
from prisons.models import Message, Organisation, Prison, User
from tests.factories import PASSWORD, make_user

ARGUMENTS = ["haren", "Haren", "Haren", "--coordinator", "karim@example.org", "--organisation", "De Brug"]
ARGUMENTS += ["--authority", "flemish"]


@pytest.fixture
def installer(db):
    return make_user("Iris Tech", is_superuser=True)


def test_the_printed_link_makes_the_first_coordinator(installer, client, capsys):
    call_command("create_prison", *ARGUMENTS)
    link = capsys.readouterr().out.split()[-1]
    answer = client.post(
        "/" + link.split("/", 3)[3], {"full_name": "Karim", "language": "nl", "password": PASSWORD}
    )
    assert answer.status_code == 302
    access = access_for(User.objects.get(email="karim@example.org"), Prison.objects.get(slug="haren"))
    assert access.authorities == {"flemish"} and access.has("manage_people")


@pytest.mark.parametrize(
    ("place", "value"),
    [(0, "not a slug"), (0, ""), (1, " "), (2, "x" * 81), (4, "no address"), (6, "x" * 161)],
)
def test_unusable_input_makes_nothing(installer, place, value):
    arguments = [*ARGUMENTS]
    arguments[place] = value
    with pytest.raises(CommandError, match="Nothing was made"):
        call_command("create_prison", *arguments)
    assert not Prison.objects.exists() and not Organisation.objects.exists() and not Message.objects.exists()


def test_twice_is_refused_and_another_prison_shares_the_service(installer):
    call_command("create_prison", *ARGUMENTS)
    with pytest.raises(CommandError):
        call_command("create_prison", *ARGUMENTS)
    call_command("create_prison", "saint-gilles", "Sint-Gillis", "Saint-Gilles", *ARGUMENTS[3:])
    assert Organisation.objects.get().prisons.count() == 2


def test_it_says_what_to_type_without_a_superuser_or_with_two(db):
    with pytest.raises(CommandError, match="createsuperuser"):
        call_command("create_prison", *ARGUMENTS)
    make_user(is_superuser=True)
    make_user("Second", is_superuser=True)
    with pytest.raises(CommandError, match="--by"):
        call_command("create_prison", *ARGUMENTS)
    call_command("create_prison", *ARGUMENTS, "--by", "second@example.org")
