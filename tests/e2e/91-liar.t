# registries that lie: nothing is kept that was not checked, and credentials stay with their host
. "$(dirname "$0")/lib.sh"
export HOME="$work/home"
mkdir -p "$HOME"
port=$(free_port) other=$(free_port)
python3 "$here/tests/e2e/liar.py" "$port" "$other" "$work/log" 2>/dev/null &
liar=$!
trap 'kill $liar 2>/dev/null; cleanup' EXIT
reg=localhost:$port/liar
t 'the registry answers' soon python3 -c "import socket; socket.create_connection(('127.0.0.1', $port)).close()"

run docker pull "$reg/honest"
has 'without credentials it gives nothing' "$out" 'no basic auth credentials'
run sh -c "echo secret | '$DRYDOCK_BIN' docker login -u me --password-stdin localhost:$port"
has 'a login by Basic' "$out" 'Login Succeeded'
run docker pull "$reg/honest"
is 'an honest image comes' $code 0
has 'with Docker'"'"'s lines' "$out" ': Pull complete'

layers() {
	ls "$DRYDOCK_HOME/store/blobs" | wc -l
}
# refused NAME WORDS: it fails, says so, and leaves nothing.
refused() {
	before=$(layers)
	run docker pull "$reg/$1"
	is "$1: it fails" $code 1
	has "$1: in these words" "$out" "$2"
	is "$1: there is no image" "$(docker images -q "$reg/$1")" ''
	is "$1: no blob is kept" "$(layers)" "$before"
}
refused wrong 'filesystem layer verification failed for digest sha256:'
refused endless 'sends more than it said'
refused short 'EOF'

run docker pull "$reg/fault"
is 'faults of the server are outlived' $code 0
run docker pull "$reg/broken"
is 'a broken transfer is gone on with' $code 0
has 'where it was' "$(cat "$work/log")" 'range 1000'
run docker pull "$reg/away"
is 'a blob that is elsewhere comes from there' $code 0
is 'without our credentials' "$(grep -v range "$work/log" | sort -u)" none
run docker pull "$reg/nowhere@sha256:$(printf %064d 0)"
has 'what it has not is not found' "$out" 'not found: manifest unknown: manifest unknown'
done_testing
