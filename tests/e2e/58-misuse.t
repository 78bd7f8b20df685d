# What students type wrong, and what Docker answers: text, exit code
. "$(dirname "$0")/lib.sh"

# says 'sentence' CODE TEXT docker-ARGS...: the text is all of the answer, or its beginning before '...'
says() {
	sentence=$1 want=$2 text=$3
	shift 3
	run docker "$@" </dev/null
	case $text in
	*...) has "$sentence" "$code: $out" "$want: ${text%...}" ;;
	*) is "$sentence" "$code: $out" "$want: $text" ;;
	esac
}
# The same of run: "docker: TEXT", and where to look.
run_says() {
	sentence=$1 want=$2 text=$3
	shift 3
	says "$sentence" "$want" "docker: $text

Run 'docker run --help' for more information" run "$@"
}
daemon='Error response from daemon:'

# ---- run

run_says 'a name has letters that it may have' 125 "$daemon Invalid container name (a b), only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed" \
	--name 'a b' busybox true
run_says '--rm and --restart' 125 'conflicting options: cannot specify both --restart and --rm' --rm --restart always busybox true
run_says 'a restart policy that is none' 125 "$daemon invalid restart policy: unknown policy 'foo'; use one of 'no', 'always', 'on-failure', or 'unless-stopped'" \
	--restart foo busybox true
run_says 'a folder needs a full path' 125 "$daemon create rel/path: \"rel/path\" includes invalid characters for a local volume name, only \"[a-zA-Z0-9][a-zA-Z0-9_.-]\" are allowed. If you intended to pass a host directory, use absolute path" \
	-v rel/path:/x busybox true
run_says 'and so does the place inside' 125 "$daemon invalid volume specification: '/tmp:rel': invalid mount config for type \"bind\": invalid mount path: 'rel' mount path must be absolute" \
	-v /tmp:rel busybox true
run_says '--mount makes no folder' 125 "$daemon invalid mount config for type \"bind\": bind source path does not exist: /nonexistent" \
	--mount type=bind,source=/nonexistent,target=/x busybox true
run_says 'two mounts at one place' 125 "$daemon Duplicate mount point: /a" -v /tmp:/a -v /usr:/a busybox true
for row in 'abc|containerPort: abc' '80:abc|containerPort: abc' 'abc:80|hostPort: abc' '80/foo|proto: foo' '9-3:80|hostPort: 9-3' \
	'1.2.3:80:80|IP address: 1.2.3' '70000:80|hostPort: 70000'; do
	run_says "-p ${row%|*}" 125 "invalid ${row#*|}" -p "${row%|*}" busybox true
done
run_says 'no such program' 127 "$daemon failed to create task for container: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: exec: \"nosuch\": executable file not found in \$PATH: unknown" \
	--rm busybox nosuch
run_says 'a folder is no program' 126 "$daemon failed to create task for container: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: exec: \"/etc\": is a directory: unknown: permission denied" \
	--rm busybox /etc
run_says 'a file is no working directory' 125 "$daemon Cannot mkdir: /etc/passwd is not a directory" --rm -w /etc/passwd busybox true
printf 'FROM scratch\nLABEL a=b\n' | docker build -q -t nocmd - >/dev/null
run_says 'an image without a command' 125 "$daemon no command specified" nocmd
says '-it without a terminal' 1 'the input device is not a TTY' run -it busybox true
run_says 'there is no GPU' 125 "$daemon could not select device driver \"\" with capabilities: [[gpu]]" --gpus all busybox true
run_says 'an image that may not be pulled' 125 "$daemon No such image: nosuch:latest" --pull never nosuch
has 'an image that is nowhere' "$(docker run nosuch:latest 2>&1)" "$daemon pull access denied for nosuch, repository does not exist"
docker create --name stopped busybox true >/dev/null
id=$(docker inspect -f '{{.Id}}' stopped)
run_says 'the network of one that does not run' 125 "$daemon cannot join network of a non running container: $id" \
	--network container:stopped busybox true
for row in '-p 80:80|port publishing and the container type network mode' '-h x|hostname and the network mode' \
	'--dns 1.1.1.1|dns and the network mode' '--add-host a:1.1.1.1|custom host-to-IP mapping and the network mode'; do
	run_says "container: and ${row%|*}" 125 "$daemon conflicting options: ${row#*|}" --network container:stopped ${row%|*} busybox true
done
run_says 'a network of our own and a predefined one' 125 'conflicting options: cannot attach both user-defined and non-user-defined network-modes' \
	--network own --network bridge busybox true
run_says 'a network twice' 125 'network "own" is specified multiple times' --network own --network name=own,alias=x busybox true
run_says '--uts=host and a name' 125 "$daemon conflicting options: hostname and the UTS mode" --uts host -h x busybox true

# ---- environment

printf '# no\nA=1\n\n  B=2\nC="quoted"\nFROM_HERE\nD=with # hash\nE=\n' >ok.env
printf 'A B=1\n' >spaces.env
printf '=1\n' >nameless.env
export FROM_HERE=here
is '--env-file is read as Docker reads it' "$(docker run --rm --env-file ok.env busybox env | grep -vE '^(PATH|HOSTNAME|HOME)=')" 'A=1
B=2
C="quoted"
FROM_HERE=here
D=with # hash
E='
is '-e NAME takes the value from here' "$(docker run --rm -e FROM_HERE -e NOT_THERE busybox env | grep -E 'HERE')" FROM_HERE=here
run_says 'a name with a blank' 125 "invalid env file (spaces.env): variable 'A B' contains whitespaces" --env-file spaces.env busybox env
run_says 'no name' 125 "invalid env file (nameless.env): no variable name on line '=1'" --env-file nameless.env busybox env
run_says 'no file' 125 'open nofile: no such file or directory' --env-file nofile busybox env

# ---- states

docker run -d --name web busybox sleep 1000 >/dev/null
web=$(docker inspect -f '{{.Id}}' web)
says 'exec in one that does not run' 1 "$daemon container $id is not running" exec stopped true
says 'rm of one that runs' 1 "$daemon cannot remove container \"/web\": container is running: stop the container before removing or force remove" rm web
says 'kill of one that does not run' 1 "$daemon cannot kill container: stopped: container $id is not running" kill stopped
says 'stop of one that does not run is fine' 0 stopped stop stopped
says 'attach to one that does not run' 1 'cannot attach to a stopped container, start it first' attach stopped
says 'rename to the same' 1 "$daemon Renaming a container with the same name as its current name
Error: failed to rename container named web" rename web web
says 'rename to one in use' 1 "$daemon Error when allocating new name: Conflict. The container name \"/stopped\" is already in use by container \"$id\". You have to remove (or rename) that container to be able to reuse that name.
Error: failed to rename container named web" rename web stopped
docker pause web >/dev/null
says 'start of one that is paused' 1 "$daemon cannot start a paused container, try unpause instead
Error: failed to start containers: web" start web
says 'exec in one that is paused' 1 "$daemon Container web is paused, unpause the container before exec" exec web true
says 'rm of one that is paused' 1 "$daemon cannot remove container \"/web\": container is paused and must be unpaused first" rm web
docker unpause web >/dev/null
says 'an image in use' 1 "$daemon conflict: unable to remove repository reference \"busybox\" (must force) - container ..." rmi busybox
docker create --name four busybox sh -c 'exit 4' >/dev/null
says 'start -a has its exit code' 4 '' start -a four
says 'wait for several' 0 '4
0' wait four stopped
says 'cp from nowhere' 1 "$daemon Could not find the file /nosuch in container web" cp web:/nosuch .
says 'cp of nothing' 1 'must specify at least one container source' cp a b
says 'cp between two' 1 'copying between containers is not supported' cp web:/a stopped:/b
says 'volume rm -f of none' 0 nosuch volume rm -f nosuch

# ---- ps

docker run -d --name ported -p 127.0.0.1::80 --expose 9000-9002/udp busybox sleep 1000 >/dev/null
for f in publish=80 publish=79-81/tcp expose=9001/udp expose=9000-9005/udp; do
	is "ps -f $f" "$(docker ps --format '{{.Names}}' -f "$f")" ported
done
is 'ps -f expose= means tcp' "$(docker ps -q -f expose=9001)" ''
is 'no container is a task' "$(docker ps -aq -f is-task=true)" ''
says 'ps -f health= of no kind' 1 "$daemon unrecognized filter value for health: foo" ps -f health=foo
says 'images -f dangling= of no kind' 1 "$daemon invalid filter 'dangling=[x]'" images -f dangling=x
says 'volume ls -f dangling= of no kind' 1 "$daemon invalid filter 'dangling=[x]'" volume ls -f dangling=x
says 'network ls -f dangling= of no kind' 1 "$daemon invalid filter 'dangling=[x]'" network ls -f dangling=x
says 'network ls -f type= of no kind' 1 "$daemon invalid filter: 'type'='x'" network ls -f type=x
says 'ps -f is-task= of no kind' 1 "$daemon invalid filter 'is-task=[x]'" ps -f is-task=x

# ---- help

for group in builder container image manifest network system volume; do
	has "docker $group has help" "$(docker $group --help)" "Usage:  docker $group COMMAND"
	has "docker $group is in the list" "$(docker --help)" "
  $group "
done
is 'builder prune is buildx' "$(docker builder prune --help | head -3)" 'Usage:  docker buildx prune

Remove build cache'
done_testing
