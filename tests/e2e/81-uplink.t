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
kill $server $local $away
done_testing
