# whose files these are: the same in RUN, in run and in the layers, in both id maps
. "$(dirname "$0")/lib.sh"

map=${DRYDOCK_IDMAP:-}

# The layers of an image from the second on, one line an entry: UID GID MODE TYPE NAME LINK DEVICE
cat >tars.py <<'END'
import json, subprocess, sys, tarfile, io
image = tarfile.open(fileobj=io.BytesIO(subprocess.check_output([sys.argv[1], 'docker', 'save', sys.argv[2]])))
for layer in json.load(image.extractfile('manifest.json'))[0]['Layers'][1:]:
    for e in tarfile.open(fileobj=image.extractfile(layer)):
        if not e.name.startswith(('etc', 'home/app/.', 'var')):
            device = '%d,%d' % (e.devmajor, e.devminor) if e.type in b'34' else '-'
            print(e.uid, e.gid, oct(e.mode)[2:], e.type.decode(), ascii(e.name), e.linkname or '-', device)
END

# ---- root gives away
mkdir a
cat >a/Dockerfile <<'END'
FROM busybox
RUN mkdir -p /srv/d/e && cd /srv && echo x >d/e/f && chown -R 1500:1600 d && chmod 750 d/e \
 && ln -s d l && chown -h 7:8 l && mkfifo p && chown 9:10 p && echo >s && chmod 6755 s && chown 3:4 s \
 && n=$(printf 'new\nline') && echo >"$n" && chown 11:12 "$n" && chmod 4711 "$n" && ln s hard \
 && echo >z && chown 5:5 z && chown 0:0 z
RUN cd /srv && mv l l2 && chmod 700 d && rm s && chown 1:1 /bin/busybox
RUN stat -c '%u:%g %a %F %N' /srv/* | tr '\n' ';'; ls -ln /srv/l2 | cut -c1-30
END
run docker build --no-cache -t own a
is 'a build that gives files away' $code 0
has 'a later RUN sees the owners' "$out" "1500:1600 700 directory /srv/d;3:4 755 regular file /srv/hard;7:8 777 symbolic link '/srv/l2' -> 'd';11:12 4711 regular file /srv/new"
is 'they are in the layers' "$(python3 tars.py "$DRYDOCK_BIN" own)" "0 0 755 5 'srv' - -
1500 1600 755 5 'srv/d' - -
1500 1600 750 5 'srv/d/e' - -
1500 1600 644 0 'srv/d/e/f' - -
3 4 755 0 'srv/hard' - -
7 8 777 2 'srv/l' d -
11 12 4711 0 'srv/new\\nline' - -
9 10 644 6 'srv/p' - -
3 4 755 1 'srv/s' srv/hard -
0 0 644 0 'srv/z' - -
0 0 755 5 'bin' - -
1 1 755 0 'bin/busybox' - -
0 0 755 5 'srv' - -
1500 1600 700 5 'srv/d' - -
0 0 0 0 'srv/.wh.l' - -
7 8 777 2 'srv/l2' d -
0 0 0 0 'srv/.wh.s' - -"
mkdir keep
printf 'FROM busybox\nCOPY --from=own /srv/l2 /srv/p /keep/\n' >keep/Dockerfile
run docker build --no-cache -t own-keep keep
has 'what carries no record itself keeps its owner when another stage copies it' "$(python3 tars.py "$DRYDOCK_BIN" own-keep)" "9 10 644 6 'keep/p'"

# ---- users
mkdir u
cat >u/Dockerfile <<'END'
FROM python:3.9-slim
RUN groupadd -g 1600 team && useradd -m -u 1500 -g 1600 -G mail app && mkdir /srv/app && chown -R app:team /srv/app
RUN su app -c 'id; cd /srv/app && touch mine && mkdir dir && ln -s mine dir/l; touch /srv/not; touch /root/not' 2>&1 \
 | sed 's/^/su: /'; stat -c 'owner: %U %G %n' /srv/app/mine
USER app
WORKDIR /srv/app
RUN id && whoami && python3 -c 'import os; print("python", os.getuid(), os.geteuid(), os.getresgid(), os.getgroups(), os.access("/etc/passwd", os.W_OK), os.access("/srv/app", os.W_OK))'
RUN for f in /etc/passwd /not /usr/bin/env /root/x; do if echo >>$f; then echo "wrote $f"; fi; done; \
 rm -f /etc/passwd; mv /srv/app /srv/app2; chmod 777 /etc; chown 0:0 mine; mkdir /opt/x; ln -s x /x; ln /etc/passwd /tmp/p; \
 mv /etc/hostname /tmp/; truncate -s0 /etc/group; touch /etc; python3 -c 'import os; os.setuid(0)' 2>&1 | tail -1; true
RUN umask 027 && echo 1 >a && mv a b && mkdir -p x/y && cp b x/y/ && chmod 600 x/y/b && ln b c && rm mine && touch -d 2020-01-01 b \
 && mkfifo p && (echo through >p & cat p) && python3 -c 'open("b","r+").write("2")' && cat b && touch /tmp/t && rm /tmp/t
END
run docker build --no-cache -t user u
is 'users in RUN' $code 0
has 'su becomes the user' "$out" 'su: uid=1500(app) gid=1600(team) groups=1600(team),8(mail)'
has 'who may not write where root owns' "$out" "su: touch: cannot touch '/srv/not': Permission denied"
has 'what the user makes is his' "$out" 'owner: app team /srv/app/mine'
has 'USER becomes it' "$out" 'uid=1500(app) gid=1600(team) groups=1600(team),8(mail)'
has 'and programs agree' "$out" 'python 1500 1500 (1600, 1600, 1600) [8, 1600] False True'
hasnt 'USER cannot write what is not his' "$out" 'wrote /'
for words in "rm: cannot remove '/etc/passwd': Permission denied" "mv: cannot move '/srv/app' to '/srv/app2': Permission denied" \
	"chmod: changing permissions of '/etc': Operation not permitted" "chown: changing ownership of 'mine': Operation not permitted" \
	"/opt/x’: Permission denied" "ln: failed to create symbolic link '/x': Permission denied" \
	"truncate: cannot open '/etc/group' for writing: Permission denied" "touch: setting times of '/etc': Permission denied" \
	"PermissionError: [Errno 1] Operation not permitted"; do
	has "USER is told: $words" "$out" "$words"
done
has 'a pipe goes through' "$out" 'through'
is 'his files are in the layers' "$(python3 tars.py "$DRYDOCK_BIN" user | grep -v "'tmp'" | tail -9)" "0 0 755 5 'srv' - -
1500 1600 755 5 'srv/app' - -
1500 1600 640 0 'srv/app/b' - -
1500 1600 640 1 'srv/app/c' srv/app/b -
0 0 0 0 'srv/app/.wh.mine' - -
1500 1600 640 6 'srv/app/p' - -
1500 1600 750 5 'srv/app/x' - -
1500 1600 750 5 'srv/app/x/y' - -
1500 1600 600 0 'srv/app/x/y/b' - -"
run docker run --rm user stat -c '%U:%G %a %N' b x . dir/l
is 'a container sees them so' "$out" "app:team 640 'b'
app:team 750 'x'
app:team 755 '.'
app:team 777 'dir/l' -> 'mine'"
run docker run --rm -u 4321:99 user sh -c 'exec 2>&1; id -u; id -g; cat b; cat /etc/shadow; echo >b; touch /tmp/t && stat -c %u:%g /tmp/t'
is 'another user is held to them' "$out" "4321
99
cat: b: Permission denied
cat: /etc/shadow: Permission denied
sh: 1: cannot create b: Permission denied
4321:99"
run docker run --rm -u 0 user sh -c 'echo 3 >b; stat -c %U b; cat b; rm -r x'
is 'root is not' "$out" 'app
3'
run docker run --rm -u app user setpriv --reuid 0 id
is 'nobody becomes root again' "$code $out" '127 setpriv: setresuid failed: Operation not permitted'

# ---- the package manager's own sandbox: it drops to _apt and checks every id
run docker run --rm python:3.9-slim sh -c 'python3 -c "
import os
os.setgroups([65534]); os.setresgid(65534,65534,65534); os.setresuid(100,100,100)
assert os.getresuid() == (100,100,100) and os.getresgid() == (65534,)*3 and os.getgroups() == [65534]
for f in (lambda: os.setuid(0), lambda: os.setgid(0), lambda: os.seteuid(0), lambda: os.setgroups([])):
    try: f()
    except PermissionError: pass
    else: raise SystemExit(\"became root again\")
p = os.fork()
if p == 0: os._exit(os.getuid())
print(os.waitpid(p, 0)[1] >> 8, flush=True)
os.execvp(\"id\", [\"id\", \"-u\"])"'
is 'ids dropped stay dropped, over fork and exec' "$out" '100
100'

# ---- many
run docker run --rm busybox sh -c 'mkdir /m && cd /m && i=0; while [ $i -lt 2000 ]; do echo >f$i; ln -s f$i l$i; i=$((i+1)); done
chown -R -h 21:22 . ; ls -ln | tail -n +2 | awk "{print \$3, \$4}" | sort | uniq -c'
is '4000 entries given away' "$(echo $out)" '4000 21 22'

# ---- extended attributes
run docker run --rm python:3.9-slim python3 -c '
import os
open("/f","w").close(); os.chown("/f", 5, 6)
try: os.setxattr("/f", "user.containers.override_stat", b"0:0:0777:file")
except OSError as e: print(e.errno)
os.setxattr("/f", "user.mine", b"x" * 3000); print(len(os.getxattr("/f", "user.mine")), os.stat("/f").st_uid)'
if [ "$map" = one ]; then
	is 'nobody forges a record' "$out" '95
3000 5'
fi

# ---- devices
mkdir m
printf 'FROM busybox\nRUN mknod -m 640 /null c 1 3 && mknod /loop b 7 0 && chown 0:6 /loop && ls -l /null /loop && ! mknod /w c 0 0\n' >m/Dockerfile
run docker build --no-cache -t dev m
has 'devices are told' "$out" '1,   3'
devices="0 6 644 4 'loop' - 7,0
0 0 640 3 'null' - 1,3"
has 'devices stand in the layer' "$(python3 tars.py "$DRYDOCK_BIN" dev)" "$devices"
printf 'FROM dev\nRUN echo mk >w; echo "$(cat w)nod /made c 1 5" >s && sh s\nRUN stat -c %%t,%%T /made\n' >m/Dockerfile
run docker build --no-cache -t later m
has 'a device of a script is told by the next RUN' "$out" ' 1,5'
has 'and stands in the layer' "$(python3 tars.py "$DRYDOCK_BIN" later)" "0 0 644 3 'made' - 1,5"
printf 'FROM busybox\nCOPY --from=dev /null /loop /c/\n' >m/Dockerfile
run docker build --no-cache -t copied m
has 'COPY --from brings devices along' "$(python3 tars.py "$DRYDOCK_BIN" copied)" "3 'c/null' - 1,3"
docker save dev -o dev.tar
docker rmi -f dev later copied >/dev/null
docker load -qi dev.tar >/dev/null
run docker run --rm dev stat -c '%F %t,%T %u:%g %a' /null /loop
is 'devices of a loaded image are there' "$out" 'character special file 1,3 0:0 640
block special file 7,0 0:6 644'
has 'and in its layer' "$(python3 tars.py "$DRYDOCK_BIN" dev)" "$devices"
id=$(docker run -d busybox sleep 1000)
docker exec "$id" mknod /made c 1 5
is 'a device of docker exec' "$(docker exec "$id" stat -c %F /made)" 'character special file'
is 'is told when the container begins anew' "$(docker restart -t 0 "$id" >/dev/null && docker exec "$id" stat -c %F /made)" 'character special file'
docker cp "$id:/made" - >made.tar
docker cp - "$id:/tmp" <made.tar
is 'docker cp carries it' "$(docker exec "$id" stat -c '%F %t,%T' /tmp/made)" 'character special file 1,5'
docker rm -f "$id" >/dev/null
run docker run --rm -u 1000 busybox mknod /tmp/x c 1 3
has 'nobody but root makes one' "$out" 'Operation not permitted'

if [ "$map" != one ]; then
	for s in 'its end is the container'\''s' 'arguments that change are not believed'; do
		skip "$s" 'the map has more ids than one'
	done
	done_testing
	exit
fi

# ---- with one id: the supervisor itself

children() {
	cat "/proc/$1/task/$1/children"
}
for which in watcher supervisor; do
	id=$(docker run -d busybox sh -c 'while :; do stat / >/dev/null; done')
	pid=$(docker inspect -f '{{.State.Pid}}' "$id")
	monitor=$(awk '/^PPid/ {print $2}' "/proc/$pid/status")
	for c in $(children "$monitor"); do
		[ "$(cat "/proc/$c/comm")" != drydock-ids ] || victim=$c
	done
	[ $which = watcher ] || victim=$(echo $(children "$victim"))
	kill -9 "$victim"
	t "without its $which" soon sh -c "! kill -0 $pid"
	is 'its end is the container'\''s' "$(docker inspect -f '{{.State.Status}} {{.State.ExitCode}}' "$id")" 'exited 137'
done

# One thread opens for writing, the other rewrites the path meanwhile: /etc/passwd must never be opened.
cat >liar.py <<'END'
import ctypes, threading, time, os
libc = ctypes.CDLL(None, use_errno=True)
path = ctypes.create_string_buffer(b'/tmp/aa', 32)
end = time.time() + 3
stop = []
def lie():
    while not stop:
        ctypes.memmove(path, b'/etc/passwd\0', 12)
        ctypes.memmove(path, b'/tmp/aa\0', 8)
threading.Thread(target=lie).start()
opened = 0
while time.time() < end:
    fd = libc.open(path, os.O_WRONLY | os.O_CREAT, 0o644)
    if fd >= 0:
        opened += 1
        if os.readlink('/proc/self/fd/%d' % fd) == '/etc/passwd':
            print('got in')
        os.close(fd)
stop.append(1)
print('opened', opened > 0)
END
run sh -c "$DRYDOCK_BIN docker run --rm -i -u 1000:1000 python:3.9-slim python3 - <liar.py"
is 'arguments that change are not believed' "$out" 'opened True'
done_testing
