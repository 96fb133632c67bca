#!/bin/bash
# Plays docs/operations.md on a clean Debian made by mmdebstrap: installed as a user of its own, up to the first page over TLS
# behind Caddy and behind nginx, then a newer version and the way back.
#   deploy/try-install.sh [FOLDER]      needs root, git and mmdebstrap (apt-get install mmdebstrap); takes 1.3 GB
# Without FOLDER everything is thrown away in the end; with it the packages are kept there for the next try.
# Ports on loopback: PORT (the program), TLS_PORT and HTTP_PORT (the proxies).
# The packages are those of the apt line in docs/operations.md, so that a line that lacks one fails here.
set -Eeuo pipefail
trap 'echo "try-install.sh: line $LINENO failed ($?): $BASH_COMMAND" >&2' ERR
cd "$(dirname "$0")/.."

[ "$(id -u)" = 0 ] || { echo "try-install.sh mounts and changes its root: it needs root." >&2; exit 1; }
for tool in git mmdebstrap unshare; do
    command -v $tool >/dev/null || { echo "try-install.sh needs $tool." >&2; exit 1; }
done

PORT=${PORT:-8018}
TLS_PORT=${TLS_PORT:-8444}
HTTP_PORT=${HTTP_PORT:-8019}
FOLDER=${1:-}
if [ -z "$FOLDER" ]; then
    thrown_away=$(mktemp -d)
    trap 'rm -rf --one-file-system "$thrown_away"' EXIT
    FOLDER=$thrown_away/root
fi
SOURCE=$(git rev-parse --show-toplevel)

packages=$(sed -n '/^sudo apt-get install --no-install-recommends /{s///p;q}' docs/operations.md | tr ' ' ',')
[ -n "$packages" ] || { echo "docs/operations.md has no apt line" >&2; exit 1; }
# Named in the end, so that a half one is never taken for a kept one.
if [ ! -d "$FOLDER" ]; then
    rm -rf --one-file-system "$FOLDER.new"
    mmdebstrap --variant=minbase --include="ca-certificates,adduser,curl,nginx,openssl,$packages" bookworm "$FOLDER.new"
    mv "$FOLDER.new" "$FOLDER"
fi

cp /etc/resolv.conf "$FOLDER/etc/" 2>/dev/null || true
# What this machine trusts beside the usual: the clean one reaches the packages through the same network.
cp /usr/local/share/ca-certificates/*.crt "$FOLDER/usr/local/share/ca-certificates/" 2>/dev/null || true
# The packages of an earlier try are kept, the program and its data never.
rm -rf "$FOLDER/source" "$FOLDER/opt/planner" "$FOLDER/var/backups/planner"
mkdir -p "$FOLDER/source"
git clone --quiet --bare "$SOURCE" "$FOLDER/source/planner.git"
git -C "$FOLDER/source/planner.git" update-ref refs/heads/main "$(git rev-parse HEAD)"
git -C "$FOLDER/source/planner.git" symbolic-ref HEAD refs/heads/main

cat >"$FOLDER/play.sh" <<'INSIDE'
set -Eeuo pipefail
trap 'echo "try-install.sh, inside: line $LINENO failed ($?): $BASH_COMMAND" >&2' ERR
update-ca-certificates >/dev/null
id planner >/dev/null 2>&1 || adduser --quiet --system --group --home /opt/planner planner
planner="setpriv --reuid=planner --regid=planner --clear-groups env HOME=/opt/planner"
as() { $planner "$@"; }
chown -R planner: /source
install -d -o planner -g planner /opt/planner
as git clone --quiet /source/planner.git /opt/planner
cd /opt/planner
as install -m 600 .env.example .env
echo "BASE_URL=https://localhost:$TLS_PORT" >>.env
as make setup LOCK=requirements.lock
# The key that opens the backups is made elsewhere; the machine knows its public half.
.venv/bin/python -c 'import pyrage; key = pyrage.x25519.Identity.generate(); print(key, key.to_public())' >/tmp/keys
cut -d ' ' -f 1 /tmp/keys >/tmp/backup-key.txt && chmod 644 /tmp/backup-key.txt
echo "BACKUP_RECIPIENTS=$(cut -d ' ' -f 2 /tmp/keys)" >>.env
as .venv/bin/python -m planner.optimiser.annealing.native
install -d -o planner -g planner -m 700 /var/backups/planner
as .venv/bin/python manage.py prepare
as .venv/bin/python manage.py check --deploy --fail-level WARNING
as env DJANGO_SUPERUSER_PASSWORD=a-long-one-for-a-try DJANGO_SUPERUSER_EMAIL=root@example.org \
    .venv/bin/python manage.py createsuperuser --noinput
as .venv/bin/python manage.py create_prison haren "Haren" "Haren" --coordinator karim@example.org \
    --organisation "De Brug" --authority flemish --language nl --liaison bert@example.org

running=
trap 'kill $running 2>/dev/null || true; wait || true' EXIT
trap 'exit 1' INT TERM
# Not by `as`: a function in the background is a shell of its own, and that would be stopped instead of the program.
begin() { $planner .venv/bin/python manage.py serve --port "$PORT" & program=$!; running="$running $program"; }
first_page() { # first_page PROXY LOG
    tries=0
    until curl --silent --fail --insecure "https://localhost:$TLS_PORT/accounts/login/" | grep '<form' >/dev/null; do
        tries=$((tries + 1)); [ $tries -lt 120 ] || { cat "$2"; exit 1; }
        sleep 1
    done
    echo "The first page came over TLS, behind $1."
}

begin
sed -e "/^# People are led/,\$d" -e "s/^{.PLANNER_HOST:planner.example.org} {/https:\/\/localhost:$TLS_PORT {\n\ttls internal/" -e "s/127.0.0.1:8000/127.0.0.1:$PORT/" \
    -e "s/^\tlog default {/\tadmin off\n\tskip_install_trust\n\tauto_https disable_redirects\n&/" deploy/Caddyfile >/tmp/Caddyfile
install -d /var/log/caddy
caddy run --config /tmp/Caddyfile --adapter caddyfile >/tmp/caddy.log 2>&1 & proxy=$!
running="$running $proxy"
first_page Caddy /tmp/caddy.log
kill $proxy; wait $proxy || true

certificate=/etc/letsencrypt/live/planner.example.org
install -d $certificate
openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -keyout $certificate/privkey.pem \
    -out $certificate/fullchain.pem 2>/dev/null
sed -e "s/planner.example.org;$/localhost;/" -e "s/listen 443/listen $TLS_PORT/" -e "s/listen 80;/listen $HTTP_PORT;/" \
    -e "s/127.0.0.1:8000/127.0.0.1:$PORT/" deploy/nginx.conf >/etc/nginx/sites-enabled/planner
rm -f /etc/nginx/sites-enabled/default
nginx -g 'daemon off;' >/tmp/nginx.log 2>&1 & proxy=$!
running="$running $proxy"
first_page nginx /tmp/nginx.log

# A newer version, as `make upgrade` brings it, and the way back with the data of before.
as git clone --quiet /source/planner.git /tmp/newer
as git -C /tmp/newer -c user.name=a -c user.email=a@example.org commit --quiet --allow-empty -m "A newer version"
as git -C /tmp/newer push --quiet
before=$(as git rev-parse HEAD)
as make upgrade
[ "$(as git rev-parse HEAD)" != "$before" ]
kill $program; wait $program || true; begin
first_page "nginx, after the upgrade" /tmp/nginx.log
as make downgrade KEY=/tmp/backup-key.txt
[ "$(as git rev-parse HEAD)" = "$before" ]
kill $program; wait $program || true; begin
first_page "nginx, after the way back" /tmp/nginx.log
as .venv/bin/python manage.py ready
INSIDE
rm -rf "$FOLDER/tmp/newer"
# A clean machine knows nothing of the settings of this shell (TMPDIR named a folder that is not there), but for the way to the packages.
mapfile -t way < <(env | grep -E '^(PIP_[A-Z_]+|UV_[A-Z_]+|SSL_CERT_FILE|(https?|no|HTTPS?|NO)_(proxy|PROXY))=')
clean=(env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8
    PORT="$PORT" TLS_PORT="$TLS_PORT" HTTP_PORT="$HTTP_PORT" "${way[@]}")
# As on a running machine: devices and processes; the mounts end with the namespace.
unshare --mount sh -eu -c 'mount --rbind /dev "$1/dev"; mount -t proc proc "$1/proc"; root=$1; shift; exec chroot "$root" "$@"' \
    - "$FOLDER" "${clean[@]}" bash /play.sh
echo "Played to the end."
