# published ports: reachable on localhost, by the container's eth0 and nothing else
. "$(dirname "$0")/lib.sh"

port=$(free_port)
get() {
	curl -s -m 5 "http://localhost:$port/$1"
}

docker run -d --name web -p "$port:80" busybox sh -c \
	'mkdir -p /w && echo it works > /w/index.html && httpd -f -vv -p 80 -h /w' >/dev/null
t 'a published port answers' soon get index.html
is 'with what the container serves' "$(get index.html)" 'it works'
has 'the app sees the bridge, as in Docker' "$(docker logs web 2>&1)" 172.17.0.1
has 'docker ps shows it' "$(docker ps --format '{{.Ports}}')" "0.0.0.0:$port->80/tcp, [::]:$port->80/tcp"
run docker run --name two -p "$port:80" busybox true
has 'a second container may not have it' "$out" "Bind for 0.0.0.0:$port failed: port is already allocated"
is 'and that is 125' $code 125
is 'it stays as created' "$(docker ps -a --filter name=two --format '{{.Status}}')" Created
docker rm -f web >/dev/null
run get index.html
is 'after rm nobody answers' $code 7

docker run -d --name local -p "$port:80" busybox sh -c \
	'mkdir -p /w && echo no > /w/index.html && httpd -f -p 127.0.0.1:80 -h /w' >/dev/null
t 'an app on its own loopback runs' soon sh -c "$DRYDOCK_BIN docker ps -q --filter name=local | grep ."
run get index.html
t 'but does not answer' test $code -ne 0
docker rm -f local >/dev/null

python3 -m http.server --bind 127.0.0.1 "$port" >/dev/null 2>&1 &
server=$!
t 'a program of the host listens' soon curl -s -o /dev/null "http://127.0.0.1:$port/"
run docker run --name three -p "$port:80" busybox true
has 'a port of the host is taken too' "$out" 'address already in use'
kill $server
t 'and the container starts when it is free' soon docker start three
done_testing
