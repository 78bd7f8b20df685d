# MANY containers run at once, are listed, reached, stopped and removed
. "$(dirname "$0")/../e2e/lib.sh"
: "${MANY:=200}"
seconds=78$$ # a sleep that only this test sleeps

no_sleeper() {
	[ "$(sleepers "$seconds")" = 0 ]
}
docker network create many >/dev/null
for i in $(seq "$MANY"); do
	docker run -d --name "box$i" --network many busybox sleep "$seconds" >/dev/null || break
done
is 'all of them run' "$(sleepers "$seconds")" "$MANY"
is 'ps shows all of them' "$(docker ps -q | wc -l)" "$MANY"
is 'each with an address of its own' \
	"$(docker inspect -f '{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}' $(docker ps -q) | sort -u | wc -l)" "$MANY"
has 'the first is reached by its name from the last' \
	"$(docker exec "box$MANY" ping -c 1 -W 5 box1 2>&1)" ' 0% packet loss'
is 'ps finds one of them' "$(docker ps -f name='box1$' --format '{{.Names}}')" box1
docker stop -t 0 $(seq -f 'box%.0f' 1 $((MANY / 2))) >/dev/null
is 'half of them can be stopped' "$(docker ps -q | wc -l) $(docker ps -qf status=exited -a | wc -l)" \
	"$((MANY - MANY / 2)) $((MANY / 2))"
docker rm -f $(docker ps -aq) >/dev/null
t 'none runs when all are removed' soon no_sleeper
is 'and none is left' "$(docker ps -aq)" ''
done_testing
