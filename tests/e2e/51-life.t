# what a container's life is beside start and stop: restart policies, top, stats, update
. "$(dirname "$0")/lib.sh"

count_of() {
	docker inspect -f '{{.RestartCount}}' "$1"
}
status_of() {
	docker inspect -f '{{.State.Status}}' "$1"
}
at_least() {
	[ "$(count_of "$1")" -ge "$2" ]
}

docker run -d --name failing --restart on-failure:2 busybox sh -c 'echo run; exit 3' >/dev/null
t 'on-failure:2 tries twice more' soon sh -c "[ \$($DRYDOCK_BIN docker logs failing | grep -c run) = 3 ]"
soon sh -c "[ \$($DRYDOCK_BIN docker inspect -f '{{.State.Status}}' failing) = exited ]"
is 'and gives up' "$(status_of failing) $(count_of failing) $(docker inspect -f '{{.State.ExitCode}}' failing)" 'exited 2 3'
docker run -d --name fine --restart on-failure busybox true >/dev/null
soon sh -c "[ \$($DRYDOCK_BIN docker inspect -f '{{.State.Status}}' fine) = exited ]"
is 'a success is none to repeat' "$(count_of fine)" 0

docker run -d --name again --restart always busybox sh -c 'sleep 0.05' >/dev/null
t 'always starts again after a success' soon at_least again 3
run docker ps --format '{{.Names}} {{.Status}}'
has 'ps shows it, running or restarting' "$out" again
run docker rm again
is 'it is not removed like this' $code 1
t 'stop ends it between two runs as well' docker stop -t 1 again
is 'for good' "$(status_of again)" exited
t 'and it can be removed' docker rm again

docker run -d --name web --restart unless-stopped busybox sleep 1000 >/dev/null
docker exec web kill -9 1 2>/dev/null
docker exec -d web sh -c 'kill -TERM 1'
is 'the policy is in inspect' "$(docker inspect -f '{{.HostConfig.RestartPolicy.Name}}' web)" unless-stopped
run docker kill web
is 'a killed one stays dead' "$(status_of web) $(count_of web)" 'exited 0'
docker start web >/dev/null
is 'until it is started' "$(status_of web)" running
run docker update --restart no web
is 'update says its name' "$out" web
is 'and changes the policy' "$(docker inspect -f '{{.HostConfig.RestartPolicy.Name}}' web)" no
run docker update --restart maybe web
has 'a policy that is none' "$out" "unknown policy 'maybe'"
run docker run --restart on-failure:x busybox true
has 'a count that is none' "$out" 'invalid restart policy format: maximum retry count must be an integer'
is 'is a mistake in the command' $code 125

run docker top web
has 'top has the columns of ps -ef' "$(echo "$out" | head -1 | tr -s ' ')" 'UID PID PPID C STIME TTY TIME CMD'
has 'and the program' "$out" 'sleep 1000'
run docker top web -o pid,args
has 'or those that -o names' "$(echo "$out" | head -1 | tr -s ' ')" 'PID COMMAND'
run docker stats --no-stream --format '{{.Name}} {{.PIDs}} {{.CPUPerc}}'
is 'stats' "$out" 'web 1 0.00%'
t 'pause' docker pause web
is 'stands still' "$(docker ps --format '{{.State}}' -f name=web)" paused
run docker rm web
has 'and is not removed like this' "$out" 'container is paused and must be unpaused first'
t 'unpause' docker unpause web
run docker unpause web
has 'once' "$out" 'is not paused'
t 'rm -f of a paused one' sh -c "$DRYDOCK_BIN docker pause web && $DRYDOCK_BIN docker rm -f web"
done_testing
