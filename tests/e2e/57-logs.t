# log drivers and rotation, --volumes-from, --explain, stop --signal
. "$(dirname "$0")/lib.sh"

docker run -d --name nothing --log-driver none busybox echo hi >/dev/null
run docker logs nothing
is 'the driver none keeps nothing' "$code $out" '1 Error response from daemon: configured logging driver does not support reading'
docker run --name turned --log-opt max-size=1k --log-opt max-file=3 busybox sh -c 'for i in $(seq 100); do echo line $i; done' >/dev/null
is 'the last line is there' "$(docker logs --tail 1 turned)" 'line 100'
is 'a tail goes back over files' "$(docker logs --tail 20 turned | head -1)" 'line 81'
is 'the oldest lines have gone' "$(docker logs turned | grep -c '^line 1$')" 0
run docker run --log-opt max-size=x busybox true
has 'a size that is none' "$out" 'failed to initialize logging driver: invalid size'
docker run --name data -v /data -v "vol-$$:/vol" busybox sh -c 'echo 1 >/data/f; echo 2 >/vol/g'
run docker run --rm --volumes-from data:ro busybox sh -c 'cat /data/f /vol/g; touch /data/x'
has 'volumes of another container' "$out" '1
2'
has 'read-only when wanted' "$out" 'Read-only file system'
run docker run --rm --volumes-from nope busybox true
is 'of one that is not there' "$code" 125
has 'is said' "$out" 'No such container: nope'
run docker run --rm --explain busybox echo hi
has 'explain names the steps' "$out" 'pivot_root'
docker run -d --name told busybox sh -c 'trap "exit 9" USR1; echo ready; while :; do sleep 0.1; done' >/dev/null
soon sh -c "$DRYDOCK_BIN docker logs told | grep ready"
docker stop -s USR1 -t 10 told >/dev/null
is 'stop with a signal' "$(docker inspect -f '{{.State.ExitCode}}' told)" 9
docker rm -fv data >/dev/null
docker volume rm "vol-$$" >/dev/null
done_testing
