import pytest


@pytest.mark.postgres
@pytest.mark.django_db
def test_x():
    from django.db import connection

    with connection.cursor() as c:
        c.execute("select 1")
    print(connection.settings_dict)
