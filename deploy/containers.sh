#!/bin/bash
# Played to its end (image built, five containers, the first page and /readyz over TLS, stopped in good order) with podman 4.3 and runc, run as root
# on Debian 12, with images made by mmdebstrap. Not tried: images from a registry, and podman without root.
# Builds the image of Containerfile and starts what compose.yaml describes, with podman alone, up to the first page over TLS.
#   deploy/containers.sh up       builds, starts, waits for the first page; data stays in FOLDER (var/containers)
#   deploy/containers.sh down     stops and removes the containers, keeps the data
# Where no registry can be reached (or LOCAL=yes) the images are made from Debian by mmdebstrap, with Debian's PostgreSQL, Redis
# and Caddy. Inside another container, which may not raise its own limits, HOSTED=yes lowers them (with crun's complaint of cgroups:
# PODMAN_OPTIONS=--runtime=runc).
set -Eeuo pipefail
trap 'echo "containers.sh: line $LINENO failed ($?): $BASH_COMMAND" >&2' ERR
cd "$(dirname "$0")/.."

FOLDER=${FOLDER:-var/containers}
TLS_PORT=${TLS_PORT:-8443}
WEB_PORT=${WEB_PORT:-8019}
DB_PORT=${DB_PORT:-5419}
CACHE_PORT=${CACHE_PORT:-6419}
MIRROR=${MIRROR:-}
BUNDLE=/etc/ssl/certs/ca-certificates.crt
PODMAN="podman ${PODMAN_OPTIONS:-}"
NAMES="planner-proxy planner-worker planner-web planner-cache planner-database"
run() { $PODMAN run --detach --replace --network=host ${HOSTED:+--ulimit=nofile=8192:8192 --ulimit=nproc=8192:8192} "$@"; }

base() {
    $PODMAN image exists localhost/planner-base && return
    if [ -z "${LOCAL:-}" ] && $PODMAN pull --quiet python:3.11-slim-bookworm; then
        $PODMAN tag python:3.11-slim-bookworm localhost/planner-base
        return
    fi
    needs mmdebstrap
    # What this machine trusts beside the usual: the image reaches the packages through the same network.
    mmdebstrap --variant=minbase --mode="${MMDEBSTRAP_MODE:-auto}" --customize-hook='cp /usr/local/share/ca-certificates/*.crt "$1/usr/local/share/ca-certificates/" 2>/dev/null; TMPDIR=/tmp chroot "$1" update-ca-certificates >/dev/null' --include=ca-certificates,python3,python3-venv,gcc,libc6-dev,postgresql,redis-server,caddy \
        bookworm - $MIRROR | $PODMAN import --quiet - localhost/planner-base
}

secret() { # secret NAME: made once, kept beside the data
    [ -s "$FOLDER/$1" ] || (umask 077 && head -c 48 /dev/urandom | base64 | tr -dc 'A-Za-z0-9' >"$FOLDER/$1")
    cat "$FOLDER/$1"
}

program() { # program NAME WHAT: a container of our image
    run --name "$1" --volume "$PWD/$FOLDER/data-$1:/data" \
        --env SECRET_KEY="$(secret secret_key)" --env DATABASE_URL="postgres://planner:$(secret password)@127.0.0.1:$DB_PORT/planner" \
        --env REDIS_URL="redis://127.0.0.1:$CACHE_PORT/0" --env BASE_URL="https://localhost:$TLS_PORT" --env LOG_FORMAT=json \
        localhost/planner sh -c "python manage.py prepare && exec python manage.py serve $2" >/dev/null
}

up() {
    mkdir -p "$FOLDER/database" "$FOLDER/proxy"
    for each in planner-web planner-worker; do mkdir -p "$FOLDER/data-$each" && chmod 777 "$FOLDER/data-$each"; done
    base
    $PODMAN build --quiet ${HOSTED:+--isolation=chroot} --network=host --build-arg BASE=localhost/planner-base ${LOCAL:+--build-arg PIP_CERT=$BUNDLE --build-arg SSL_CERT_FILE=$BUNDLE} -t localhost/planner -f Containerfile .
    database=/usr/lib/postgresql/15/bin
    chmod 777 "$FOLDER/database"
    run --name planner-database --user postgres --volume "$PWD/$FOLDER/database:/var/lib/planner" localhost/planner-base sh -c "
        umask 077; cd /var/lib/planner
        [ -d data ] || { echo '$(secret password)' >pw && $database/initdb -D data -U planner -A scram-sha-256 --pwfile=pw -E UTF8 && rm pw; }
        exec $database/postgres -D data -p $DB_PORT -c listen_addresses=127.0.0.1 -c unix_socket_directories=/tmp" >/dev/null
    run --name planner-cache localhost/planner-base redis-server --port "$CACHE_PORT" --bind 127.0.0.1 --save "" --appendonly no >/dev/null
    tries=0
    until $PODMAN exec planner-database $database/pg_isready -q -h 127.0.0.1 -p "$DB_PORT" -U planner; do
        tries=$((tries + 1)) && [ $tries -lt 60 ] || { $PODMAN logs planner-database; exit 1; }
        sleep 1
    done
    $PODMAN exec planner-database sh -c "PGPASSWORD='$(secret password)' $database/psql -h 127.0.0.1 -p $DB_PORT -U planner postgres -tc \"SELECT 1 FROM pg_database WHERE datname='planner'\" | grep -q 1 || PGPASSWORD='$(secret password)' $database/createdb -h 127.0.0.1 -p $DB_PORT -U planner planner"
    program planner-web "--only web --host 127.0.0.1 --port $WEB_PORT"
    program planner-worker "--only jobs"
    sed -e "/^# People are led/,\$d" -e "s/^planner.example.org {/https:\/\/localhost:$TLS_PORT {\n\ttls internal/" -e "1i {\n\tadmin off\n\tskip_install_trust\n\tauto_https disable_redirects\n}" \
        deploy/Caddyfile >"$FOLDER/proxy/Caddyfile"
    run --name planner-proxy --env UPSTREAM="127.0.0.1:$WEB_PORT" --env HOME=/tmp --volume "$PWD/$FOLDER/proxy:/etc/planner:ro" localhost/planner-base \
        sh -c "mkdir -p /var/log/caddy && exec caddy run --config /etc/planner/Caddyfile --adapter caddyfile" >/dev/null
    tries=0
    until curl --silent --fail --insecure "https://localhost:$TLS_PORT/accounts/login/" | grep '<form' >/dev/null; do
        tries=$((tries + 1)) && [ $tries -lt 120 ] || { $PODMAN logs planner-web; $PODMAN logs planner-proxy; exit 1; }
        sleep 1
    done
    curl --silent --insecure "https://localhost:$TLS_PORT/readyz" && echo
    echo "The first page: https://localhost:$TLS_PORT/"
}

down() { for each in $NAMES; do $PODMAN rm --force --time 30 "$each" >/dev/null 2>&1 || true; done; }

needs() { command -v "$1" >/dev/null || { echo "containers.sh needs $1." >&2; exit 1; }; }
needs "${PODMAN%% *}"
needs curl

case ${1:-} in
up) up ;;
down) down ;;
*) echo "usage: containers.sh up | down" >&2 && exit 2 ;;
esac
