# lib.sh - what every end-to-end test begins with: . "$(dirname "$0")/lib.sh"
#
#     t 'a sentence that is true'  CMD ARGS...     passes when the command does
#     out= code=   after  run CMD ARGS...          its standard output and error, its exit code
#     is 'sentence' "$got" "$want"
#     has 'sentence' "$text" "part"
#     skip 'sentence' 'reason'
#     done_testing
#
# A test has a session and a folder of its own; both are removed at the end.  It polls (`soon`), never
# sleeps for luck.
set -u
here=$(cd "$(dirname "$0")/../.." && pwd)
: "${DRYDOCK_BIN:=$here/${BUILD:-build}/drydock}"
: "${DRYDOCK_TEST_HOME:=$here/${BUILD:-build}/test-home}"
export DRYDOCK_HOME="$DRYDOCK_TEST_HOME" DRYDOCK_SESSION="e2e-$$" BUILDKIT_PROGRESS=plain
work=$(mktemp -d)
cd "$work" || exit 2
count=0

docker() {
	"$DRYDOCK_BIN" docker "$@"
}

cleanup() {
	ids=$(docker ps -aq 2>/dev/null)
	[ -z "$ids" ] || docker rm -f $ids >/dev/null 2>&1
	"$DRYDOCK_BIN" session rm "$DRYDOCK_SESSION" >/dev/null 2>&1
	cd / && rm -rf "$work"
}
trap cleanup EXIT
trap 'exit 130' INT TERM

ok() {
	count=$((count + 1))
	echo "ok $count - $1"
}

nok() {
	count=$((count + 1))
	echo "not ok $count - $1"
	shift
	for line in "$@"; do
		printf '%s\n' "$line" | sed 's/^/#   /'
	done
}

skip() {
	count=$((count + 1))
	echo "ok $count - $1 # SKIP $2"
}

run() {
	out=$("$@" 2>&1)
	code=$?
}

t() {
	sentence=$1
	shift
	run "$@"
	if [ $code = 0 ]; then ok "$sentence"; else nok "$sentence" "exit $code: $*" "$out"; fi
}

is() {
	if [ "$2" = "$3" ]; then ok "$1"; else nok "$1" "got:  $2" "want: $3"; fi
}

has() {
	case "$2" in
	*"$3"*) ok "$1" ;;
	*) nok "$1" "got:  $2" "no:   $3" ;;
	esac
}

hasnt() {
	case "$2" in
	*"$3"*) nok "$1" "got: $2" "has: $3" ;;
	*) ok "$1" ;;
	esac
}

# soon CMD...: tries for 15 seconds until it succeeds.
soon() {
	for i in $(seq 150); do
		"$@" >/dev/null 2>&1 && return 0
		sleep 0.1
	done
	return 1
}

# sleepers SECONDS: how many processes there are, of any container, that are "sleep SECONDS".
sleepers() {
	sleeping=0
	for p in /proc/[0-9]*; do
		[ "$({ tr '\0' ' ' <"$p/cmdline"; } 2>/dev/null)" = "sleep $1 " ] && sleeping=$((sleeping + 1))
	done
	echo $sleeping
}

# A port that nobody listens on now.
free_port() {
	python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

done_testing() {
	echo "1..$count"
}
