#!/bin/sh
# What a hostile program in a container tries, one class after the other, and beside each that the same
# attack gets through where its defence is taken out: with the option that removes it (--privileged,
# seccomp=unconfined, --network host), or on the bare host.
. "$(dirname "$0")/lib.sh"

if ! command -v cc >/dev/null; then
	skip 'attacks' 'no compiler'
	done_testing
	exit 0
fi
mkdir bin
for a in calls exe swap tty; do
	cc -D_GNU_SOURCE -O1 -static -o bin/$a "$here/tests/attack/$a.c" || exit 2
done
chmod 755 . bin
attack() { # OPTIONS... -- PROGRAM ARGS...
	docker run --rm -v "$work/bin:/a:ro" "$@" 2>&1
}

# ---- system calls.  Defence: the filter.  Without: seccomp=unconfined and --privileged.
attack busybox /a/calls >closed
attack --privileged busybox /a/calls >open
is 'no dangerous call reaches the kernel' "$(grep reached closed)" ''
is 'there were as many as there are' "$(wc -l <closed)" "$(grep -c '^    {"' "$here/tests/attack/calls.c")"
n=0
while read -r line; do
	grep -q "^${line% *} refused" closed && n=$((n + 1))
done <<END
$(grep reached open)
END
[ $n -ge 15 ] && ok "without the filter $n of them do" || nok 'without the filter they do' "$(cat open)"

# ---- /proc and /sys.  Defence: masks and read-only mounts.  Without: systempaths=unconfined.
for f in /proc/sys/kernel/core_pattern /proc/sys/net/ipv4/ip_forward /proc/sysrq-trigger /proc/sys/kernel/hostname /proc/irq/default_smp_affinity \
	/sys/kernel/uevent_helper /proc/sys/vm/drop_caches; do
	run attack busybox sh -c "[ -e $f ] || exit 7; echo x > $f"
	[ $code != 0 ] && ok "$f cannot be written" || nok "$f cannot be written" "$out"
done
for f in /proc/kcore /proc/keys /proc/timer_list /proc/sched_debug; do
	run attack busybox sh -c "[ -e $f ] || exit 0; head -c 1 $f | wc -c"
	case "$out" in 0 | '') ok "$f cannot be read" ;; *) nok "$f cannot be read" "$out" ;; esac
done
is '/sys/firmware is empty' "$(attack busybox sh -c 'ls -A /sys/firmware | wc -l')" 0
is 'without its defence: /proc/sys is written' \
	"$(attack --privileged busybox sh -c 'echo 1 > /proc/sys/net/ipv4/ip_forward && echo there' | tail -1)" there
is 'without its defence: /proc/keys is read' \
	"$(attack --security-opt systempaths=unconfined busybox sh -c '[ ! -e /proc/keys ] || head -c 1 /proc/keys > /dev/null && echo read')" read

# ---- cgroups' release_agent.  Defence: none is mounted, none can be; the host's /sys is read-only.
run attack busybox mount -t cgroup -o memory x /tmp
[ $code != 0 ] && ok 'no cgroup can be mounted' || nok 'no cgroup can be mounted' "$out"
is 'no release_agent can be written' \
	"$(attack --network host busybox sh -c 'for f in $(find /sys/fs/cgroup -name release_agent 2>/dev/null); do (echo /x > $f) 2>/dev/null && echo $f; done')" ''
run attack --privileged busybox mount -t tmpfs x /tmp
is 'without its defence: a mount is made' $code 0

# ---- other processes.  Defence: a pid namespace.  Without: the host sees and signals them.
docker run -d --name victim busybox sleep 4321 >/dev/null
is 'another container'"'"'s process is not seen' "$(attack busybox sh -c 'grep -l "432[1]" /proc/[0-9]*/cmdline 2>/dev/null | wc -l')" 0
pid=$(docker inspect -f '{{.State.Pid}}' victim)
run attack busybox sh -c "kill -9 $pid; kill -9 -1"
is 'nor signalled' "$(docker inspect -f '{{.State.Status}}' victim)" running
t 'without its defence: the host does see it' grep -q 4321 "/proc/$pid/cmdline"
if [ "$(id -u)" = 0 ] && [ "${DRYDOCK_IDMAP:-range}" = range ]; then
	[ "$(stat -c %u "/proc/$pid")" != 0 ] && ok 'its root is not ours' || nok 'its root is not ours'
else
	is 'its root is whoever started it' "$(stat -c %u "/proc/$pid")" "$(id -u)"
fi
is 'ipc is its own: no segment of others' "$(attack busybox ipcs -m | grep -c '^0x')" 0

# ---- the host's loopback.  Defence: a network namespace.  Without: --network host.
port=$(free_port)
mkdir www && echo private >www/index.html
python3 -m http.server --bind 127.0.0.1 --directory www $port >/dev/null 2>&1 &
server=$!
up() { python3 -c "import socket; socket.create_connection(('127.0.0.1', $port))"; }
soon up
for ip in 127.0.0.1 172.17.0.1 0.0.0.0; do
	run attack busybox wget -T 2 -qO- http://$ip:$port/
	hasnt "the host's loopback is not at $ip" "$out" private
done
is 'without its defence: it is there' "$(attack --network host busybox wget -qO- http://127.0.0.1:$port/)" private
kill $server

# ---- descriptors and environment.  Defence: close-on-exec, a new environment.  Without: any child has them.
fds='import os; print(sorted(os.readlink("/proc/self/fd/%s" % f) for f in os.listdir("/proc/self/fd") if int(f) > 2 and os.path.exists("/proc/self/fd/" + f) and not os.path.samefile("/proc/self/fd/" + f, "/proc/self/fd")))'
leak() { (exec 7</etc/passwd 8<"$work" && "$@" 2>&1); }
p=python:3.9-slim
is 'run has three descriptors' "$(leak docker run --rm $p python3 -c "$fds")" '[]'
is 'run -i' "$(leak docker run --rm -i $p python3 -c "$fds" </dev/null)" '[]'
is 'run -t' "$(leak docker run --rm -t $p python3 -c "$fds" | tr -d '\r')" '[]'
docker run -d --name long $p sleep 1000 >/dev/null
is 'exec' "$(leak docker exec long python3 -c "$fds")" '[]'
is 'exec -t' "$(leak docker exec -t long python3 -c "$fds" | tr -d '\r')" '[]'
printf 'FROM %s\nRUN python3 -c '"'%s'"' > /out\n' "$p" "$fds" >Dockerfile
leak docker build -q -t fds . >/dev/null
is 'RUN' "$(docker run --rm fds cat /out)" '[]'
has 'without its defence: a child has them' "$(leak python3 -c "$fds")" /etc/passwd
is 'no variable of ours' "$(SECRET_OF_OURS=x docker run --rm busybox env | grep -c SECRET_OF_OURS)" 0
is 'nor in exec' "$(SECRET_OF_OURS=x docker exec long env | grep -c SECRET_OF_OURS)" 0
is 'without its defence: a child has it' "$(SECRET_OF_OURS=x env | grep -c SECRET_OF_OURS)" 1

# ---- CVE-2024-21626: a working directory that is a descriptor.  Defence: nothing of ours is open by then, and
# openat2 follows no such link.  Without: a shell with a descriptor goes there.
bad=
for n in $(seq 3 24); do
	run docker run --rm -w /proc/self/fd/$n busybox ls
	[ $code != 125 ] && bad="$bad run:$n"
	run docker exec -w /proc/1/fd/$n long true
	[ $code = 0 ] && bad="$bad exec:$n"
done
is 'no -w leads to a descriptor' "$bad" ''
mkdir l && ln -s /proc/self/fd/8 l/eight
for n in 3 5 7 8 9 10 12; do ln -s /proc/self/fd/$n l/fd$n; done
printf 'FROM busybox\nCOPY l/ /l/\n' >Dockerfile
docker build -q -t links . >/dev/null
for n in 3 5 7 8 9 10 12; do
	run docker run --rm -w /l/fd$n links ls
	[ $code != 125 ] && bad="$bad link:$n"
	printf 'FROM links\nWORKDIR /proc/self/fd/%s\nRUN cat ../../etc/passwd ../../../etc/passwd | grep -q %s\n' $n "$(id -un)x" >Dockerfile
	docker build -q . >/dev/null 2>&1 && bad="$bad WORKDIR:$n"
done
is 'nor a link of the image' "$bad" ''
is 'without its defence: a shell gets there' "$(exec 9<"$work/www" && cd /proc/self/fd/9 && ls)" index.html
run docker run --rm busybox /proc/self/fd/8/bin/drydock
has 'no program of the host either' "$code $out" '127 docker: Error response from daemon'

# ---- links of an image in place of /proc, /dev, ...  Defence: real folders in their place, targets by openat2.
mkdir -p s/etc keep/m
for f in proc dev sys; do ln -s /etc s/$f; done
ln -s "$work/keep/file" s/etc/hosts
ln -s /proc/self/root/../../../../../../../.. s/up
ln -s "$work/keep" s/data
printf 'FROM busybox AS b\nFROM scratch\nCOPY --from=b /bin /bin\nCOPY s/ /\n' >Dockerfile
docker build -q -t evil . >/dev/null
is '/proc, /dev and /sys are folders' "$(docker run --rm evil stat -c %F /proc /dev /sys 2>/dev/null | sort | uniq -c | tr -s ' ')" ' 3 directory'
is 'nothing was made at the end of the links' "$(ls keep)" m
docker run --rm -v "$work/www:/data" evil true >/dev/null 2>&1
is '-v onto a link stays inside' "$(ls keep)" m
run docker run --rm -v "$work/www:/up$work/keep/m" evil ls /
is '-v through a link to the root, too' "$(ls keep/m)" ''
is 'without its defence: the link leads there' "$(ls s/data)" m

# ---- CVE-2024-23652: the place of a mount is moved away and a link put there
printf 'FROM busybox\nRUN --mount=type=tmpfs,target=/d/m mv /d /e 2>/dev/null; rm -rf /d; ln -s %s /d; true\n' "$work/keep" >Dockerfile
docker build -q . >/dev/null 2>&1
is 'tidying up removes nothing of the host' "$(ls keep)" m

# ---- CVE-2018-15664: a folder that is sometimes a link.  Defence: descriptors.  Without: cp by name reads it.
mkdir -p ctx/c secret && echo TOP >secret/f && echo fine >ctx/f
printf 'FROM busybox\nCOPY d* /d/\n' >ctx/Dockerfile
docker run -d --name swapper -v "$work:$work" -v "$work/bin:/a:ro" busybox /a/swap "$work/ctx/d" "$work/secret" >/dev/null
soon test -e ctx/d
seen=
for i in $(seq 8); do
	docker build -q --no-cache -t race ctx >/dev/null 2>&1 || continue
	[ -n "$(docker run --rm race grep -rs TOP /d)" ] && seen="$seen $i"
done
is 'COPY never follows it out of the context' "$seen" ''
n=0
for i in $(seq 400); do grep -qs TOP ctx/d/f && n=$((n + 1)); done
[ $n -gt 0 ] && ok 'without its defence: a reader by name is led out' || nok 'a reader by name is led out'
docker rm -f swapper >/dev/null

# ---- CVE-2019-5736: our own program is overwritten.  Defence: no way to it, and it is busy while one could.
before=$(cksum <"$DRYDOCK_BIN")
printf '#!/proc/self/exe\n' >bin/self && chmod 755 bin/self
run attack busybox /a/self
run attack busybox /a/exe keep /proc/1/exe /proc/self/exe
hasnt 'none of ours is open' "$out" drydock
docker run -d --name watcher -v "$work/bin:/a:ro" busybox /a/exe watch >/dev/null
for i in $(seq 12); do docker exec watcher /a/self >/dev/null 2>&1; docker exec watcher true; done
docker wait watcher >/dev/null
hasnt 'a program that enters is not seen as ours' "$(docker logs watcher 2>&1)" drydock
is 'our program is as it was' "$(cksum <"$DRYDOCK_BIN")" "$before"
cp bin/tty ours && chmod 755 ours
has 'without its defence: it is written' "$(bin/exe keep ours)" 'wrote ours'

# ---- the user's terminal.  Defence: streams are pipes, a terminal is the container's own, in its own session.
cat >term.py <<'END'
import os, pty, select, subprocess, sys
pid, fd = pty.fork()
if pid == 0:
    subprocess.run(sys.argv[1:])
    left = os.read(0, 100) if select.select([0], [], [], 0.2)[0] else b''
    print('LEFT', left, flush=True)
    os._exit(0)
out = b''
try:
    while data := os.read(fd, 4096):
        out += data
except OSError:
    pass
os.waitpid(pid, 0)
print(out.decode().split('LEFT')[-1].strip())
END
for o in '' -i -t -it; do
	is "run $o types nothing into the user's terminal" \
		"$(python3 term.py "$DRYDOCK_BIN" docker run --rm $o -v "$work/bin:/a:ro" busybox /a/tty)" "b''"
done
run docker run --rm busybox sh -c ': </dev/tty'
[ $code != 0 ] && ok 'without -t there is no terminal' || nok 'without -t there is no terminal' "$out"
if [ "$(cat /proc/sys/dev/tty/legacy_tiocsti 2>/dev/null || echo 1)" = 1 ]; then
	has 'without its defence: typed' "$(python3 term.py bin/tty)" INJECTED
else
	skip 'without its defence: typed' "this kernel has closed TIOCSTI by itself"
fi

# ---- devices
is '/dev is as small as Docker'"'"'s' "$(docker run --rm busybox ls /dev | grep -v drydock | tr '\n' ' ')" \
	'core fd full mqueue null ptmx pts random shm stderr stdin stdout tty urandom zero '
run docker run --rm --privileged busybox sh -c 'mknod /tmp/mem c 1 1; head -c 1 /tmp/mem | wc -c; find /dev -type b | wc -l'
case "$out" in *'
1
'*) nok 'not even --privileged makes a device that works' "$out" ;; *) ok 'not even --privileged makes a device that works' ;; esac

# ---- CVE-2019-14271: a library of the image in our own process.  Defence: nothing to load.
has 'our program loads no library' "$(ldd "$DRYDOCK_BIN" 2>&1)" 'not a dynamic executable'
has 'without its defence: others do' "$(ldd /bin/ls)" libc.so

# ---- CVE-2021-41091: programs of images with set-uid bits.  Defence: nobody else can come to them.
reach() { # is there a way for others to $1?
	d=$1
	while [ "$d" != / ]; do
		[ $(($(stat -c 0%a "$d") & 1)) = 0 ] && return 1
		d=$(dirname "$d")
	done
}
suid=$(find "$DRYDOCK_HOME/store/layers" -perm -4000 -type f 2>/dev/null | head -1)
if [ -z "$suid" ]; then
	skip 'others do not come to set-uid programs of images' 'none can be seen from here'
elif [ "$(stat -c %u "$suid")" != "$(id -u)" ] && [ "$(stat -c %u "$suid")" != 0 ]; then
	ok 'set-uid programs of images are nobody'"'"'s on the host'
else
	reach "$(dirname "$suid")" && nok 'others do not come to set-uid programs of images' "$suid" ||
		ok 'others do not come to set-uid programs of images'
fi
done_testing
