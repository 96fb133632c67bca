#!/bin/sh
# NOT YET PLAYED TO ITS END. Plays docs/operations.md on a clean Debian made by mmdebstrap, up to the first page over TLS.
#   deploy/try-install.sh [FOLDER]      needs mmdebstrap, curl; root, or a user who may make namespaces
# The packages are those of the apt line in docs/operations.md, so that a line that lacks one fails here.
set -eu
cd "$(dirname "$0")/.."

FOLDER=${1:-$(mktemp -d)/root}
PORT=${PORT:-8018}
TLS_PORT=${TLS_PORT:-8444}
SOURCE=$(git rev-parse --show-toplevel)

packages=$(sed -n 's/^sudo apt-get install --no-install-recommends //p' docs/operations.md | head -1 | tr ' ' ',')
[ -n "$packages" ] || { echo "docs/operations.md has no apt line" >&2; exit 1; }
[ -d "$FOLDER" ] || mmdebstrap --variant=minbase --include="ca-certificates,adduser,curl,$packages" bookworm "$FOLDER"

cp /etc/resolv.conf "$FOLDER/etc/" 2>/dev/null || true
# What this machine trusts beside the usual: the clean one reaches the packages through the same network.
cp /usr/local/share/ca-certificates/*.crt "$FOLDER/usr/local/share/ca-certificates/" 2>/dev/null || true
# The packages of an earlier try are kept, the program and its data never.
rm -rf "$FOLDER/source" "$FOLDER/opt/planner" "$FOLDER/var/backups/planner"
git clone --quiet --bare "$SOURCE" "$FOLDER/source/planner.git"

cat >"$FOLDER/play.sh" <<INSIDE
set -eu
update-ca-certificates >/dev/null 2>&1
id planner >/dev/null 2>&1 || adduser --quiet --system --group --home /opt/planner planner
as() { setpriv --reuid=planner --regid=planner --clear-groups env HOME=/opt/planner "\$@"; }
chown -R planner: /source
install -d -o planner -g planner /opt/planner
as git clone --quiet /source/planner.git /opt/planner
cd /opt/planner
as install -m 600 .env.example .env
echo "BASE_URL=https://localhost:$TLS_PORT" >>.env
as make setup LOCK=requirements.lock
# The key that opens the backups is made elsewhere; here its public half alone is known.
echo "BACKUP_RECIPIENTS=\$(.venv/bin/python -c 'import pyrage; print(pyrage.x25519.Identity.generate().to_public())')" >>.env
as .venv/bin/python -m planner.solver.native
install -d -o planner -g planner -m 700 /var/backups/planner
as .venv/bin/python manage.py prepare
as .venv/bin/python manage.py check --deploy --fail-level WARNING
as .venv/bin/python manage.py serve --port $PORT & program=\$!
sed -e "s/^planner.example.org {/https:\\/\\/localhost:$TLS_PORT {\\n\\ttls internal/" -e "s/127.0.0.1:8000/127.0.0.1:$PORT/" \
    -e "1i {\\n\\tadmin off\\n\\tskip_install_trust\\n\\tauto_https disable_redirects\\n}" deploy/Caddyfile >/tmp/Caddyfile
install -d /var/log/caddy
caddy run --config /tmp/Caddyfile --adapter caddyfile >/tmp/caddy.log 2>&1 & proxy=\$!
trap 'kill \$program \$proxy; wait' EXIT
tries=0
until curl --silent --fail --insecure "https://localhost:$TLS_PORT/accounts/login/" | grep -q '<form'; do
    tries=\$((tries + 1)); [ \$tries -lt 120 ] || { cat /tmp/caddy.log; exit 1; }
    sleep 1
done
as .venv/bin/python manage.py backup /var/backups/planner/first.backup
as .venv/bin/python manage.py ready
echo "The first page came over TLS, behind Caddy."
INSIDE
# As on a running machine: devices and processes; the mounts end with the namespace.
unshare --mount sh -eu -c 'mount --rbind /dev "$1/dev"; mount -t proc proc "$1/proc"; exec chroot "$1" sh /play.sh' - "$FOLDER"
