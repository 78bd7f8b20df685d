# one container: streams, exit codes, identity, what it leaves behind
. "$(dirname "$0")/lib.sh"

run docker run --rm busybox echo hello
is 'a container prints' "$out" hello
run docker run --rm busybox sh -c 'exit 42'
is 'its exit code is ours' $code 42
run docker run --rm busybox nosuchcommand
is 'a missing program is 127' $code 127
has 'with the words of Docker' "$out" 'exec: "nosuchcommand": executable file not found in $PATH: unknown'
run docker run --rm busybox /etc
is 'a folder is no program: 126' $code 126
run docker run --rm -u nobody busybox id -u
is 'a user by name' "$out" 65534
run docker run --rm -u 1234:5678 busybox sh -c 'id -u; id -g'
is 'a user by number' "$out" "1234
5678"
run docker run --rm -u nosuchuser busybox id
has 'a user that is not there' "$out" 'unable to find user nosuchuser: no matching entries in passwd file'
is 'is an error of Docker: 125' $code 125
run docker run --rm -w /not/there busybox pwd
is 'the working folder is made' "$out" /not/there
run docker run --rm -e A=1 -e B='two words' busybox sh -c 'echo $A $B'
is 'environment' "$out" '1 two words'
run sh -c "printf 'in\nput\n' | $DRYDOCK_BIN docker run --rm -i busybox cat"
is 'standard input with -i' "$out" 'in
put'
run docker run --rm busybox cat
is 'and without -i it is empty' "$out" ''
docker run --rm busybox sh -c 'echo out; echo err >&2' >o 2>e
is 'standard output stays apart' "$(cat o)" out
is 'from standard error' "$(cat e)" err

run docker run --rm busybox sh -c 'echo $$; ls /proc | grep -c "^[0-9]"'
is 'it is process 1 of its own processes' "$(echo "$out" | head -1)" 1
run docker run --rm busybox sh -c 'grep -E "CapEff|CapBnd|NoNewPrivs|Seccomp:" /proc/self/status | tr -d "\t"'
is 'capabilities and filter are those of Docker' "$out" 'CapEff:00000000a80425fb
CapBnd:00000000a80425fb
NoNewPrivs:0
Seccomp:2'
run docker run --rm busybox sh -c 'ls /proc/self/fd | tr "\n" " "' 9</dev/null
is 'no descriptor of ours gets inside' "$out" '0 1 2 3 '
run docker run --rm busybox sh -c 'mount -t tmpfs x /mnt 2>&1'
has 'it may not mount' "$out" 'permission denied'
run docker run --rm busybox sh -c 'echo x > /proc/sys/kernel/hostname'
has '/proc/sys is read-only' "$out" 'Read-only file system'
run docker run --rm busybox sh -c 'touch /x && rm -rf /bin/nothing && ls -ld /x'
has 'files belong to root inside' "$out" root
run docker run --rm busybox ls /x
is 'and are gone with the container' $code 1
is '--rm leaves nothing' "$(docker ps -aq)" ''

id=$(docker run -d busybox sh -c 'trap "exit 3" TERM; echo ready; while :; do sleep 0.1; done')
is 'a detached run prints its id' "${#id}" 64
t 'and is soon ready' soon sh -c "$DRYDOCK_BIN docker logs $id | grep ready"
run docker stop "$id"
is 'stop says its name' "$out" "$id"
is 'the signal was TERM' "$(docker inspect -f '{{.State.ExitCode}}' "$id")" 3
run docker rm "$id"
is 'rm says its name' "$out" "$id"

# kill -9 of the parts; the next command works
id=$(docker run -d --name victim busybox sleep 1000)
pid=$(docker inspect -f '{{.State.Pid}}' victim)
monitor=$(awk '/^PPid/ {print $2}' "/proc/$pid/status")
kill -9 "$monitor"
t 'a container does not outlive its monitor' soon sh -c "! kill -0 $pid"
is 'it then shows 137' "$(docker inspect -f '{{.State.Status}} {{.State.ExitCode}}' victim)" 'exited 137'
t 'and can be removed' docker rm victim
id=$(docker run -d --name other -u 1234 busybox sleep 1000)
pid=$(docker inspect -f '{{.State.Pid}}' other)
kill -9 "$(awk '/^PPid/ {print $2}' "/proc/$pid/status")"
t 'nor does one of another user' soon sh -c "! test -d /proc/$pid"
docker rm other >/dev/null
"$DRYDOCK_BIN" docker run --name orphan busybox sleep 1000 &
client=$!
t 'an attached run is there' soon sh -c "$DRYDOCK_BIN docker ps -q --filter name=orphan | grep ."
kill -9 $client
wait $client 2>/dev/null
is 'killing the client leaves it running' "$(docker inspect -f '{{.State.Running}}' orphan)" true
t 'rm -f ends it' docker rm -f orphan
is 'what our caller ignores is not ignored inside' \
	"$(trap '' INT PIPE HUP; docker run --rm busybox awk '/^SigIgn/ {print $2}' /proc/self/status)" 0000000000000000
done_testing
