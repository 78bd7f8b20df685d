#!/bin/sh
# docker system df, and all the prunes.
. "$(dirname "$0")/lib.sh"

docker pull -q busybox >/dev/null
docker builder prune -af >/dev/null # it belongs to all sessions of a home
docker run --name done1 --label keep=yes busybox sh -c 'head -c 1000 /dev/zero >/f'
docker run --name done2 busybox true
docker run -d --name lives -v used:/data busybox sleep 600 >/dev/null
docker volume create --label l=1 free >/dev/null
docker run --name anon -v /data busybox true

df=$(docker system df)
is 'df has Docker'"'"'s columns' "$(echo "$df" | sed 's/  */ /g; s/ $//' | head -1)" 'TYPE TOTAL ACTIVE SIZE RECLAIMABLE'
is 'and its rows' "$(echo "$df" | cut -c1-16 | tail -n +2 | sed 's/ *$//')" 'Images
Containers
Local Volumes
Build Cache'
is 'containers are counted' "$(docker system df --format '{{.Type}}: {{.TotalCount}} {{.Active}} {{.Size}} {{.Reclaimable}}' | sed -n 2p)" 'Containers: 4 1 1kB 1kB (100%)'
is 'volumes are counted' "$(docker system df --format '{{.Type}}: {{.TotalCount}} {{.Active}} {{.Size}} {{.Reclaimable}}' | sed -n 3p)" 'Local Volumes: 3 2 0B 0B'
is 'the cache has no percentage' "$(docker system df --format '{{.Type}}: {{.TotalCount}} {{.Reclaimable}}' | sed -n 4p)" 'Build Cache: 0 0B'
is 'json' "$(docker system df --format json | sed -n 4p)" '{"Active":"0","Reclaimable":"0B","Size":"0B","TotalCount":"0","Type":"Build Cache"}'
v=$(docker system df -v)
has '-v has images' "$v" 'Images space usage:

REPOSITORY '
has '-v has containers' "$v" 'Containers space usage:

CONTAINER ID   IMAGE     COMMAND'
has '-v has volumes' "$v" 'Local Volumes space usage:

VOLUME NAME'
has '-v has the cache' "$v" 'Build cache usage: 0B

CACHE ID   CACHE TYPE   SIZE      CREATED   LAST USED   USAGE     SHARED'
run docker system df --format '{{.Nope}}'
is 'a wrong field' "$code: $out" "1: template parsing error: template: :1:2: executing \"\" at <.Nope>: can't evaluate field Nope in type *formatter.diskUsageImagesContext"

# ---- containers

is 'no is no' "$(echo n | docker container prune)" 'WARNING! This will remove all stopped containers.
Are you sure you want to continue? [y/N] '
is 'until spares the young' "$(docker container prune -f --filter until=1h)" 'Total reclaimed space: 0B'
is 'label! spares' "$(docker container prune -f --filter label!=keep | grep -c '^[0-9a-f]\{64\}$')" 2
id=$(docker inspect -f '{{.Id}}' done1)
is 'container prune' "$(docker container prune -f --filter label=keep=yes)" "Deleted Containers:
$id

Total reclaimed space: 1kB"
run docker container prune -f --filter nonsense=1
is 'a wrong filter' "$code: $out" "1: Error response from daemon: invalid filter 'nonsense'"

# ---- volumes

is 'volume prune asks' "$(echo | docker volume prune)" 'WARNING! This will remove anonymous local volumes not used by at least one container.
Are you sure you want to continue? [y/N] '
is 'named volumes stay' "$(docker volume prune -f | grep -c free)" 0
is 'a label spares' "$(docker volume prune -af --filter label!=l)" 'Total reclaimed space: 0B'
is 'all takes what nobody has' "$(docker volume prune -af)" 'Deleted Volumes:
free

Total reclaimed space: 0B'
run docker volume prune -a --filter all=1
is 'all twice' "$code: $out" '1: conflicting options: cannot specify both --all and --filter all=1'

# ---- images, system

is 'system prune asks' "$(echo n | docker system prune --volumes)" 'WARNING! This will remove:
  - all stopped containers
  - all networks not used by at least one container
  - all anonymous volumes not used by at least one container
  - all dangling images
  - unused build cache

Are you sure you want to continue? [y/N] '
is 'system prune -a asks more' "$(echo n | docker system prune -a --filter label=a | tail -n +4)" '  - all images without at least one container associated to them
  - all build cache

  Items to be pruned will be filtered with:
  - label=a

Are you sure you want to continue? [y/N] '
run docker system prune --volumes -f --filter until=1h
is 'until and volumes' "$code: $out" '1: ERROR: The "until" filter is not supported with "--volumes"'
docker create --name idle busybox >/dev/null
id=$(docker inspect -f '{{.Id}}' idle)
docker tag busybox other:1
docker rmi busybox >/dev/null 2>&1
docker network create idle-net >/dev/null
is 'system prune: containers, then networks' "$(docker system prune -f --filter label!=kept)" "Deleted Containers:
$id

Deleted Networks:
idle-net

Total reclaimed space: 0B"
docker rm -f lives >/dev/null
has 'system prune -a takes images' "$(docker system prune -af)" 'untagged: other:1
deleted: sha256:'
printf 'FROM busybox\nRUN echo %s >/x\n' $$ | docker build -q -t built - >/dev/null
is 'the build cache has its row' "$(docker system df --format '{{.Type}}: {{.TotalCount}} {{.Active}} {{.Size}}' | sed -n 4p)" 'Build Cache: 1 0 0B'
docker rmi built >/dev/null
id=$(docker buildx du | sed -n 2p | cut -c1-25)
has 'and its table' "$(docker system df -v | tail -1)" "$(echo "$id" | cut -c1-12)   regular"
docker network create idle >/dev/null
is 'system prune takes networks and the build cache' "$(docker system prune -f | tr '0-9' '#' | sed 's/##*B/#B/')" "$(echo "Deleted Networks:
idle

Deleted build cache objects:
$id

Total reclaimed space: 1B" | tr '0-9' '#')"
is 'image prune of nothing' "$(docker image prune -f)" 'Total reclaimed space: 0B'
is 'prunes are events' "$(docker events --since 0 --until "$(date +%s.%N)" -f event=prune --format '{{.Type}} {{.Actor.Attributes.reclaimed}}' | sort -u | head -1)" 'container 0'

docker pull -q busybox >/dev/null
printf 'FROM busybox\nRUN echo only-here >/x\n' | docker build -q -t cached - >/dev/null
docker rmi cached >/dev/null
has 'system prune takes the build cache, too' "$(docker system prune -f)" 'Deleted build cache objects:
'

done_testing
