# networks: made by users, with names, apart from each other
. "$(dirname "$0")/lib.sh"

has 'there are three from the beginning' "$(docker network ls --format '{{.Name}}/{{.Driver}}' | tr '\n' ' ')" \
	'bridge/bridge host/host none/null'
run docker network create front
is 'a network is made' "${#out}" 64
run docker network create front
is 'not twice' "$out" 'Error response from daemon: network with name front already exists'
docker network create --subnet 10.77.0.0/24 --internal --label tier=db back >/dev/null
is 'with a subnet of its own' "$(docker network inspect -f '{{(index .IPAM.Config 0).Gateway}} {{.Internal}} {{.Labels.tier}}' back)" \
	'10.77.0.1 true db'
run docker network create --subnet 10.77.0.128/25 other
is 'not one that is taken' "$out" \
	'Error response from daemon: invalid pool request: Pool overlaps with other one on this address space'
is 'the next pool is the next network' "$(docker network inspect -f '{{(index .IPAM.Config 0).Subnet}}' front)" 172.18.0.0/16

docker run -d --name db --network back --network-alias store --ip 10.77.0.9 busybox sleep 300 >/dev/null
docker run -d --name web --network front busybox sh -c \
	'mkdir -p /w && echo served >/w/index.html && httpd -f -p 80 -h /w' >/dev/null
is 'an address that was asked for' "$(docker inspect -f '{{.NetworkSettings.Networks.back.IPAddress}} {{.NetworkSettings.Networks.back.MacAddress}}' db)" \
	'10.77.0.9 02:42:0a:4d:00:09'
has 'a container is found by its name' "$(docker run --rm --network front busybox timeout 5 wget -qO- http://web/)" served
has 'and by NAME.NETWORK' "$(docker run --rm --network front busybox timeout 5 wget -qO- http://web.front/)" served
has 'and by an alias' "$(docker run --rm --network back busybox ping -c 1 -q store)" '1 packets received'
is 'the name server is 127.0.0.11' "$(docker exec web grep ^nameserver /etc/resolv.conf)" 'nameserver 127.0.0.11'
has 'it knows an address by its name' "$(docker exec db nslookup 10.77.0.9)" 'name = db.back'
run docker run --rm --network front busybox ping -c 1 -W 1 -q db
has 'not from another network' "$out" "bad address 'db'"
run docker run --rm --network front busybox ping -c 1 -W 1 -q 10.77.0.9
has 'nor by its address' "$out" '100% packet loss'
run docker run --rm busybox ping -c 1 -W 1 -q web
has 'nor from the bridge' "$out" "bad address 'web'"
is 'an inner network has no way out' "$(docker exec db ip route | grep -c default)" 0

t 'a running container joins another network' docker network connect --alias w front db
has 'it is there at once' "$(docker run --rm --network front busybox ping -c 1 -q w)" '1 packets received'
has 'and sees what is there' "$(docker exec db timeout 5 wget -qO- http://web/)" served
has 'docker ps says so' "$(docker ps --filter name=db --format '{{.Networks}}')" back,front
is 'ps can ask for it' "$(docker ps --filter network=front --format '{{.Names}}' | sort | tr '\n' ' ')" 'db web '
run docker network connect front db
is 'not twice on the same' "$out" \
	'Error response from daemon: endpoint with name db already exists in network front'
is 'inspect shows who is there' "$(docker network inspect -f '{{range .Containers}}{{.Name}} {{end}}' front | tr ' ' '\n' | sort | xargs)" 'db web'
run docker network rm front
has 'it cannot go' "$out" 'has active endpoints'
t 'a container leaves' docker network disconnect front db
run docker exec db ping -c 1 -W 1 -q web
has 'and finds nobody any more' "$out" "bad address 'web'"
run docker network disconnect front db
has 'not twice' "$out" 'is not connected to network front'
docker rename web site
has 'a new name counts at once' "$(docker run --rm --network front busybox timeout 5 wget -qO- http://site/)" served
docker network connect back site
docker restart -t 0 site >/dev/null
t 'a restart keeps both' soon docker exec db ping -c 1 -W 1 -q site
docker kill site >/dev/null
run docker exec db ping -c 1 -W 1 -q site
has 'a stopped one has no name' "$out" "bad address 'site'"

has 'another container in its network' "$(docker run --rm --network container:db busybox ip addr show eth0)" 10.77.0.9
docker run -d --name guest --network container:db busybox sleep 300 >/dev/null
has 'a command there as well' "$(docker exec guest hostname -i)" 10.77.0.9
docker rm -f guest >/dev/null
run docker run --rm --network container:db -p 80:80 busybox true
has 'which has no ports of its own' "$out" \
	'conflicting options: port publishing and the container type network mode'
is 'none is lo alone' "$(docker run --rm --network none busybox sh -c 'ls /sys/class/net')" lo
is 'hosts are added' "$(docker run --rm --add-host api:10.1.2.3 busybox grep api /etc/hosts | tr '\t' ' ')" '10.1.2.3 api'
is 'servers and domains are chosen' "$(docker run --rm --dns 9.9.9.9 --dns-search lab.test --dns-option ndots:2 \
	busybox grep -v '^#' /etc/resolv.conf | xargs)" 'nameserver 9.9.9.9 search lab.test options ndots:2'
run docker run --rm --dns nine busybox true
has 'a server has an address' "$out" 'invalid argument "nine" for "--dns" flag'
docker run -d --name old busybox sleep 300 >/dev/null
has 'a link is a line in /etc/hosts' "$(docker run --rm --link old:db busybox cat /etc/hosts)" "db $(docker ps -q --filter name=old) old"
is 'a hardware address is set' "$(docker run --rm --mac-address 92:d0:c6:0a:29:33 busybox cat /sys/class/net/eth0/address)" 92:d0:c6:0a:29:33
run docker run --rm --network nowhere busybox true
has 'an unknown network is missed' "$out" 'Error response from daemon: network nowhere not found'
is 'and that is 125' $code 125

docker rm -f db >/dev/null
run docker network prune -f
is 'prune takes those without running containers' "$(echo $out)" 'Deleted Networks: back front'
run docker network rm bridge
has 'the first three stay' "$out" 'bridge is a pre-defined network and cannot be removed'
run docker start site
has 'without its network a container does not start' "$out" 'not found'
docker network create --driver bridge -o x=y last >/dev/null
is 'rm says what has gone' "$(docker network rm last)" last
run docker network rm last
is 'or that it is not there' "$(echo $out)" 'Error response from daemon: network last not found exit status 1'

# ---- what is refused
e='Error response from daemon:'
run docker network create --subnet 10.0.0.0/33 bad
is 'a subnet is one' "$code $out" "1 $e invalid network config:
invalid subnet 10.0.0.0/33: invalid CIDR block notation"
run docker network create --subnet 10.0.5.1/16 bad
is 'with nothing after its bits' "$out" "$e invalid network config:
invalid subnet 10.0.5.1/16: it should be 10.0.0.0/16"
run docker network disconnect -f bridge nobody
is 'by force an endpoint is missed, not a container' "$out" "$e endpoint nobody not found"
docker stop -t 0 old >/dev/null
run docker run --name linked --link old:db busybox true
has 'a link leads to what runs' "$code $out" "125 docker: $e Cannot link to a non running container: /old AS /linked/db"
run docker run --rm --network host -p 80:80 busybox true
is "in the host's network nothing is published" "$code $out" '0 WARNING: Published ports are discarded when using host network mode'

# ---- what a session had goes with it
bridges() {
	holder=$(cut -d' ' -f1 "$DRYDOCK_HOME"/holder.range 2>/dev/null || cut -d' ' -f1 "$DRYDOCK_HOME"/holder.one)
	nsenter -t "$holder" -U -n --preserve-credentials cat /proc/net/dev | grep -c "dd$(echo "$net" | cut -c1-12)"
}
net=$(DRYDOCK_SESSION=$DRYDOCK_SESSION-b docker network create gone)
DRYDOCK_SESSION=$DRYDOCK_SESSION-b docker run --rm --network gone busybox true
if [ "$(bridges 2>/dev/null)" = 1 ]; then
	"$DRYDOCK_BIN" session rm "$DRYDOCK_SESSION-b"
	is 'a session that is removed leaves no bridge' "$(bridges)" 0
else
	"$DRYDOCK_BIN" session rm "$DRYDOCK_SESSION-b"
	skip 'a session that is removed leaves no bridge' 'its network cannot be looked into'
fi
done_testing
