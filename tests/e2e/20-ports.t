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

# ---- UDP: each answer comes back to who asked
cat >echo.py <<'END'
import socket
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(('', 53))
while True:
    text, peer = s.recvfrom(65536)
    if text: s.sendto(text + b' from ' + peer[0].encode(), peer)
END
cat >ask.py <<'END'
import socket, sys
family, host, port = (socket.AF_INET6, '::1', sys.argv[1]) if sys.argv[2:] else (socket.AF_INET, '127.0.0.1', sys.argv[1])
many = [socket.socket(family, socket.SOCK_DGRAM) for i in range(50)]
for i, s in enumerate(many):
    s.settimeout(5); s.connect((host, int(port))); s.send(b'%d' % i)
try:
    got = {s.recv(65536).decode() for s in many}
except OSError:
    sys.exit(1)
print(len(got), sorted(got)[0])
many[0].send(b'x' * 20000)
print(len(many[0].recv(65536)))
END
docker run -d --name names -p "$port:53/udp" -p "$port:80" -v "$PWD/echo.py:/echo.py" python:3.9-slim python3 /echo.py >/dev/null
t 'a published UDP port answers' soon sh -c "python3 ask.py $port >got"
is 'fifty clients, each its own answer' "$(cat got)" '50 0 from 172.17.0.1
20016'
if [ -e /proc/net/if_inet6 ]; then
	is 'and by IPv6' "$(python3 ask.py "$port" 6 | sed -n 1p)" '50 0 from 172.17.0.1'
else
	skip 'and by IPv6' 'this machine has none'
fi
is 'docker port tells both kinds' "$(docker port names | sort)" "53/udp -> 0.0.0.0:$port
53/udp -> [::]:$port
80/tcp -> 0.0.0.0:$port
80/tcp -> [::]:$port"
has 'so does docker ps' "$(docker ps --format '{{.Ports}}')" "0.0.0.0:$port->53/udp"
is 'and inspect' "$(docker inspect -f '{{(index .NetworkSettings.Ports "53/udp" 0).HostPort}}' names)" "$port"
run docker run --rm -p "$port:5/udp" busybox true
has 'a second container may not have it' "$out" "Bind for 0.0.0.0:$port failed: port is already allocated"
docker restart -t 0 names >/dev/null
t 'it answers after a restart' soon sh -c "python3 ask.py $port >got"
docker rm -f names >/dev/null
run docker run --rm -P --expose 7-8/udp --name any busybox true
is 'EXPOSE of a range with -P' $code 0
docker create --name some -P -p "$port:80" --expose 80 --expose 90 busybox true >/dev/null
docker start some >/dev/null
is '-P publishes what -p has not' "$(docker inspect -f '{{len (index .HostConfig.PortBindings "80/tcp")}}' some)" 1
docker rm -f some >/dev/null

# ---- many at once, much at once, and one that leaves in the middle
cat >serve.py <<'END'
import os, selectors, socket, threading
def listen(port):
    s = socket.socket(); s.bind(('', port)); s.listen(2000); return s
def pour(s):
    while True:
        c = s.accept()[0]
        try:
            while True: c.sendall(bytes(1 << 16))
        except OSError: c.close()
threading.Thread(target=pour, args=(listen(81),), daemon=True).start()
s = listen(80)
sel = selectors.DefaultSelector(); sel.register(s, 1)
while True:
    for key, _ in sel.select():
        if key.fileobj is s: sel.register(s.accept()[0], 1); continue
        text = key.fileobj.recv(4096)
        if text == b'end': os._exit(1)
        if text: key.fileobj.sendall(text)
        else: sel.unregister(key.fileobj); key.fileobj.close()
END
cat >thousand.py <<'END'
import resource, socket, sys
resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
many = [socket.create_connection(('127.0.0.1', int(sys.argv[1])), 10) for i in range(1000)]
for i, s in enumerate(many): s.sendall(b'%d' % i)
print(sum(s.recv(64) == b'%d' % i for i, s in enumerate(many)))
END
cat >leave.py <<'END'
import socket, sys
for i in range(5):
    s = socket.create_connection(('127.0.0.1', int(sys.argv[1])), 10)
    got = 0
    while got < 4000000: got += len(s.recv(1 << 16))
    s.close()
END
cat >say.py <<'END'
import socket, sys
s = socket.create_connection(('127.0.0.1', int(sys.argv[1])), 5); s.settimeout(5)
s.send(sys.argv[2].encode()); sys.exit(s.recv(9) != sys.argv[2].encode())
END
more=$(free_port)
docker run -d --name crowd --restart always -p "$port:80" -p "$more:81" -v "$PWD/serve.py:/serve.py" \
	python:3.9-slim python3 /serve.py >/dev/null
soon python3 say.py "$port" hello
if [ "$(ulimit -Hn)" = unlimited ] || [ "$(ulimit -Hn)" -gt 2100 ]; then
	is 'a thousand connections at once each have their answer' "$(python3 thousand.py "$port")" 1000
else
	skip 'a thousand connections at once each have their answer' 'too few descriptors are allowed here'
fi
t 'who leaves in the middle of much' python3 leave.py "$more"
t 'ends nothing else' python3 say.py "$port" hello
is 'nor the container' "$(docker inspect -f '{{.State.Running}} {{.RestartCount}}' crowd)" 'true 0'
python3 say.py "$port" end 2>/dev/null
t 'a container that is started again has its ports' soon python3 say.py "$port" hello
is 'and it was started again' "$(docker inspect -f '{{.RestartCount}}' crowd)" 1
docker rm -f crowd >/dev/null
run python3 say.py "$port" hello
has 'after rm nobody listens' "$out" refused

# ---- a port that only root may have
if [ "$(id -u)" != 0 ] && [ "$(cat /proc/sys/net/ipv4/ip_unprivileged_port_start)" -gt 81 ]; then
	run docker run --rm -p 81:80 busybox true
	has 'a port below 1024: in the words of rootless Docker' "$out" \
		"Error starting userland proxy: error while calling PortManager.AddPort(): cannot expose privileged port 81, you can add 'net.ipv4.ip_unprivileged_port_start=81' to /etc/sysctl.conf (currently 1024), or set CAP_NET_BIND_SERVICE on rootlesskit binary, or choose a larger port number (>= 1024): listen tcp4 0.0.0.0:81: bind: permission denied"
	is 'which docker run takes for a program that may not be run' $code 126
else
	skip 'a port below 1024: in the words of rootless Docker' 'everybody may have them here'
fi
done_testing
