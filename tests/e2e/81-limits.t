#!/bin/sh
# Limits: they hold, by whatever this machine offers; how a container ended is told as Docker tells it.
. "$(dirname "$0")/lib.sh"

run docker run --name hog --memory 30m python:3.9-slim python3 -c 'x = [bytearray(1 << 20) for i in range(2000)]'
is 'a memory hog is ended' $code 137
is 'inspect says why' "$(docker inspect -f '{{.State.OOMKilled}} {{.State.ExitCode}} {{.State.Status}}' hog)" 'true 137 exited'
is 'and what was allowed' "$(docker inspect -f '{{.HostConfig.Memory}} {{.HostConfig.MemorySwap}}' hog)" '31457280 62914560'
has 'there is an event' "$(grep -h '"oom"' "$DRYDOCK_HOME/sessions/$DRYDOCK_SESSION"/events* 2>/dev/null)" oom
run docker run --rm --memory 200m python:3.9-slim python3 -c 'x = [bytearray(1 << 20) for i in range(50)]; print(len(x))'
has 'one that keeps within is not' "$code $out" 50
docker run --name other busybox sh -c 'kill -9 $$; exit 3' >/dev/null 2>&1
is 'another end is no want of memory' "$(docker inspect -f '{{.State.OOMKilled}}' other)" false

run docker run --rm --pids-limit 6 busybox sh -c 'for i in 1 2 3 4 5 6 7 8 9; do sleep 0.3 & done; wait'
has 'no more processes than allowed' "$out" "can't fork: Resource temporarily unavailable"
run docker run --rm --pids-limit 6 busybox sh -c 'sleep 0.1 & sleep 0.1 & wait; echo fine'
has 'as many as allowed' "$out" fine
docker run -d --name bomb --pids-limit 20 busybox sh -c 'bomb() { bomb | bomb & }; bomb; sleep 1000' >/dev/null
run docker run --rm busybox echo meanwhile
is 'a fork bomb leaves room for others' "$out" meanwhile
t 'and can be removed' docker rm -f bomb

is 'cpuset' "$(docker run --rm --cpuset-cpus 0 busybox awk '/^Cpus_allowed_list/ {print $2}' /proc/self/status 2>/dev/null)" 0

docker run -d --name changed --pids-limit 4 --memory 40m --cpus 0.5 busybox sleep 1000 >/dev/null 2>&1
is 'update answers with the name' "$(docker update --pids-limit 60 --memory 50m --cpus 1 changed)" changed
is 'inspect shows it' "$(docker inspect -f '{{.HostConfig.PidsLimit}} {{.HostConfig.Memory}} {{.HostConfig.NanoCpus}}' changed)" \
	'60 52428800 1000000000'
run docker exec changed sh -c 'for i in 1 2 3 4 5 6 7 8 9; do sleep 0.1 & done; wait; echo all'
is 'it holds at once, for exec as well' "$out" all
has 'stats shows what may be had' "$(docker stats --no-stream --format '{{.MemUsage}}' changed)" ' / 50MiB'
run docker update --memory 500m changed
has 'memory above memory and swap' "$code $out" '1 Error response from daemon: Cannot update container'

refused() { # TEXT OPTIONS...
	text=$1
	shift
	run docker run --rm "$@" busybox true
	is "refused: $*" "$code $(echo "$out" | head -1)" "125 $text"
}
d='docker: Error response from daemon:'
cpus=$(nproc --all)
refused "$d Minimum memory limit allowed is 6MB" -m 1m
refused "$d Minimum memoryswap limit should be larger than memory limit, see usage" -m 20m --memory-swap 10m
refused "$d You should always set the Memory limit when using Memoryswap limit, see usage" --memory-swap 10m
refused "$d range of CPUs is from 0.01 to $cpus.00, as there are only $cpus CPUs available" --cpus 9999
refused "$d Requested CPUs are not available - requested 999, available: 0-$((cpus - 1))" --cpuset-cpus 999
refused 'invalid argument "x" for "-m, --memory" flag: invalid size: '"'x'" -m x
refused 'invalid argument "x" for "--cpus" flag: failed to parse x as a rational number' --cpus x
refused "$d --storage-opt is supported only for overlay over xfs with 'pquota' mount option" --storage-opt size=10m
refused 'docker: invalid storage option' --storage-opt size

# ---- output
docker run --name talk --log-opt max-size=2k --log-opt max-file=3 busybox seq 1 1000 >/dev/null
bytes=$(cat "$DRYDOCK_HOME/sessions/$DRYDOCK_SESSION/containers/$(docker inspect -f '{{.Id}}' talk)"/log.json* | wc -c)
is 'a log takes no more than was given' $((bytes < 8192)) 1
is 'its end is there' "$(docker logs --tail 2 talk | tr '\n' ' ')" '999 1000 '
is 'over several files' "$(docker logs --tail 60 talk | head -1)" 941
n=$(docker logs talk | wc -l)
is 'in order' "$(docker logs talk | head -1)" $((1001 - n))
docker run -d -i --name stream --log-opt max-size=4k --log-opt max-file=2 busybox sh -c \
	'i=0; while [ $i -lt 200 ]; do i=$((i+1)); echo line $i; [ $((i % 20)) = 0 ] && sleep 0.3; done' >/dev/null
docker logs -f stream > followed
is 'logs -f goes on in the next file' "$(tail -1 followed; wc -l < followed)" "line 200
200"

# ---- nothing is left
docker rm -f $(docker ps -aq) >/dev/null
gone() { [ -z "$(find /sys/fs/cgroup -path '*/drydock/*' -name "$1*" -type d 2>/dev/null)" ]; }
docker run -d --name last --pids-limit 9 busybox sleep 1000 >/dev/null 2>&1
id=$(docker inspect -f '{{.Id}}' last)
docker rm -f last >/dev/null
t 'no control group stays behind' soon gone "$id"
done_testing
