#!/usr/bin/env bash
# Rehearse the README's two commands on a bare Debian that has nothing but Python.
#
#   packaging/rehearse.sh [--no-tests] [--keep] [--suite NAME] [words for the tests]
#
# As root, with debootstrap. Makes a bare root in a temporary folder, lays the committed state of
# this checkout into it, and there, with no display and no package for virtual environments:
#   1. a person without rights is told the command that is missing, and nothing is left behind
#   2. start.py sets itself up and, for want of a display, runs the demo
#   3. start.py test sets up the rest and runs the tests (--no-tests leaves this out)
#   4. start.py starts a second time with the network cut off, and changes nothing
# The bare root reaches package sources as this machine does: its apt mirror, pip settings,
# certificates and proxies are handed in, and none is named here. --keep leaves the root in place.
set -euo pipefail

say() { printf '\n== %s\n' "$*"; }
die() { printf 'rehearse: %s\n' "$*" >&2; exit 1; }

[ "$(id -u)" = 0 ] || die "needs root, for debootstrap and chroot"
for tool in debootstrap unshare chroot git ip apt-get; do
    command -v "$tool" >/dev/null || die "needs $tool (Debian: apt-get install debootstrap iproute2 git)"
done

# Mounts and processes live in namespaces of this script and vanish with it, however it ends.
if [ "${GOAT_REHEARSAL_APART:-}" != yes ]; then
    export GOAT_REHEARSAL_APART=yes
    exec unshare --mount --pid --fork --kill-child --propagation private -- bash "$0" "$@"
fi

tests=yes keep=no suite='' words=()
while [ $# -gt 0 ]; do
    case $1 in
        --no-tests) tests=no ;;
        --keep) keep=yes ;;
        --suite) suite=${2:?--suite needs a name}; shift ;;
        -h | --help) sed -n '2,/^set /{/^set /d;s/^# \{0,1\}//;p}' "$0"; exit 0 ;;
        *) words+=("$1") ;;
    esac
    shift
done

checkout=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
suite=${suite:-$(. /etc/os-release && echo "${VERSION_CODENAME:-}")}
mirror=$(apt-get indextargets --format '$(REPO_URI) $(CODENAME) $(COMPONENT)' 'Created-By: Packages' |
    awk -v suite="$suite" '$2 == suite && $3 == "main" { print $1; exit }')
[ -n "$mirror" ] || die "this machine's apt names no mirror of '$suite' (try apt-get update, --suite)"

bare=$(mktemp -d "${TMPDIR:-/tmp}/goat-rehearsal.XXXXXX")
chmod 755 "$bare" # it is the root folder of a person without rights, too
tidy() {
    local status=$?
    # The deepest first; nothing is deleted while anything is still mounted in it.
    awk -v root="$bare/" 'index($5, root) == 1 { print $5 }' /proc/self/mountinfo | sort -r |
        while read -r mounted; do umount -l "$(printf '%b' "$mounted")"; done
    if [ $keep = yes ]; then
        echo "The bare root is kept in $bare"
    elif ! grep -qF " $bare/" /proc/self/mountinfo; then
        rm -rf --one-file-system "$bare"
    fi
    [ $status = 0 ] || echo "REHEARSAL FAILED (exit $status)"
    exit $status
}
trap tidy EXIT
trap 'exit 130' INT TERM HUP

say "A bare $suite with Python and nothing else"
debootstrap --variant=minbase --include=python3 "$suite" "$bare" "$mirror" >"$bare.log" 2>&1 ||
    { tail -n 20 "$bare.log"; rm -f "$bare.log"; die "debootstrap failed"; }
rm -f "$bare.log"

# --- What the machine knows of the network, handed in ------------------------------------------

hand_in() { # a file or folder, to the same place in the bare root, links followed
    [ -e "$1" ] || return 0
    mkdir -p "$bare$(dirname "$1")"
    cp -rL "$1" "$bare$(dirname "$1")/" 2>/dev/null || true
}
bind() { # a folder that stays where it is, read-only
    mkdir -p "$bare$1"
    mount --bind "$1" "$bare$1"
    mount -o remount,bind,ro "$bare$1"
}

hand_in /etc/resolv.conf
hand_in /etc/hosts
mkdir -p "$bare/etc/ssl"
apt-config dump | grep -E '^Acquire::(http|https|ftp|Retries|Queue-Mode)' >"$bare/etc/apt/apt.conf.d/90machine" || true

passed=(HOME=/root LANG=C.UTF-8 PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin)
while IFS= read -r setting; do
    passed+=("$setting")
done < <(env | grep -E '^(PIP_[A-Z_]+|(https?|no|all|HTTPS?|NO|ALL)_(proxy|PROXY))=')
# Certificates under a name of their own: a package that is installed may make the usual file anew.
trusted=${SSL_CERT_FILE:-/etc/ssl/certs/ca-certificates.crt}
if [ -f "$trusted" ]; then
    cp -L "$trusted" "$bare/etc/ssl/machine.pem"
    for name in SSL_CERT_FILE PIP_CERT REQUESTS_CA_BUNDLE; do
        passed+=("$name=/etc/ssl/machine.pem")
    done
fi
hand_in /usr/local/share/ca-certificates

if python3 -m pip --version >/dev/null 2>&1; then
    while read -r settings; do
        hand_in "$settings"
    done < <(python3 -m pip config debug 2>/dev/null | sed -n 's/^ *\(\/[^,]*\), exists: True$/\1/p')
    while read -r place; do # folders that pip is told to look into
        [ ! -d "$place" ] || bind "$place"
    done < <({ python3 -m pip config list 2>/dev/null; env | grep '^PIP_'; } |
        grep -oE '(file://)?/[A-Za-z0-9._/-]+' | sed 's,^file://,,' |
        while read -r place; do # an index on disk, .../simple, may lead to files beside it
            [ ! -d "$place" ] || realpath "${place%/simple}"
        done | sort -u)
fi

mount -t proc proc "$bare/proc"
mount --rbind /dev "$bare/dev"
mkdir -p "$bare/opt/goat-notes"
git -C "$checkout" archive --format=tar HEAD | tar -x -C "$bare/opt/goat-notes"

within() { chroot "$@"; }
there() { within "$bare" /usr/bin/env -i "${passed[@]}" sh -c 'cd /opt/goat-notes && exec "$@"' sh "$@" </dev/null; }
started() { SECONDS=0; }
took() { echo "   ($SECONDS s)"; }

# --- The rehearsal -----------------------------------------------------------------------------

there python3 -c 'import ensurepip' 2>/dev/null && die "the bare root is not bare: it has ensurepip"
there python3 --version

say "1. Without rights: told what to run, nothing left behind"
chmod a+w "$bare/opt/goat-notes"
if told=$(chroot --userspec=65534:65534 "$bare" /usr/bin/env -i "${passed[@]}" HOME=/tmp \
    python3 /opt/goat-notes/packaging/start.py setup </dev/null 2>&1); then
    die "a start without rights succeeded: $told"
fi
echo "$told"
grep -q 'apt-get install .*-venv' <<<"$told" || die "the command to run was not shown"
[ ! -e "$bare/opt/goat-notes/.venv" ] && [ ! -e "$bare/opt/goat-notes/.venv.new" ] ||
    die "something half-made was left behind"

say "2. python3 packaging/start.py"
started
there python3 packaging/start.py 2>&1 | tee "$bare/tmp/first"
took
grep -q 'no usable display' "$bare/tmp/first" || die "it did not say that there is no display"

if [ $tests = yes ]; then
    say "3. python3 packaging/start.py test ${words[*]:-}"
    started
    there python3 packaging/start.py test ${words[@]+"${words[@]}"}
    took
fi

say "4. python3 packaging/start.py again, offline"
state() { # names, sizes and times of all that the set-up makes, less what Python caches
    (cd "$bare/opt/goat-notes" && find . -path '*/__pycache__*' -prune -o \
        \( -path './.venv*' -o -path './.start.lock' -o -path './*.egg-info*' \) \
        -printf '%p %y %s %T@\n' | sort)
}
before=$(state)
cut_off() { # a network of its own, in which only the loopback interface is up
    unshare --net sh -c 'ip link set lo up && exec "$@"' sh "$@"
}
within() { cut_off chroot "$@"; }
there python3 -c '
import socket
try:
    socket.create_connection(("192.0.2.1", 9), timeout=5)
except OSError as cut:
    print("   the network is cut:", cut.strerror)
else:
    raise SystemExit("the network is not cut off")'
started
there python3 packaging/start.py 2>&1 | tee "$bare/tmp/second"
took
grep -q 'no usable display' "$bare/tmp/second" || die "it did not say that there is no display"
! grep -q 'Setting up' "$bare/tmp/second" || die "the second start set up again"
[ "$before" = "$(state)" ] || { diff <(echo "$before") <(state) | head; die "the second start changed something"; }

say "The rehearsal passed"
