# kill -9 of anything: the next command works, and nothing stays behind
. "$(dirname "$0")/lib.sh"
seconds=77$$ # a sleep that only this test sleeps
lesson=$work/kill-$$.md
space=$work/space
mkdir "$space" ctx
trap '"$DRYDOCK_BIN" session rm "lesson-kill-$$" >/dev/null 2>&1; cleanup' EXIT

# Is there a process with these words as its command line?
alive() {
	for p in /proc/[0-9]*; do
		[ "$(tr '\0' ' ' <"$p/cmdline" 2>/dev/null)" = "$1 " ] && return 0
	done
	return 1
}
sleeper() {
	alive "sleep $seconds"
}
gone() {
	! sleeper
}
mounts() {
	grep -c -F "$DRYDOCK_HOME" /proc/self/mountinfo
}
# What a layer is made in, what waits to be removed, and folders of containers.
litter() {
	find "$DRYDOCK_HOME/store/trash" -mindepth 1 -maxdepth 1
	find "$DRYDOCK_HOME"/store/tmp/* "$DRYDOCK_HOME/sessions/$DRYDOCK_SESSION/containers" \
		"$DRYDOCK_HOME/sessions/$DRYDOCK_SESSION/trash" -mindepth 1 -maxdepth 1
}
# The next start and the next layer clear away.
clean() {
	docker run --rm busybox true && printf 'FROM busybox\nRUN true\n' | docker build -q --no-cache - &&
		[ "$(litter | wc -l)" -le "$(docker ps -aq | wc -l)" ]
}
works() {
	is "$1: the next command works" "$(docker run --rm busybox echo fine 2>&1)" fine
	t "$1: no file is left over" soon clean 
	is "$1: no mount is left over" "$(mounts)" "$mounts_before"
}
docker run --rm busybox true
mounts_before=$(mounts)

# a build, in RUN
printf 'FROM busybox\nRUN echo one > /one\nRUN sleep %s\n' "$seconds" >ctx/Dockerfile
"$DRYDOCK_BIN" docker build -t killed ctx >build.out 2>&1 &
build=$!
t 'a build is in its RUN' soon sleeper
kill -9 $build
wait $build 2>/dev/null
t 'RUN dies with its build' soon gone
is 'nothing is tagged' "$(docker images -q killed)" ''
works 'a killed build'
sed -i '$d' ctx/Dockerfile
run docker build -t killed ctx
is 'the same build can be made again' $code 0
has 'what was finished comes from the cache' "$out" CACHED

# a build, at any other moment
for wait in 0.001 0.003 0.005 0.008 0.012 0.02 0.03; do
	printf 'FROM busybox\nCOPY . /ctx\nRUN echo %s > /x\nRUN echo y > /y\n' $wait >ctx/Dockerfile
	"$DRYDOCK_BIN" docker build -t "moment" ctx >/dev/null 2>&1 &
	build=$!
	sleep $wait
	kill -9 $build 2>/dev/null
	wait $build 2>/dev/null
	id=$(docker images -q moment)
	if [ -n "$id" ] && [ "$(docker run --rm moment cat /y 2>&1)" != y ]; then
		nok "an image that has a name after a build killed at $wait s is whole" "$id"
	fi
	docker rmi -f moment >/dev/null 2>&1
	run docker build -t moment ctx
	[ $code = 0 ] || nok "the build works again after a kill at $wait s" "$out"
	[ "$(docker run --rm moment cat /x /y)" = "$wait
y" ] || nok "and its layers are whole after a kill at $wait s"
done
works 'builds killed early and late'

# a client, a monitor, a container's own process
"$DRYDOCK_BIN" docker run --name attached busybox sleep "$seconds" &
client=$!
t 'an attached run is there' soon sleeper
kill -9 $client
wait $client 2>/dev/null
is 'its container goes on without it' "$(docker inspect -f '{{.State.Running}}' attached)" true
pid=$(docker inspect -f '{{.State.Pid}}' attached)
kill -9 "$(awk '/^PPid/ {print $2}' "/proc/$pid/status")"
t 'a container ends with its monitor' soon gone
is 'and shows 137' "$(docker inspect -f '{{.State.Status}} {{.State.ExitCode}}' attached)" 'exited 137'
t 'its name is free after rm' docker rm attached
works 'a killed monitor'
docker run -d --name inner busybox sleep "$seconds" >/dev/null
kill -9 "$(docker inspect -f '{{.State.Pid}}' inner)"
t 'a killed process is an exited container' soon sh -c "'$DRYDOCK_BIN' docker inspect -f '{{.State.Status}} {{.State.ExitCode}}' inner | grep 'exited 137'"
docker rm inner >/dev/null
port=$(free_port)
docker run -d --name web -p "$port:80" busybox sh -c 'echo hello > index.html; httpd -f' >/dev/null
pid=$(docker inspect -f '{{.State.Pid}}' web)
kill -9 "$(awk '/^PPid/ {print $2}' "/proc/$pid/status")"
docker rm -f web >/dev/null 2>&1
again() {
	docker rm -f web2 >/dev/null 2>&1
	docker run -d --name web2 -p "$port:80" busybox sleep 60
}
t 'the port of a killed monitor is free again' soon again
docker rm -f web2 >/dev/null 2>&1
works 'a killed forwarder'

# the shell, with a command at work
mkfifo keys
cp "$here/lessons/01-your-first-image.md" "$lesson"
"$DRYDOCK_BIN" learn --private --workspace "$space" "$lesson" <keys >shell.out 2>&1 &
shell=$!
exec 8>keys
printf 'echo app = "0.0.0.0" > app.py; echo Flask > requirements.txt\nsleep %s\n' "$seconds" >&8
t 'a command is at work in the workstation' soon sleeper
kill -9 $shell
wait $shell 2>/dev/null
exec 8>&-
t 'it ends with the shell' soon gone
works 'a killed shell'
# the next shell, when its workstation ends, sweeps what the killed one left
out=$(printf 'true\nprogress\n' | "$DRYDOCK_BIN" learn --private --workspace "$space" "$lesson" 2>&1)
has 'what was reached is kept' "$out" '✓  2. Write the application'
t 'no socket is left over' test -z "$(find "$DRYDOCK_HOME/sessions/lesson-kill-$$" -type s)"
swept() {
	test -z "$(ls -A "$DRYDOCK_HOME/sessions/lesson-kill-$$/workstation" 2>/dev/null)"
}
t 'and no folder of a workstation' soon swept

# the holder, under a running container
docker run -d --name held busybox sleep "$seconds" >/dev/null
t 'a container runs' soon sleeper
holder=
for file in "$DRYDOCK_HOME"/holder.range "$DRYDOCK_HOME"/holder.one; do
	pid=$(cut -d' ' -f1 "$file" 2>/dev/null)
	# the other map's holder may have left long ago, and its file says so no more
	[ -n "$pid" ] && grep -qs drydock-holder "/proc/$pid/comm" && holder=$pid
done
t 'the holder is a process' kill -9 "$holder"
works 'a killed holder'
t 'the container can be removed' docker rm -f held
t 'and is gone' soon gone
port=$(free_port)
t 'ports can be published again' docker run -d --name fresh -p "$port:80" busybox \
	sh -c 'echo hello > index.html; httpd -f'
answers() {
	python3 -c 'import sys, urllib.request as u; sys.exit(u.urlopen("http://127.0.0.1:%s/" % sys.argv[1], timeout=5).read() != b"hello\n")' "$port"
}
t 'and answer' soon answers
docker rm -f fresh >/dev/null
is 'nothing is left in the session' "$(docker ps -aq)" ''
done_testing
