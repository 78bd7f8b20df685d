# images leave us and come back by other people's programs: skopeo, and Debian's docker-registry
. "$(dirname "$0")/../e2e/lib.sh"
export HOME="$work/home"
mkdir -p "$HOME" app
for program in skopeo docker-registry; do
	command -v $program >/dev/null && continue
	skip 'images travel' "$program is not installed"
	done_testing
	exit 0
done
printf 'FROM busybox\nRUN echo from-%s > /text; head -c 9000000 /dev/urandom > /big\nCMD ["cat", "/text"]\n' $$ >app/Dockerfile
docker build -q -t student/app app >/dev/null 2>&1
id=$(docker inspect -f '{{.Id}}' student/app)

# our hub, driven by skopeo
port=$(free_port)
echo secret | docker login -u student --password-stdin >/dev/null 2>&1
docker push -q student/app >/dev/null
"$DRYDOCK_BIN" hub --listen "127.0.0.1:$port" >/dev/null 2>&1 &
hub=$!
t 'the hub is served' soon curl -fs "http://127.0.0.1:$port/"
from="docker://127.0.0.1:$port/student/app"
digest=$(docker inspect -f '{{index .RepoDigests 0}}' student/app)
is 'skopeo sees our digest' "student/app@$(skopeo inspect --tls-verify=false "$from" | sed -n 's/.*"Digest": "\(.*\)",/\1/p')" "$digest"
t 'skopeo pulls from it' skopeo copy -q --src-tls-verify=false "$from" "docker-archive:$work/saved.tar:student/copied:1"
run docker load -i "$work/saved.tar"
is 'what it saved is the same image' "$(docker inspect -f '{{.Id}}' student/copied:1)" "$id"
t 'skopeo pushes to it' skopeo copy -q --dest-tls-verify=false --dest-creds student:secret \
	"docker-archive:$work/saved.tar" "docker://127.0.0.1:$port/student/back:1"
run skopeo copy -q --dest-tls-verify=false --dest-creds student:secret \
	"docker-archive:$work/saved.tar" "docker://127.0.0.1:$port/other/back:1"
has 'not to another name' "$out" denied
run docker pull student/back:1
is 'we pull what it pushed' "$(docker run --rm student/back:1)" "from-$$"
kill $hub

# what we save, read by skopeo
docker save -o "$work/ours.tar" student/app
t 'skopeo reads what we save' skopeo copy -q "docker-archive:$work/ours.tar" "oci:$work/layout:x"
is 'as the same image' "sha256:$(skopeo inspect --config --raw "docker-archive:$work/ours.tar" | sha256sum | cut -d' ' -f1)" "$id"

# somebody else's registry
port=$(free_port)
mkdir registry
printf 'version: 0.1\nstorage: {filesystem: {rootdirectory: %s}}\nhttp: {addr: "127.0.0.1:%s"}\nlog: {level: error}\n' \
	"$work/registry" "$port" >registry.yml
docker-registry serve registry.yml >/dev/null 2>&1 &
registry=$!
t 'the registry is served' soon curl -fs "http://127.0.0.1:$port/v2/"
docker tag student/app "localhost:$port/a/app"
t 'we push to it' docker push "localhost:$port/a/app"
is 'skopeo finds the image there' "$(skopeo inspect --tls-verify=false --config "docker://localhost:$port/a/app" --raw | sha256sum | cut -d' ' -f1)" "${id#sha256:}"
t 'skopeo puts one there' skopeo copy -q --dest-tls-verify=false "oci:$work/layout:x" "docker://localhost:$port/b/app"
docker pull -q "localhost:$port/b/app" >/dev/null
is 'we run what it put there' "$(docker run --rm "localhost:$port/b/app")" "from-$$"
kill $registry
done_testing
