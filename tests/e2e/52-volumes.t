# folders of the host and volumes in containers: -v, --mount, --tmpfs, docker volume
. "$(dirname "$0")/lib.sh"

mkdir app && echo hello >app/file
t 'a folder is shown' docker run --rm -v "$work/app":/app busybox grep hello /app/file
t 'and written to' docker run --rm -v "$PWD/app":/app busybox sh -c 'echo new >/app/new'
is 'by its owner' "$(cat app/new) $(stat -c %u app/new)" "new $(id -u)"
is 'whose files are root'\''s inside' "$(docker run --rm -v "$work/app":/app busybox stat -c %u /app/file)" 0
run docker run --rm -v "$work/app":/app:ro busybox touch /app/no
has 'ro is read-only' "$out" 'Read-only file system'
t 'a relative folder, with its dot' docker run --rm -v ./app:/app busybox test -f /app/file
t 'a single file' docker run --rm -v "$work/app/file":/etc/one:ro busybox grep hello /etc/one
t 'a folder in a folder, whatever their order' docker run --rm -v "$work/app":/a/b/c -v "$work":/a busybox \
	sh -c 'test -f /a/b/c/file && test -d /a/app'
t 'what is missing is made' docker run --rm -v "$work/made/deep":/m busybox touch /m/x
t 'as a folder' test -f made/deep/x
t '/etc/hosts can be one' docker run --rm -v "$work/app/file":/etc/hosts busybox grep -x hello /etc/hosts
t 'as another user too' docker run --rm -u 1000 -v "$work/app":/app busybox cat /app/file

# A command from the workstation means the folders below the root that it is given.
client_docker() {
	DRYDOCK_CLIENT="8:9:/app" docker "$@" 8<"$work" 9<"$work/app"
}
t 'a folder of the client'\''s' client_docker run --rm -v /app:/x busybox test -f /x/file
t 'relative to where the client is' client_docker run --rm -v ./sub:/x busybox touch /x/made
t 'made where the client sees it' test -f app/sub/made
t 'its links stay below its root' sh -c "ln -s /app $work/link"
t 'and lead there' client_docker run --rm -v /link:/x busybox test -f /x/file

t '--mount' docker run --rm --mount "type=bind,source=$work/app,target=/app,readonly" busybox \
	sh -c 'test -f /app/file && ! touch /app/no 2>/dev/null'
run docker run --rm --mount "type=bind,src=$work/none,dst=/app" busybox true
has 'makes no folder' "$out" "docker: Error response from daemon: invalid mount config for type \"bind\": bind source path does not exist: $work/none"
is 'which is a mistake of the engine' $code 125
run docker run --mount type=bind busybox true
has 'has a target' "$out" 'invalid argument "type=bind" for "--mount" flag: target is required'
run docker run --mount type=bind,x=y busybox true
has 'knows its words' "$out" "unexpected key 'x' in 'x=y'"
run docker run --rm -v "$work/app":/x -v "$work":/x busybox true
has 'once a target' "$out" 'Duplicate mount point: /x'
run docker run --rm -v "$work/app":x busybox true
has 'a target is absolute' "$out" "invalid volume specification: '$work/app:x': invalid mount config for type \"bind\": invalid mount path: 'x' mount path must be absolute"
run docker run --rm -v "$work/app":/ busybox true
has 'and is not the root' "$out" "destination can't be '/'"
run docker run --rm -v "$work/app":/x:huh busybox true
has 'a mode that is none' "$out" 'invalid mode: huh'
run docker run --rm -v :/x busybox true
has 'an empty part' "$out" 'invalid spec: :/x: empty section between colons'

run docker run --rm --tmpfs /scratch:size=1m,mode=0700 busybox sh -c 'mount | grep " /scratch "; stat -c %a /scratch'
has 'a tmpfs' "$out" 'tmpfs on /scratch type tmpfs (rw,nosuid,nodev,noexec'
has 'with its mode' "$out" 700
run docker run --rm --tmpfs /scratch:huge busybox true
has 'an option that is none' "$out" 'invalid tmpfs option ["huge"]'

# A student's line in the workstation, where the workspace is the host's.
if command -v python3 >/dev/null; then
	name=volumes-$$
	mkdir space && echo hello >space/file
	cp "$here/lessons/01-your-first-image.md" "$name.md"
	cat >script <<'EOF'
prompt
type docker run --rm -v "$PWD":/app busybox sh -c 'cat /app/file; echo back >/app/new'
see hello
prompt
type cat new
see back
prompt
type mkdir -p deep && cd deep && docker run --rm -v ./er:/x busybox touch /x/there && ls er
see there
prompt
type mkdir -p /tmp/own; docker run --rm -v /tmp/own:/x busybox true
see Drydock shows a container only what lies in the workspace
prompt
type quit
end
EOF
	t 'a folder of the workspace, from the workstation' python3 "$here/tests/e2e/drive.py" script \
		"$DRYDOCK_BIN" learn --private --workspace "$work/space" "$work/$name.md"
	t 'is that of the host' test -f space/deep/er/there
	"$DRYDOCK_BIN" session rm "lesson-$name" >/dev/null 2>&1
else
	skip 'a folder of the workspace, from the workstation' 'no python3'
fi

docker run -d --name keeps -v "$work/app":/app:ro -v "$work":/all busybox sleep 1000 >/dev/null
is 'inspect: as written' "$(docker inspect -f '{{index .HostConfig.Binds 0}}' keeps)" "$work/app:/app:ro"
is 'inspect: as mounted' \
	"$(docker inspect -f '{{with index .Mounts 0}}{{.Type}} {{.Source}} {{.Destination}} {{.Mode}} {{.RW}}{{end}}' keeps)" \
	"bind $work/app /app ro false"
docker stop -t 0 keeps >/dev/null
cd / && docker start keeps >/dev/null
cd "$work"
t 'after stop and start from elsewhere it is there again' docker exec keeps test -f /app/file
is 'ps finds it by its source' "$(docker ps -f volume="$work/app" --format '{{.Names}}')" keeps
docker run -d --name loops --restart always -v "$work/app":/app busybox sh -c 'echo run >>/app/runs; sleep 0.1' >/dev/null
t 'and in a restart by policy' soon sh -c "[ \$(grep -c run $work/app/runs) -ge 3 ]"
docker rm -f loops >/dev/null
t 'rm leaves the folder' sh -c "$DRYDOCK_BIN docker rm -f keeps && test -f app/file"

run docker volume create data
is 'a volume is made' "$out" data
docker run --rm -v data:/d busybox sh -c 'echo kept >/d/file; chown 1000 /d/file'
is 'what is written stays' "$(docker run --rm -v data:/d:ro busybox cat /d/file)" kept
is 'with its owner' "$(docker run --rm -v data:/d busybox stat -c %u /d/file)" 1000
is 'ls' "$(docker volume ls | tr -s ' ')" "DRIVER VOLUME NAME
local data"
is 'inspect' "$(docker volume inspect -f '{{.Name}} {{.Driver}} {{.Scope}} {{.Options}}' data)" 'data local local map[]'
t 'first use copies what the image has' docker run --rm -v etc:/etc busybox test -f /etc/passwd
is 'also for others' "$(docker run --rm -v etc:/x busybox grep -c root: /x/passwd)" 1
is 'owners and modes come along' "$(docker run --rm -v root:/root -v tmp:/tmp busybox stat -c %a /tmp)" \
	"$(docker run --rm busybox stat -c %a /tmp)"
t 'nocopy does not' docker run --rm -v bare:/etc:nocopy busybox sh -c '! test -f /etc/passwd'
docker run -d --name user -v data:/d busybox sleep 1000 >/dev/null
run docker volume rm data
has 'one in use stays' "$out" 'Error response from daemon: remove data: volume is in use - ['
is 'inspect of the container' "$(docker inspect -f '{{with index .Mounts 0}}{{.Type}} {{.Name}} {{.Driver}} {{.Mode}}{{end}}' user)" 'volume data local z'
is 'dangling' "$(docker volume ls -q -f dangling=false)" data
docker rm -f user >/dev/null
is 'rm says its name' "$(docker volume rm data)" data
run docker volume rm data
is 'once' "$out" 'Error response from daemon: get data: no such volume'
run docker run --rm -v a/b:/x busybox true
has 'a name that is none' "$out" 'create a/b: "a/b" includes invalid characters for a local volume name, only "[a-zA-Z0-9][a-zA-Z0-9_.-]" are allowed. If you intended to pass a host directory, use absolute path'
docker volume prune -af >/dev/null
is 'prune takes what is free' "$(docker volume ls -q)" ''

printf 'FROM busybox\nRUN mkdir /data && echo first >/data/a\nVOLUME /data\n' >Dockerfile
docker build -q -t with-volume . >/dev/null
docker run --rm with-volume cat /data/a >got
is 'an image'"'"'s VOLUME has its content' "$(cat got)" first
t 'and goes with --rm' soon sh -c "[ -z \"\$($DRYDOCK_BIN docker volume ls -q)\" ]"
docker run --name holds with-volume true
is 'without it stays' "$(docker volume ls -q | wc -l)" 1
docker rm -v holds >/dev/null
is 'until rm -v' "$(docker volume ls -q)" ''
done_testing
