# STRESS_OPS random starts, stops, kills and removals, with kill -9 of monitors in between: at the end the store,
# the mounts, the processes and ps agree
. "$(dirname "$0")/../e2e/lib.sh"
: "${STRESS_OPS:=500}" "${STRESS_SEED:=$$}"
seconds=88$$ # a sleep that only this test sleeps
containers=$DRYDOCK_HOME/sessions/$DRYDOCK_SESSION/containers
echo "# STRESS_SEED=$STRESS_SEED"

random() { # random N: 0 to N-1
	STRESS_SEED=$(((STRESS_SEED * 1103515245 + 12345) % 2147483648))
	drawn=$((STRESS_SEED / 65536 % $1))
}
kill_monitor() {
	pid=$(docker inspect -f '{{.State.Pid}}' "$1" 2>/dev/null)
	[ "${pid:-0}" -gt 0 ] && kill -9 "$(awk '/^PPid/ {print $2}' "/proc/$pid/status")"
}
agree() {
	[ "$(sleepers "$seconds")" = "$(docker ps -q | wc -l)" ] && [ "$(ls "$containers" | wc -l)" = "$(docker ps -aq | wc -l)" ]
}
mounts_before=$(grep -c -F "$DRYDOCK_HOME" /proc/self/mountinfo)
for i in $(seq "$STRESS_OPS"); do
	random 6
	name=box-$drawn
	random 7
	case $drawn in
	0 | 1) docker run -d --name "$name" busybox sleep "$seconds" ;;
	2) docker start "$name" ;;
	3) docker stop -t 0 "$name" ;;
	4) docker kill "$name" ;;
	5) docker rm -f "$name" ;;
	6) kill_monitor "$name" ;;
	esac >/dev/null 2>&1
done
t 'processes and folders are those that ps shows' soon agree
is 'no mount is left over' "$(grep -c -F "$DRYDOCK_HOME" /proc/self/mountinfo)" "$mounts_before"
is 'every state is one that Docker has' "$(docker ps -a --format '{{.State}}' | grep -vcE '^(created|running|exited)$')" 0
ids=$(docker ps -aq)
[ -z "$ids" ] || docker rm -f $ids >/dev/null
t 'all can be removed, and nothing runs on' soon agree
is 'no container is left' "$(docker ps -aq)$(sleepers "$seconds")" 0
done_testing
