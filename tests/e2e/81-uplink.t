# the way out: where this machine's network leads somewhere, and where it does not
here=$(cd "$(dirname "$0")/../.." && pwd)
if [ "$(id -u)" != 0 ] || ! unshare -n true 2>/dev/null; then
	echo "ok 1 - the way out # SKIP only root can make a network to go to"
	echo 1..1
	exit 0
fi
# A network of our own is "this machine"; a second one, with a web server, is the world.
[ -n "${UPLINK_INSIDE:-}" ] || UPLINK_INSIDE=1 exec unshare -n sh "$0"
. "$here/tests/e2e/lib.sh"

world=203.0.113.9
mkdir www && echo 'the world' >www/index.html && head -c 3000000 /dev/urandom >www/big
ip link set lo up
unshare -n sleep 600 &
away=$!
t 'there is another network' soon sh -c "[ \"\$(readlink /proc/$away/ns/net)\" != \"\$(readlink /proc/self/ns/net)\" ]"
ip link add here0 type veth peer name there0 netns $away
ip addr add 198.18.0.1/24 dev here0 && ip link set here0 up
nsenter -t $away -n sh -c "ip link set lo up; ip addr add 198.18.0.2/24 dev there0; ip link set there0 up
	ip addr add $world/32 dev lo; cd www && exec python3 -m http.server 8080" >/dev/null 2>&1 &
server=$!
t 'with a server on it' soon curl -s -m 2 http://198.18.0.2:8080/

# The shell stays process 1: a first process does not hear the TERM of `timeout`.
fetch() {
	docker run --rm "$@" busybox sh -c "timeout 10 wget -qO- http://$world:8080/; exit \$?"
}
run fetch
has 'without a way out the network is unreachable' "$out" 'Network is unreachable'
t 'and the container knows at once' test $code = 1
ip route add default via 198.18.0.2
is 'with one a container reaches the world' "$(fetch 2>&1)" 'the world'
docker network create away >/dev/null
is 'from a network of its own as well' "$(fetch --network away 2>&1)" 'the world'
docker network create --internal inner >/dev/null
run fetch --network inner
has 'not from an inner one' "$out" 'Network is unreachable'
run fetch --network none
has 'nor from none' "$out" 'Network is unreachable'
is 'much comes through whole' "$(docker run --rm busybox sh -c "timeout 30 wget -qO- http://$world:8080/big | md5sum")" \
	"$(md5sum <www/big)"

python3 -m http.server --bind 127.0.0.1 9999 >/dev/null 2>&1 &
local=$!
t 'a program of this machine listens on its loopback' soon curl -s -o /dev/null http://127.0.0.1:9999/
for to in 172.17.0.1 127.0.0.1 198.18.0.1 169.254.169.254; do
	run docker run --rm busybox sh -c "timeout 3 wget -qO- http://$to:9999/; exit \$?"
	t "a container does not reach it by $to" test $code != 0
done
docker run -d --name two --network away busybox sleep 300 >/dev/null
docker network connect bridge two
is 'two networks are one way out' "$(docker exec two timeout 10 wget -qO- http://$world:8080/ 2>&1)" 'the world'
docker network disconnect away two
is 'and the other when the first is left' "$(docker exec two timeout 10 wget -qO- http://$world:8080/ 2>&1)" 'the world'
docker rm -f two >/dev/null

# ---- RUN: in a home of its own, where going online is chosen
build() {
	printf 'FROM busybox\nRUN %s\n' "$1" | docker build --no-cache ${2:-} - 2>&1 | sed -n 's/^#[0-9]* [0-9.]* //p'
}
ask="timeout 10 wget -qO- http://$world:8080/"
has 'RUN has no way out' "$(build "$ask")" 'Network is unreachable'
docker save -o busybox.tar busybox
home=$work/home
trap 'for id in $(docker ps -aq); do docker rm -f $id; done >/dev/null 2>&1; "$DRYDOCK_BIN" setup --remove --force >/dev/null 2>&1; DRYDOCK_HOME=$DRYDOCK_TEST_HOME; cleanup' EXIT
export DRYDOCK_HOME="$home"
mkdir "$home" && docker load -qi busybox.tar >/dev/null
t 'until going online is chosen' env DRYDOCK_MIRROR=http://127.0.0.1:9 "$DRYDOCK_BIN" setup --online on
is 'then it reaches the world' "$(build "$ask")" 'the world'
is 'as default says, too' "$(build "$ask" --network=default)" 'the world'
is 'with --network=none it has lo alone' "$(build 'ls /sys/class/net' --network=none)" lo
has 'and reaches nothing' "$(build "$ask" --network=none)" 'Network is unreachable'
is "--network=host is this machine's own" "$(build "$ask" --network=host)" 'the world'
hasnt 'it asks no name server on its own loopback' "$(build 'cat /etc/resolv.conf')" 'nameserver 127'
for to in 172.17.0.1 127.0.0.1 198.18.0.1; do
	hasnt "it does not reach this machine by $to" "$(build "timeout 3 wget -qO- http://$to:9999/ && echo reached")" reached
done
docker run -d --name near busybox sh -c 'mkdir /w && echo near >/w/index.html && httpd -f -p 80 -h /w' >/dev/null
at=$(docker inspect -f '{{.NetworkSettings.IPAddress}}' near)
is 'it stands on the bridge' "$(build "timeout 5 wget -qO- http://$at/")" near
ip route del default
has 'without a way out the network is unreachable' "$(build "$ask")" 'Network is unreachable'
kill $server $local $away
done_testing
