#!/bin/sh
# docker events: what the other commands leave in the engine's memory.
. "$(dirname "$0")/lib.sh"

# Events until now, without what is different every time.
past() {
	docker events --since 0 --until "$(date +%s.%N)" "$@"
}

docker run --name web --label role=front busybox true
id=$(docker inspect -f '{{.Id}}' web)
line=$(past -f event=start)
is 'a line is time, type, action, id and attributes' "$(echo "$line" | sed 's/^[0-9TZ:.+-]* //')" "container start $id (image=busybox, name=web, role=front)"
t 'its time has nine digits' sh -c "echo '$line' | grep -qE '^20[0-9-]{8}T[0-9:]{8}\.[0-9]{9}(Z|[+-][0-9:]{5}) '"
is 'a run is these' "$(past -f container=web -f type=container --format '{{.Action}}' | tr '\n' ' ')" 'create attach start die '
is 'die has the code' "$(past -f event=die --format '{{.Actor.Attributes.exitCode}} {{.Actor.Attributes.execDuration}}')" '0 0'
docker run -d --name long busybox sleep 600 >/dev/null
docker exec long echo hi >/dev/null
docker rename long longer
docker kill -s USR1 longer >/dev/null
docker pause longer >/dev/null
docker unpause longer >/dev/null
docker top longer >/dev/null
docker stop -t 0 longer >/dev/null
docker rm longer >/dev/null
is 'a long life is these' "$(past -f container=longer -f type=container --format '{{.Action}}' | tr '\n' ' ')" 'rename kill pause unpause top kill kill die stop destroy '
is 'exec says what' "$(past -f container=long --format '{{.Action}}' | grep exec | tr '\n' ';')" 'exec_create: echo hi;exec_start: echo hi;exec_die;'
is 'event=exec_create is any' "$(past -f event=exec_create --format '{{.Type}}')" container
is 'rename knows the old name' "$(past -f event=rename --format '{{.Actor.Attributes.oldName}} {{.Actor.Attributes.name}}')" '/long longer'
is 'kill knows the signal' "$(past -f event=kill --format '{{.Actor.Attributes.signal}}' | head -1)" 10
is 'a label filters' "$(past -f label=role=front -f event=start --format '{{.Actor.Attributes.name}}')" web
is 'an image filters' "$(past -f image=busybox -f event=create --format '{{.From}}' | sort -u)" busybox
docker volume create v1 >/dev/null
docker run --rm -v v1:/data busybox true
docker volume rm v1 >/dev/null
is 'a volume' "$(past -f type=volume -f volume=v1 --format '{{.Action}}' | tr '\n' ' ')" 'create mount unmount destroy '
is 'a mount says where' "$(past -f event=mount --format '{{.Actor.Attributes.destination}} {{index .Actor.Attributes "read/write"}}')" '/data true'
docker tag busybox mine:1
docker rmi mine:1 >/dev/null
is 'an image' "$(past -f type=image --format '{{.Action}} {{.Actor.Attributes.name}}' | grep -v pull | head -1)" 'tag mine:1'
has 'json' "$(past -f event=start --format json | head -1)" "{\"status\":\"start\",\"id\":\"$id\",\"from\":\"busybox\",\"Type\":\"container\",\"Action\":\"start\",\"Actor\":{\"ID\":\"$id\",\"Attributes\":{\"image\":\"busybox\",\"name\":\"web\",\"role\":\"front\"}},\"scope\":\"local\",\"time\":"
run docker events --format '{{.Nope}}' --since 0 --until 1
is 'a wrong field is refused' "$code: $out" "64: Error parsing format: template: :1:2: executing \"\" at <.Nope>: can't evaluate field Nope in type *events.Message"
run docker events --format '{{' --since 0 --until 1
is 'no template is refused' "$code: $out" '64: Error parsing format: template: :1: unclosed action'
run docker events --since never
is 'a wrong time is refused' "$code: $out" '1: failed to parse value as time or duration: "never"'
run docker events --filter nothing
is 'a wrong filter is refused' "$code: $(echo "$out" | head -1)" '125: invalid argument "nothing" for "-f, --filter" flag: bad format of filter (expected name=value)'

# ---- live

"$DRYDOCK_BIN" docker events --filter type=container --format '{{.Action}} {{.Actor.Attributes.name}}' >live 2>&1 </dev/null &
live=$!
soon sh -c '"$0" docker run --rm --name now busybox true; grep -q destroy live' "$DRYDOCK_BIN"
kill $live
has 'events come as they happen' "$(cat live)" 'start now'
is 'system events is the same' "$(docker system events --since 0 --until "$(($(date +%s) + 1))" -f event=rename --format '{{.Action}}')" rename

done_testing
