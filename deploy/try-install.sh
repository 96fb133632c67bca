#!/bin/sh
# Plays docs/operations.md on a clean Debian made by mmdebstrap: installed as a user of its own, up to the first page over TLS
# behind Caddy and behind nginx, then a newer version and the way back.
#   deploy/try-install.sh [FOLDER]      needs root, mmdebstrap; FOLDER keeps the packages for the next try
# The packages are those of the apt line in docs/operations.md, so that a line that lacks one fails here.
set -eu
cd "$(dirname "$0")/.."

FOLDER=${1:-$(mktemp -d)/root}
PORT=${PORT:-8018}
TLS_PORT=${TLS_PORT:-8444}
SOURCE=$(git rev-parse --show-toplevel)

packages=$(sed -n 's/^sudo apt-get install --no-install-recommends //p' docs/operations.md | head -1 | tr ' ' ',')
[ -n "$packages" ] || { echo "docs/operations.md has no apt line" >&2; exit 1; }
[ -d "$FOLDER" ] || mmdebstrap --variant=minbase --include="ca-certificates,adduser,curl,nginx,openssl,$packages" bookworm "$FOLDER"

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
set -eu
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
trap 'kill $running 2>/dev/null || true; wait || true' EXIT INT TERM
# Not by `as`: a function in the background is a shell of its own, and that would be stopped instead of the program.
begin() { $planner .venv/bin/python manage.py serve --port "$PORT" & program=$!; running="$running $program"; }
first_page() { # first_page PROXY LOG
    tries=0
    until curl --silent --fail --insecure "https://localhost:$TLS_PORT/accounts/login/" | grep -q '<form'; do
        tries=$((tries + 1)); [ $tries -lt 120 ] || { cat "$2"; exit 1; }
        sleep 1
    done
    echo "The first page came over TLS, behind $1."
}

begin
sed -e "/^# People are led/,\$d" -e "s/^planner.example.org {/https:\/\/localhost:$TLS_PORT {\n\ttls internal/" -e "s/127.0.0.1:8000/127.0.0.1:$PORT/" \
    -e "1i {\n\tadmin off\n\tskip_install_trust\n\tauto_https disable_redirects\n}" deploy/Caddyfile >/tmp/Caddyfile
install -d /var/log/caddy
caddy run --config /tmp/Caddyfile --adapter caddyfile >/tmp/caddy.log 2>&1 & proxy=$!
running="$running $proxy"
first_page Caddy /tmp/caddy.log
kill $proxy; wait $proxy || true

certificate=/etc/letsencrypt/live/planner.example.org
install -d $certificate
openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -keyout $certificate/privkey.pem \
    -out $certificate/fullchain.pem 2>/dev/null
sed -e "s/planner.example.org;$/localhost;/" -e "s/listen 443/listen $TLS_PORT/" -e "s/listen 80;/listen 8019;/" \
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
# As on a running machine: devices and processes; the mounts end with the namespace.
PORT=$PORT TLS_PORT=$TLS_PORT unshare --mount sh -eu -c \
    'mount --rbind /dev "$1/dev"; mount -t proc proc "$1/proc"; exec chroot "$1" sh /play.sh' - "$FOLDER"
