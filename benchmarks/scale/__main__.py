"""`make seed-national`, `make seed-history`, `make bench-scale`: see docs/scale.md.

Every set is read by a process of its own, because settings are read once.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib
import json
import logging
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.scale import acts, comparing, named, nightly

FOLDER = Path(os.environ.get("SCALE_DIR", "var/scale"))
SERVER = os.environ.get("SCALE_DATABASE_URL", "")
SETS = ("term", "national", "history")
TIMES = {"full": {"national": 38 * 9, "history": 100}, "small": {"national": 4 * 2, "history": 8}}
"""How many times the first term each set holds."""
ROLES = ("anna.organiser", "karim.coordinator", "bert.liaison", "chloe.worker", "greta.auditor")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.scale", description=__doc__)
    parser.add_argument(
        "act",
        choices=["seed", "walk", "measure", "named", "nightly", "bench", "acts", "perform", "watch"],
    )
    parser.add_argument("set", nargs="?", default="term", choices=SETS)
    parser.add_argument("--size", choices=["small", "full"], default="full")
    parser.add_argument(
        "--only", default="", choices=["", "named"], help="for bench: the pages of the table alone"
    )
    parser.add_argument("--what", default="", help="for perform: an act; for watch: a prison")
    asked = parser.parse_args()
    if asked.act == "bench":
        bench(asked.size, only_named=asked.only == "named")
        return
    if asked.act == "acts":
        measure_acts(asked.set, asked.size)
        return
    use(asked.set, asked.size)
    if asked.act in ("perform", "watch"):
        print(json.dumps(acts.perform(asked.what) if asked.act == "perform" else acts.watch(asked.what)))
        return
    {"seed": seed, "walk": walk, "measure": measure, "named": measure_named, "nightly": measure_nightly}[
        asked.act
    ](asked.set, asked.size)


def folder_of(name: str, size: str) -> Path:
    """Its files: the database where it is SQLite, its secret key, its figures."""
    if os.environ.get("SCALE_COPY"):
        return Path(os.environ["SCALE_COPY"])
    return FOLDER / f"{name}-{size}{'-postgres' if SERVER else ''}"


def use(name: str, size: str) -> None:
    """Settings for this set, then Django. Makes the database where PostgreSQL lacks it."""
    folder = folder_of(name, size)
    folder.mkdir(parents=True, exist_ok=True)
    os.environ["DATA_DIR"] = str(folder)
    os.environ["DATABASE_URL"] = f"{SERVER}/{_database(name, size)}" if SERVER else ""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "planner.settings")
    import django

    django.setup()
    importlib.import_module(
        "planner.wsgi"
    )  # measured as the web server answers: views loaded, the collector spared
    logging.disable(logging.WARNING)


def _database(name: str, size: str) -> str:
    import psycopg

    database = f"tempo_scale_{name}_{size}{'_copy' if os.environ.get('SCALE_COPY') else ''}"
    with psycopg.connect(f"{SERVER}/postgres", autocommit=True) as server:
        if not server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [database]).fetchone():
            server.execute(f'CREATE DATABASE "{database}"'.encode())
    return database


def seed(name: str, size: str) -> None:
    """Builds the set, unless it is there."""
    from django.core.management import call_command

    from benchmarks.scale import sets
    from prisons.models import Prison

    call_command("migrate", interactive=False, verbosity=0)
    call_command("createcachetable", verbosity=0)
    if Prison.objects.exists():
        print(f"{name} is there: {folder_of(name, size)}")
        return
    sets.build(
        (sets.SMALL if size == "small" else sets.SIZES)[name], say=lambda text: print(text, flush=True)
    )


def walk(name: str, size: str) -> None:
    """What each role of the demo can open on this set, as a list of addresses."""
    from benchmarks.scale import walking
    from prisons.models import User

    found = []
    for role in ROLES:
        user = User.objects.get(email=f"{role}@demo.example")
        found += [cost.as_json() for cost in walking.crawl(user, role, "haren")]
        print(f"{role}: {len(found)} addresses so far", flush=True)
    _addresses(size).write_text(json.dumps(found, indent=1))


def _addresses(size: str) -> Path:
    return folder_of("term", size) / "addresses.json"


def measure(name: str, size: str) -> None:
    """What the addresses of one term cost on this set."""
    from benchmarks.scale import walking
    from prisons.models import User

    clients = {role: walking.signed_in(User.objects.get(email=f"{role}@demo.example")) for role in ROLES}
    large = 500 if size == "small" else 10_000
    costs = [
        walking.measure(walking.Cost(**each), clients[each["role"]], large=large).as_json()
        for each in json.loads(_addresses(size).read_text())
    ]
    (folder_of(name, size) / "costs.json").write_text(json.dumps(costs, indent=1))
    print(f"{name}: {len(costs)} addresses measured", flush=True)


def measure_named(name: str, size: str) -> None:
    """What the pages of the table cost on this set."""
    named.measure(folder_of(name, size), large=500 if size == "small" else 10_000)


def measure_acts(name: str, size: str) -> None:
    """How long others wait for the longest acts, each on a copy of this set."""
    acts.measure(name, size, lambda: copied(name, size))


@contextlib.contextmanager
def copied(name: str, size: str) -> Iterator[dict[str, str]]:
    """The set once more, to be changed; the environment that leads to it."""
    import psycopg

    with tempfile.TemporaryDirectory(prefix="planner-copy-") as folder:
        shutil.copytree(folder_of(name, size), folder, dirs_exist_ok=True)
        if SERVER:
            source = f"tempo_scale_{name}_{size}"
            with psycopg.connect(f"{SERVER}/postgres", autocommit=True) as server:
                server.execute(f'DROP DATABASE IF EXISTS "{source}_copy" WITH (FORCE)'.encode())
                server.execute(f'CREATE DATABASE "{source}_copy" TEMPLATE "{source}"'.encode())
        yield {"SCALE_COPY": folder}


def measure_nightly(name: str, size: str) -> None:
    """What the tasks that run by themselves take on this set."""
    print(f"{name}: {nightly.measure()}", flush=True)


def bench(size: str, *, only_named: bool = False) -> None:
    """Builds what is missing, measures all three, prints the tables."""
    for name in SETS:
        _run("seed", name, size)
        _run("named", name, size)
    print(named.table({name: folder_of(name, size) for name in SETS}, TIMES[size]))
    for name in SETS[1:]:
        _run("nightly", name, size)
    if only_named:
        return
    _run("walk", "term", size)
    for name in SETS:
        _run("measure", name, size)
    first, *others = (folder_of(name, size) / "costs.json" for name in SETS)
    print(comparing.table(first, others))
    print("Acts, beside a colleague in the same prison and one in another:")
    measure_acts("national", size)


def _run(act: str, name: str, size: str) -> None:
    subprocess.run([sys.executable, "-m", "benchmarks.scale", act, name, "--size", size], check=True)


if __name__ == "__main__":
    main()
