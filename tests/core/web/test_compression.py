"""What leaves compressed, and what does not."""

import gzip


def test_a_page_leaves_compressed_for_whoever_reads_that(client, db) -> None:
    plain = client.get("/accounts/login/")
    packed = client.get("/accounts/login/", headers={"accept-encoding": "gzip"})
    assert plain.get("Content-Encoding") is None
    assert packed["Content-Encoding"] == "gzip"
    assert len(packed.content) < len(plain.content) / 2
    assert b"<form" in gzip.decompress(packed.content)


def test_nothing_else_does(client, db) -> None:
    assert client.get("/healthz", headers={"accept-encoding": "gzip"}).get("Content-Encoding") is None
    schema = client.get("/api/v1/openapi.json", headers={"accept-encoding": "gzip"})
    assert schema.get("Content-Encoding") is None
