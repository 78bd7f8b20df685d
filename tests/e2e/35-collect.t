# What nobody needs any more is taken away: by rmi, image prune, builder prune; never what somebody needs or makes.
. "$(dirname "$0")/lib.sh"

# chains of an image's layers, topmost first
chains() {
	id=$(docker image inspect -f '{{.Id}}' "$1")
	python3 -c 'import json, sys; print("\n".join(json.load(open(sys.argv[1]))["chains"]))' "$DRYDOCK_HOME/store/run/${id#sha256:}"
}
layer() {
	for map in range one; do
		[ ! -e "$DRYDOCK_HOME/store/layers/$map/$1" ] || return 0
	done
	[ -e "$DRYDOCK_HOME/store/layers/meta/$1" ]
}
# while another test makes an image nothing is taken: the next collection does
collected() {
	docker image prune -f >/dev/null && ! layer "$1"
}
forget() {
	docker builder prune -af --filter "description=$1" >/dev/null
}
docker pull -q busybox >/dev/null
mkdir a b
printf 'FROM busybox\nRUN echo %s >/one; echo first\nRUN echo %s >/two; head -c 100000 /dev/zero >/zeros\n' $$ $$ >a/Dockerfile
printf 'FROM busybox\nRUN echo %s >/one; echo first\nRUN echo %s >/other\n' $$ $$ >b/Dockerfile
one="mount / from exec /bin/sh -c echo $$ >/one; echo first"
two="mount / from exec /bin/sh -c echo $$ >/two; head -c 100000 /dev/zero >/zeros"
t 'an image' docker build -q -t a a
t 'another with the same first step' docker build -q -t b b
top=$(chains a | sed -n 1p) shared=$(chains a | sed -n 2p) base=$(chains a | tail -1)
id=$(docker image inspect -f '{{.Id}}' a)

# ---- the build cache keeps them, as in Docker
is 'rmi of what the cache has' "$(docker rmi a)" "Untagged: a:latest
Deleted: $id"
t 'leaves its layers' layer "$top"
hasnt 'and its config goes' "$(ls "$DRYDOCK_HOME/store/run")" "${id#sha256:}"
out=$(docker build --progress plain -t a a 2>&1 | grep -c CACHED)
is 'so that it is built from the cache' "$out" 2

# ---- and when it does not
forget "$two"
t 'a record less takes no image away' layer "$top"
is 'rmi says which layers went' "$(docker rmi a)" "Untagged: a:latest
Deleted: $id
Deleted: sha256:$top"
t 'the layer is gone' soon collected "$top"
t 'a layer that another image has stays' layer "$shared"
t 'and that image runs' docker run --rm b cat /one /other
t 'the base stays' layer "$base"

# again: the image anew, and its topmost layer unknown to the cache
again() {
	docker build -q -t a a >/dev/null
	forget "$two"
	top=$(chains a | sed -n 1p) id=$(docker image inspect -f '{{.Id}}' a)
}

# ---- image prune
again
printf 'FROM scratch\nLABEL x=%s\n' $$ | docker build -q -t a - >/dev/null
is 'image prune tells and counts' "$(docker image prune -f)" "Deleted Images:
deleted: $id
deleted: sha256:$top

Total reclaimed space: 100kB"
t 'the layer of a dangling image is gone' soon collected "$top"

# ---- what a container or another session has
again
docker run --name kept a true
docker rmi -f a >/dev/null
docker image prune -f >/dev/null
t 'a container keeps its layers' layer "$top"
t 'and starts again' docker start -a kept
docker rm kept >/dev/null
again
docker save a | DRYDOCK_SESSION="$DRYDOCK_SESSION-b" "$DRYDOCK_BIN" docker load >/dev/null
docker rmi a >/dev/null
docker image prune -f >/dev/null
t 'another session keeps them' sh -c "DRYDOCK_SESSION=$DRYDOCK_SESSION-b $DRYDOCK_BIN docker run --rm a cat /two"
"$DRYDOCK_BIN" session rm "$DRYDOCK_SESSION-b"
t 'until it is removed' soon collected "$top"

# ---- beside a build: nothing is taken from it
mkdir slow
mkfifo go
cat >slow/Dockerfile <<END
FROM busybox
RUN echo $$ >/slow
RUN --network=none echo waits; until [ -e /gate ]; do :; [ -e /tmp/x ] || { sleep 0.1; }; n=\$((n+1)); [ \$n -lt 20 ] || break; done
RUN cat /slow
END
docker build --progress plain -t slow slow >log 2>&1 &
build=$!
t 'a build has begun' soon grep -q waits log
for i in 1 2 3; do
	docker builder prune -af --filter "description=mount / from exec /bin/sh -c echo $$ >/slow" >/dev/null
	docker image prune -f >/dev/null
done
wait $build
is 'a collection beside a build takes nothing from it' "$?" 0
t 'its image runs' docker run --rm slow cat /slow

# ---- killed in the middle, often: what is left is whole or gone
cat >many <<END
FROM busybox
RUN mkdir /m; i=0; while [ \$i -lt 300 ]; do echo $$ >/m/\$i; i=\$((i+1)); done
RUN cat /m/* | sort | uniq -c >/sum
END
many="mount / from exec /bin/sh -c mkdir /m; i=0; while [ \$i -lt 300 ]; do echo $$ >/m/\$i; i=\$((i+1)); done"
sum='mount / from exec /bin/sh -c cat /m/* | sort | uniq -c >/sum'
right=0
for wait in 0 0.002 0.004 0.006 0.01 0.015 0.02 0.03; do
	docker build -q -t many - <many >/dev/null
	forget "$many"
	forget "$sum"
	"$DRYDOCK_BIN" docker rmi many >/dev/null 2>&1 &
	victim=$!
	sleep $wait
	kill -9 $victim 2>/dev/null
	wait $victim 2>/dev/null
	docker build -q -t many - <many >/dev/null
	[ "$(docker run --rm many cat /sum | tr -s ' ')" = " 300 $$" ] && right=$((right + 1))
done
is 'whoever is killed leaves nothing half' $right 8
forget "$many"
forget "$sum"
chain=$(chains many | sed -n 2p)
docker rmi many >/dev/null
t 'the next collection takes what was left' soon collected "$chain"
is 'half-removed layers too' "$(ls -A "$DRYDOCK_HOME"/store/layers/* 2>/dev/null | grep -c '^.gone-')" 0

# ---- docker buildx du, prune: filters
docker build -q -t a a >/dev/null
has 'du by type' "$(docker buildx du --filter type=regular)" 'RECLAIMABLE'
is 'du by a type that nothing has' "$(docker buildx du --filter type=frontend)" ''
has 'du in full' "$(docker buildx du --verbose)" "Description:	$two"
is 'prune spares what was used just now' "$(docker builder prune -af --filter until=24h --filter "description=$two")" 'Total:	0B'
is 'and what the images stand on' "$(docker builder prune -f --filter "description=$two")" 'Total:	0B'
run docker builder prune -f --filter until=x
is 'a wrong time' "$code: $out" '1: ERROR: "until" filter expects a duration (e.g., '"'24h'"'): time: invalid duration "x"'
run docker builder prune -f --filter until=1h --filter unused-for=1h
is 'two times' "$code: $out" '1: ERROR: conflicting filters "until" and "unused-for"'
run docker builder prune -f --filter inuse
is 'a filter without a value' "$code: $(echo "$out" | head -1)" '125: invalid argument "inuse" for "--filter" flag: bad format of filter (expected name=value)'
is 'prune with room for all' "$(docker builder prune -af --keep-storage 100gb)" 'Total:	0B'
has 'prune by description' "$(docker builder prune -af --filter "description=$two")" 'Total:	100'
id=$(docker buildx du --filter "description=$one" | sed -n 2p | cut -c1-25)
has 'prune by id' "$(docker builder prune -af --filter "id=$id")" "$id"
is 'it is gone' "$(docker buildx du --filter "id=$id")" ''

# ---- FROM an image that is not here
docker rmi -f busybox >/dev/null
is 'a build brings its base' "$(printf 'FROM busybox\nRUN cat /bin/busybox | wc -c >/n' | docker build -q -t based - | cut -c1-7)" sha256:
is 'which is no image of the session' "$(docker images -q busybox)" ''
t 'what stands on it runs' docker run --rm based true
has 'one that is nowhere' "$(printf 'FROM student/nowhere\n' | docker build - 2>&1 | tail -1)" 'ERROR: failed to solve: student/nowhere: failed to resolve source metadata for docker.io/student/nowhere:latest: pull access denied, repository does not exist or may require authorization'
done_testing
