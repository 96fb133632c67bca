"""Which proofs the small size leaves out."""

import os

# LibreOffice's files, four machines and the upgrades have been seen green on every database that they know, and take
# minutes. The other faults are in, some of them on one database only (tests/proof/house.py, ONE_ENGINE).
collect_ignore = (
    [
        "test_roster_libreoffice.py",
        "faults/test_four_machines.py",
        "faults/test_upgrade.py",
    ]
    if os.environ.get("PROOF_SIZE") == "small"
    else []
)
