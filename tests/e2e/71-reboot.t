# After a crash or a reboot the next command shows what Docker would: what went down, with which code, and what
# its restart policy has brought back; nothing of before is left over
. "$(dirname "$0")/lib.sh"
session=$DRYDOCK_HOME/sessions/$DRYDOCK_SESSION
seconds=79$$ # a sleep that only this test sleeps

status() {
	docker inspect -f '{{.State.Status}} {{.State.ExitCode}}' "$1"
}
no_sleeper() {
	[ "$(sleepers "$seconds")" = 0 ]
}
first() {
	docker inspect -f '{{.State.Pid}}' "$1"
}
monitor() {
	awk '/^PPid/ {print $2}' "/proc/$(first "$1")/status"
}
# The holders of this home that live.
holders() {
	for file in "$DRYDOCK_HOME"/holder.range "$DRYDOCK_HOME"/holder.one; do
		pid=$(cut -d' ' -f1 "$file" 2>/dev/null)
		[ -n "$pid" ] && grep -qs drydock-holder "/proc/$pid/comm" && echo "$pid"
	done
}
# What a reboot does to us: everything is killed, and the machine has another boot's id.
power_cut() {
	kill -9 $(for c in $(docker ps -q); do monitor "$c"; done) $(holders)
	soon no_sleeper || nok 'everything is dead' "$(sleepers "$seconds") run"
	printf '00000000-1111-2222-3333-444444444444\n' >"$session/boot"
}
groups() {
	find /sys/fs/cgroup -type d -name "*$1*" 2>/dev/null
}
mounts_before=$(grep -c -F "$DRYDOCK_HOME" /proc/self/mountinfo)

# ---- a monitor

docker network create net >/dev/null
docker run -d --name plain --network net busybox sleep "$seconds" >/dev/null
docker run -d --name keen --restart always busybox sleep "$seconds" >/dev/null
docker run -d --name small --memory 32m busybox sleep "$seconds" >/dev/null
docker run -d --name brief --rm busybox sleep "$seconds" >/dev/null
id=$(docker inspect -f '{{.Id}}' small)
before=$(first keen)
kill -9 $(monitor plain) $(monitor small) $(monitor keen) $(monitor brief)
is 'a killed monitor takes its container with it: 137' "$(status plain)" 'exited 137'
is 'a restart policy starts it again' "$(status keen)" 'running 0'
t 'as another process' test "$(first keen)" != "$before"
is 'with --rm nothing is left' "$(docker ps -aq -f name=brief)" ''
t 'nobody runs beside those that ps shows' soon test "$(sleepers "$seconds")" = 1
is 'no socket is left over' "$(find "$session/containers/$(docker inspect -f '{{.Id}}' plain)" -type s)" ''
is 'no control group is left over' "$(groups "$id")" ''
is 'the network does not know it any more' \
	"$(find "$session/networks" -path "*members/$(docker inspect -f '{{.Id}}' plain)*")" ''
is 'events tell its end' "$(docker events --since 0 --until 0s -f container=plain -f event=die \
	--format '{{.Actor.Attributes.exitCode}}' 2>/dev/null | tail -1)" 137
docker rm -f plain keen small >/dev/null

# ---- the holder

docker run -d --name held busybox sleep "$seconds" >/dev/null
docker run -d --name again --restart unless-stopped busybox sleep "$seconds" >/dev/null
kill -9 $(holders)
t 'what a killed holder held ends' soon no_sleeper
is 'and shows 255' "$(status held)" 'exited 255'
is 'unless-stopped runs again' "$(status again)" 'running 0'
is 'in a holder that commands reach' "$(docker exec again echo reached)" reached
docker rm -f held again >/dev/null

# ---- the machine

docker run -d --name web --restart always -p "$(free_port):80" busybox sleep "$seconds" >/dev/null
docker run -d --name always-stopped --restart always busybox sleep "$seconds" >/dev/null
docker run -d --name mostly --restart unless-stopped busybox sleep "$seconds" >/dev/null
docker run -d --name mostly-stopped --restart unless-stopped busybox sleep "$seconds" >/dev/null
docker run -d --name failing --restart on-failure:3 busybox sleep "$seconds" >/dev/null
docker run -d --name once busybox sleep "$seconds" >/dev/null
docker run -d --name frozen busybox sleep "$seconds" >/dev/null
docker run -d --name brief --rm busybox sleep "$seconds" >/dev/null
docker run --name done busybox sh -c 'exit 3'
docker create --name unborn --restart always busybox sleep "$seconds" >/dev/null
docker stop -t 0 always-stopped mostly-stopped >/dev/null
docker pause frozen >/dev/null
power_cut
run docker ps -a --format '{{.Names}} {{.State}}'
is 'after a reboot ps shows what dockerd would' "$(echo "$out" | sort)" 'always-stopped running
done exited
failing running
frozen exited
mostly running
mostly-stopped exited
once exited
unborn created
web running'
is 'what ran went down with 255' "$(status once)" 'exited 255'
is 'what was paused, too' "$(status frozen)" 'exited 255'
has 'in the words of ps' "$(docker ps -a -f name=once --format '{{.Status}}')" 'Exited (255) '
is 'what had ended has ended as it did' "$(status done)" 'exited 3'
is 'processes are those that ps shows' "$(sleepers "$seconds")" "$(docker ps -q | wc -l)"
has 'the port is published again' "$(docker port web)" '80/tcp -> 0.0.0.0:'
before=$(first web)
docker ps >/dev/null
is 'that was once: a further command starts nothing' "$(first web)" "$before"
docker stop -t 0 web >/dev/null
is 'a stop after it counts' "$(status web)" 'exited 137'
is 'nothing is mounted of before' "$(grep -c -F "$DRYDOCK_HOME" /proc/self/mountinfo)" "$mounts_before"
t 'all can be removed' docker rm -f $(docker ps -aq)
t 'and nothing runs on' soon no_sleeper

# ---- and two commands at once afterwards

docker run -d --name one --restart always busybox sleep "$seconds" >/dev/null
power_cut
for i in 1 2 3 4; do
	"$DRYDOCK_BIN" docker ps -q >"ps.$i" &
done
wait
is 'all see the one that runs' "$(cat ps.* | sort | uniq -c | awk '{print $1}')" 4
is 'it runs once' "$(sleepers "$seconds")" 1
done_testing
