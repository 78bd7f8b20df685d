# health checks: from the command line and from the image, as ps, inspect and events show them
. "$(dirname "$0")/lib.sh"

status() {
	docker ps -a --format '{{.Status}}' -f "name=^$1\$"
}
shows() {
	case "$(status "$1")" in *"$2"*) return 0 ;; esac
	return 1
}
health() {
	docker inspect -f "$2" "$1"
}
# events ACTION: how many of this session have it.
events() {
	grep -c "\"action\":\"$1\"" "$DRYDOCK_HOME/sessions/$DRYDOCK_SESSION/events"*
}

docker run -d --name well --health-cmd 'test -f /ok' --health-interval 200ms --health-retries 2 busybox sleep 1000 >/dev/null
has 'at first it is starting' "$(status well)" '(health: starting)'
is 'inspect has the check' "$(health well '{{json .Config.Healthcheck}}')" \
	'{"Test":["CMD-SHELL","test -f /ok"],"Interval":200000000,"Retries":2}'
t 'two failures make it unhealthy' soon shows well '(unhealthy)'
t 'ps finds it' test "$(docker ps -q -f health=unhealthy | wc -l)" = 1
docker exec well touch /ok
t 'one success makes it healthy' soon shows well '(healthy)'
is 'inspect agrees' "$(health well '{{.State.Health.Status}} {{.State.Health.FailingStreak}}')" 'healthy 0'
has 'with a log' "$(health well '{{json .State.Health.Log}}')" '"ExitCode":0,"Output":""'
is 'both were events' "$(events 'health_status: unhealthy') $(events 'health_status: healthy')" '1 1'
docker kill well >/dev/null
is 'what has ended is not healthy' "$(health well '{{.State.Health.Status}}')" unhealthy
hasnt 'and ps does not say' "$(status well)" healthy
docker start well >/dev/null
has 'a new start begins anew' "$(health well '{{.State.Health.Status}} {{.State.Status}}')" running
docker rm -f well >/dev/null

docker run -d --name slow --health-cmd 'echo text; sleep 50' --health-timeout 200ms --health-interval 100ms \
	--health-retries 1 busybox sleep 1000 >/dev/null
t 'a check that takes too long has failed' soon shows slow '(unhealthy)'
has 'and its log says why' "$(health slow '{{(index .State.Health.Log 0).Output}}')" 'Health check exceeded timeout (200ms): text'
docker rm -f slow >/dev/null
docker run -d --name patient --health-cmd false --health-interval 100ms --health-retries 1 --health-start-period 1h \
	--health-start-interval 50ms busybox sleep 1000 >/dev/null
several() {
	[ "$(health patient '{{len .State.Health.Log}}')" -ge 3 ]
}
t 'checks run in the start period' soon several
is 'and count only when they succeed' "$(health patient '{{.State.Health.Status}} {{.State.Health.FailingStreak}}')" 'starting 0'
docker rm -f patient >/dev/null

printf 'FROM busybox\nHEALTHCHECK --interval=200ms --retries=1 CMD ["test", "-d", "/etc"]\nCMD sleep 1000\n' | docker build -q -t checked - >/dev/null
docker run -d --name image checked >/dev/null
t 'the check of the image is run' soon shows image '(healthy)'
is 'and shown' "$(health image '{{json .Config.Healthcheck}}')" '{"Test":["CMD","test","-d","/etc"],"Interval":200000000,"Retries":1}'
docker run -d --name unwatched --no-healthcheck checked >/dev/null
hasnt 'unless it is switched off' "$(status unwatched)" health
is 'as inspect says' "$(health unwatched '{{json .Config.Healthcheck}} {{.State.Health}}')" '{"Test":["NONE"]} <nil>'
docker run -d --name other --health-cmd nosuchcheck --health-retries 1 checked >/dev/null
t 'or replaced, with its other values' soon shows other '(unhealthy)'
is 'by one that does not exist' "$(health other '{{(index .State.Health.Log 0).ExitCode}}')" 127
done_testing
