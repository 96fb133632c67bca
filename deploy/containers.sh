#!/bin/bash
# Played to its end (`try`) with podman 4.3, netavark, runc and podman-compose 1.6 (1.0 knows no --env-file), run as root on Debian 12, with images made by mmdebstrap.
# Not tried: images from a registry, docker compose, podman without root, checks of health between containers (podman below 4.6 has none).
# Starts compose.yaml with podman-compose on ports and data of its own, up to the first page over TLS.
#   deploy/containers.sh up       builds, starts, waits for the first page
#   deploy/containers.sh down     stops and removes the containers, keeps the data (the volumes of the project planner-try)
#   deploy/containers.sh try      plays it whole: a job done by the worker, a backup and its way back, stopped in good order, up again with
#                                 everything kept; throws the data away in the end
# Needs podman with netavark and aardvark-dns (names between containers), podman-compose, curl. Where no registry can be reached (or
# LOCAL=yes) the images are made from Debian by mmdebstrap. Inside another container or virtual machine, which may not raise its own
# limits, CONTAINERS_CONF names a file with default_ulimits, and HOSTED=yes builds without a container around each step.
set -Eeuo pipefail
trap 'echo "containers.sh: line $LINENO failed ($?): $BASH_COMMAND" >&2' ERR
cd "$(dirname "$0")/.."

FOLDER=${FOLDER:-var/containers}
export HTTPS_PORT=${HTTPS_PORT:-8443} HTTP_PORT=${HTTP_PORT:-8480}
export COMPOSE_PROJECT_NAME=${COMPOSE_PROJECT_NAME:-planner-try}
MIRROR=${MIRROR:-}
BUNDLE=/etc/ssl/certs/ca-certificates.crt
BUILD="--network=host ${HOSTED:+--isolation=chroot}"
SITE=https://localhost:$HTTPS_PORT

needs() { command -v "$1" >/dev/null || { echo "containers.sh needs $1." >&2; exit 1; }; }
compose() { podman-compose --file compose.yaml --env-file "$ENV_FILE" "$@"; }
# In the background podman keeps what it was given to write to: a file, or whoever reads this script through a pipe waits for ever.
quietly() { compose "$@" >"$FOLDER/said" 2>&1 </dev/null || { cat "$FOLDER/said" >&2; return 1; }; }
planner() { service=$1; shift; compose exec -T "$service" python manage.py "$@"; }

settings() { # made once, kept: the password of the database is that of its volume
    mkdir -p "$FOLDER"
    ENV_FILE=$(realpath "$FOLDER")/env
    export ENV_FILE
    secret() { head -c 48 /dev/urandom | base64 | tr -dc 'A-Za-z0-9'; }
    [ -s "$ENV_FILE" ] || (umask 077; printf '%s\n' "BASE_URL=$SITE" PLANNER_HOST=localhost "SECRET_KEY=$(secret)" "POSTGRES_PASSWORD=$(secret)" >"$ENV_FILE")
}

images() {
    if [ -z "${LOCAL:-}" ] && podman pull --quiet docker.io/library/python:3.11-slim-bookworm; then
        compose build
        return
    fi
    export PYTHON_IMAGE=localhost/planner-base POSTGRES_IMAGE=localhost/planner-database REDIS_IMAGE=localhost/planner-cache CADDY_IMAGE=localhost/planner-proxy
    if ! podman image exists $PYTHON_IMAGE; then
        needs mmdebstrap
        # What this machine trusts beside the usual: the image reaches the packages through the same network.
        mmdebstrap --variant=minbase --mode="${MMDEBSTRAP_MODE:-auto}" --customize-hook='cp /usr/local/share/ca-certificates/*.crt "$1/usr/local/share/ca-certificates/" 2>/dev/null; TMPDIR=/tmp chroot "$1" update-ca-certificates >/dev/null' --include=ca-certificates,python3,python3-venv,gcc,libc6-dev,postgresql,redis-server,caddy \
            bookworm - $MIRROR | podman import --quiet - $PYTHON_IMAGE
    fi
    for each in database cache proxy; do
        podman build --quiet $BUILD --target $each -t localhost/planner-$each -f deploy/Containerfile.local deploy >/dev/null
    done
    compose --podman-build-args "$BUILD --build-arg PIP_CERT=$BUNDLE --build-arg SSL_CERT_FILE=$BUNDLE" build web >"$FOLDER/built" 2>&1 || { cat "$FOLDER/built" >&2; exit 1; }
}

page() { # page ADDRESS TEXT: waits until it comes
    tries=0
    until curl --silent --fail --insecure "$SITE$1" | grep -- "$2" >/dev/null; do
        tries=$((tries + 1))
        [ $tries -lt 120 ] || { echo "$SITE$1 did not come." >&2; compose logs >&2; exit 1; }
        sleep 1
    done
}

up() {
    quietly up -d --no-build
    page /accounts/login/ '<form'
    page /readyz ready
    echo "The first page: $SITE/"
}

letters() { compose exec -T worker sh -c 'ls /data/mail 2>/dev/null | wc -l'; }
volumes() { podman volume ls --quiet --filter "name=^${COMPOSE_PROJECT_NAME}_"; }
throw_away() { # podman-compose 1.6 leaves the volume that two services share: podman made it, without the label of the project
    quietly down --volumes
    for each in $(volumes); do podman volume rm "$each" >/dev/null; done
    [ -z "$(volumes)" ] || { echo "still there: $(volumes)" >&2; exit 1; }
}
stop() { # in good order: each container ends by itself, none is killed when its time is over
    quietly stop
    for each in $(podman ps -aq --filter "label=io.podman.compose.project=$COMPOSE_PROJECT_NAME"); do
        podman inspect --format '{{.Name}} ended with {{.State.ExitCode}}' "$each"
        [ "$(podman inspect --format '{{.State.ExitCode}}' "$each")" != 137 ] || { echo "killed" >&2; exit 1; }
    done
}

try() {
    up
    compose exec -T --env DJANGO_SUPERUSER_PASSWORD=a-long-one-for-a-try --env DJANGO_SUPERUSER_EMAIL=root@example.org \
        web python manage.py createsuperuser --noinput
    # The web container only writes down that a letter is to be sent; the worker sends it.
    planner web create_prison haren Haren Haren --coordinator karim@example.org --organisation "De Brug" \
        --authority flemish --language nl --liaison bert@example.org >/dev/null
    tries=0
    until [ "$(letters)" -ge 2 ]; do
        tries=$((tries + 1)); [ $tries -lt 60 ] || { echo "The worker sent nothing." >&2; compose logs worker >&2; exit 1; }
        sleep 1
    done
    echo "The worker sent $(letters) letters."
    planner backup backup
    planner backup check --deploy
    stop
    quietly down
    up
    [ "$(planner web shell -c 'from prisons.models import Prison; print(Prison.objects.get().slug)' | tail -1)" = haren ]
    [ "$(letters)" -ge 2 ]
    echo "Down and up again: all of it is kept."
    quietly stop web worker
    compose exec -T backup sh -c 'python manage.py restore "$(ls /var/backups/planner/*.backup)" --yes'
    quietly start web worker
    page /readyz ready
    stop
    throw_away
    echo "Played to the end."
}

for each in podman podman-compose curl; do needs $each; done
settings
case ${1:-} in
up) images && up ;;
down) quietly down ;;
try) images && try ;;
*) echo "usage: containers.sh up | down | try" >&2 && exit 2 ;;
esac
