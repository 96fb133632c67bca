#!/bin/sh
# A newer version in the place of this one: backup first, and back to it by itself when anything fails.
# Called by `make upgrade` (TO=v1.2 for a certain version) and `make downgrade`, as the user of the program.
set -eu
cd "$(dirname "$0")/.."

PYTHON=.venv/bin/python
NOTE=var/upgraded-from
# What a version needs beside its files; the tests, which share one environment, put something else here.
SETUP=${UPGRADE_SETUP:-make --no-print-directory setup}

build() {
    $SETUP
    $PYTHON -m planner.optimiser.annealing.native >/dev/null || echo "Without the compiled planner (no C compiler): proposals take longer."
}

go_back() {
    { read -r revision && read -r backup; } <"$NOTE"
    git checkout --quiet --detach "$revision"
    build
    $PYTHON manage.py restore "$backup" --yes ${KEY:+--key "$KEY"}
    $PYTHON manage.py prepare
    echo "Back at $(git describe --always --tags), with the data of $backup."
    echo "Now, as root: systemctl restart planner"
}

up() {
    if ! git diff --quiet HEAD; then
        echo "Files of the program have been changed here (git status): nothing was done." >&2
        exit 1
    fi
    git fetch --quiet --tags
    if ! wanted=$(git rev-parse --quiet --verify "${1:-origin/HEAD}^{commit}"); then
        echo "There is no version $1: nothing was done." >&2
        exit 1
    fi
    # Typed twice, or broken off: prepared again, and the way back still leads to where it began.
    if [ "$wanted" = "$(git rev-parse HEAD)" ]; then
        build
        $PYTHON manage.py prepare
        echo "Already at $(git describe --always --tags): prepared again."
        return
    fi
    mkdir -p var
    # As the program sees it: the folder may be named in .env alone.
    backup=$($PYTHON -c 'from planner import settings; print(settings.BACKUP_FOLDER)')/before-upgrade-$(date +%Y-%m-%d-%H%M%S).backup
    $PYTHON manage.py backup "$backup"
    printf '%s\n%s\n' "$(git rev-parse HEAD)" "$backup" >"$NOTE"
    git checkout --quiet --detach "$wanted"
    if (build && $PYTHON manage.py prepare); then
        echo "Now at $(git describe --always --tags). The way back: make downgrade"
        echo "Now, as root: systemctl restart planner"
        return
    fi
    echo "The newer version could not be prepared. Going back ..." >&2
    # The recipients may stand in .env alone; the file itself says whether a key is needed.
    if [ "$(head -c 18 "$backup")" = "age-encryption.org" ] && [ -z "${KEY:-}" ]; then
        echo "The backup is encrypted. Bring the key, then: make downgrade KEY=backup-key.txt" >&2
        exit 1
    fi
    go_back
    exit 1
}

case ${1:-} in
up) up "${2:-}" ;;
back) go_back ;;
*) echo "usage: upgrade.sh up [VERSION] | back" >&2 && exit 2 ;;
esac
