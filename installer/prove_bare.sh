#!/usr/bin/env bash
# Proves the one command on a bare Debian 12 made for it: installer/prove_bare.sh MIRROR [test words]
# As root, with debootstrap and git. The last commit is what is proved, not the working tree.
set -euo pipefail
mirror=${1:?usage: prove_bare.sh MIRROR [words for the test verb, such as --all]}
[ -n "${OWN_MOUNTS:-}" ] || OWN_MOUNTS=1 exec unshare --mount "$0" "$@" # mounts end with this script
shift
here=$(cd "$(dirname "$0")/.." && pwd)
root=$(mktemp -d)
chmod 755 "$root"
trap 'umount -R "$root"/{proc,dev,src/shared} 2>/dev/null; rm -rf --one-file-system "$root"' EXIT

debootstrap --variant=minbase --include=python3,python3-venv,ca-certificates bookworm "$root" "$mirror" >/dev/null
mkdir -p "$root/src/shared"
git clone --quiet "$here" "$root/src/main"
for setting in /etc/resolv.conf /etc/hosts /etc/ssl/certs/ca-certificates.crt; do
  [ ! -e "$setting" ] || cp -L "$setting" "$root$setting"
done
mount -t proc proc "$root/proc"
mount --rbind /dev "$root/dev"
[ ! -d "$here/../shared" ] || mount --bind "$here/../shared" "$root/src/shared"
chroot "$root" useradd --create-home reader

as() { # USER COMMAND: in the bare root, with an empty environment
  local home=/root
  [ "$1" = root ] || home=/home/$1
  chroot --userspec="$1" "$root" /usr/bin/env -i HOME="$home" LANG=C.UTF-8 PATH=/usr/sbin:/usr/bin:/sbin:/bin \
    PIP_CERT=/etc/ssl/certs/ca-certificates.crt sh -c "cd /src/main && $2"
}
step() { printf '\n== %s (at %s s)\n' "$1" "$SECONDS"; }
start="python3 installer/bootstrap.py"

step "an ordinary user without the libraries is told one line, and nothing is installed"
code=0
told=$(as reader "$start demo" 2>&1) || code=$?
echo "$told"
[ "$code" -eq 4 ]
[ "$(grep -c '^  sudo ' <<<"$told")" -eq 1 ]
[ ! -e "$root/src/main/.venv" ]

step "root, cold: the demonstration writes its report"
as root "$start demo --no-window --out /tmp/report" 2>&1 | tail -n 8
find "$root/tmp/report" -name '*.pdf' -size +20k | grep -q .

step "root, again"
as root "$start demo --no-window --out /tmp/again" 2>&1 | tail -n 3

step "an ordinary user, from a checkout that is read-only and not yet prepared"
mv "$root/src/main/.venv" "$root/src/.venv-of-root"
as reader "$start demo --no-window --out /tmp/readers" 2>&1 | tail -n 3
[ ! -e "$root/src/main/.venv" ]
mv "$root/src/.venv-of-root" "$root/src/main/.venv"

step "an ordinary install starts outside the source tree"
as root "python3 -m venv /tmp/plain && /tmp/plain/bin/pip install --quiet . && cd / && /tmp/plain/bin/python -c \
  'from atsmviewer.model.resources import resource; print(resource(\"fonts/Inter-Regular.ttf\"))'"
as root "cd / && /tmp/plain/bin/atsmviewer --version"

step "the tests"
as root "$start test $*"
step "done"
