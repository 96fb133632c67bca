"""Which proofs the small size leaves out."""

import os

# The faults under writes and the growth of what is asked (docs/scale.md) take long: the full size tries them, so that
# an unfinished proof does not stop a change that has nothing to do with it.
# Of the faults these have been seen green on SQLite, one by one: the clock but for its last line (the seals), a disk
# that is full, a folder that is read-only at the start, Redis away, told to stop under load; the killed migration on
# both databases. Four machines, and these faults on PostgreSQL, have not yet run to their end.
# Killed queues, two machines and LibreOffice's files have been seen green; they take minutes on a busy machine.
collect_ignore = (
    [
        "test_roster_libreoffice.py",
        "test_scale.py",
        "faults/test_clocks.py",
        "faults/test_data_folder.py",
        "faults/test_four_machines.py",
        "faults/test_migration_killed.py",
        "faults/test_queue_killed.py",
        "faults/test_two_machines.py",
        "faults/test_under_writes.py",
    ]
    if os.environ.get("PROOF_SIZE") == "small"
    else []
)
