# the supervisor of one id under load: killed in the middle, lied to, ten thousand files, odd names, every family of ids
. "$(dirname "$0")/lib.sh"

# ---- ten thousand, and names of any bytes
mkdir t
cat >t/Dockerfile <<'END'
FROM python:3.9-slim
RUN mkdir /m && cd /m && python3 -c 'for i in range(10000): open("f%d" % i, "w").close()' && chown -R 1500:1600 /m
RUN stat -c '%u:%g' /m/* | sort | uniq -c
RUN python3 - <<'P'
import os
for n in (b'/m/new\nline', b'/m/\xff\xfe', b'/m/' + b'x' * 255, b'/m/ \t"\''):
    open(n, 'w').close(); os.chown(n, 7, 8)
    os.symlink(b'to', n[:200] + b'l'); os.lchown(n[:200] + b'l', 9, 10)
P
RUN python3 - <<'P'
import os
for n in (b'/m/new\nline', b'/m/\xff\xfe', b'/m/' + b'x' * 255, b'/m/ \t"\''):
    a, b = os.stat(n), os.lstat(n[:200] + b'l')
    print('owners', a.st_uid, a.st_gid, b.st_uid, b.st_gid)
P
END
run docker build --no-cache -t many t
is 'ten thousand files are given away' $code 0
has 'each of them' "$(echo $out)" '10000 1500:1600'
is 'names of any bytes keep their owners' "$(echo "$out" | grep -o 'owners .*')" "owners 7 8 9 10
owners 7 8 9 10
owners 7 8 9 10
owners 7 8 9 10"

# ---- the families of ids
cat >ids.py <<'END'
import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
def child(f):
    p = os.fork()
    if p == 0:
        try: f()
        except AssertionError as e: print('wrong', e, os.getresuid(), os.getresgid(), flush=True); os._exit(1)
        os._exit(0)
    return os.waitpid(p, 0)[1] == 0
def refused(f, *a):
    try: f(*a)
    except PermissionError: return
    raise AssertionError(f.__name__ + str(a))
def a():
    os.setreuid(1000, 1001); assert os.getresuid() == (1000, 1001, 1001)
    os.setreuid(1001, 1000); assert os.getresuid() == (1001, 1000, 1000)
    refused(os.setuid, 0)
def b():
    os.seteuid(1000); assert os.getresuid() == (0, 1000, 0)
    refused(os.setgroups, [5]); refused(os.setgid, 4)
    os.seteuid(0); os.setgid(4); assert os.getresgid() == (4, 4, 4)
    os.setuid(7); assert os.getresuid() == (7, 7, 7); refused(os.seteuid, 0)
def c():
    os.setregid(5, 6); assert os.getresgid() == (5, 6, 6)
    os.setresgid(-1, 5, -1); assert os.getresgid() == (5, 5, 6)
    os.setgroups([9, 3, 3]); assert sorted(os.getgroups()) == [3, 3, 9], os.getgroups()
    os.initgroups('root', 11); assert 11 in os.getgroups()
def d():
    assert libc.setfsuid(1000) == 0 and libc.setfsuid(-1) == 1000
    open('/tmp/fs', 'w').close(); assert os.stat('/tmp/fs').st_uid == 1000
    refused(open, '/root/x', 'w')
    libc.setfsuid(0); open('/root/x', 'w').close()
def e():
    os.setresuid(1000, 1000, 0)
    refused(open, '/root/y', 'w'); refused(os.chown, '/tmp/fs', 0, 0) if os.stat('/tmp/fs').st_uid != 1000 else None
    os.seteuid(0); open('/root/y', 'w').close()
print(all([child(f) for f in (a, b, c, d, e)]))
END
run sh -c "$DRYDOCK_BIN docker run --rm -i python:3.9-slim python3 - <ids.py"
is 'setuid and its relatives do as in the kernel' "$out" True

# ---- lies: one thread gives /tmp/aa away and makes folders, the other rewrites the paths meanwhile
cat >liar.py <<'END'
import ctypes, os, threading, time
libc = ctypes.CDLL(None, use_errno=True)
path = ctypes.create_string_buffer(b'/tmp/aa', 32)
open('/tmp/aa', 'w').close()
stop = []
def lie():
    while not stop:
        ctypes.memmove(path, b'/etc/passwd\0', 12)
        ctypes.memmove(path, b'/tmp/aa\0', 8)
threading.Thread(target=lie).start()
end, done = time.time() + 2, 0
while time.time() < end:
    done += libc.chmod(path, 0o600) == 0
    libc.unlink(path); open('/tmp/aa', 'w').close()
    libc.truncate(path, 0); libc.mkdir(path, 0o700)
stop.append(1)
s = os.stat('/etc/passwd')
print(done > 0, s.st_uid, oct(s.st_mode), s.st_size > 0)
END
run sh -c "$DRYDOCK_BIN docker run --rm -i -u 1000:1000 python:3.9-slim python3 - <liar.py"
is 'what changes under way is not believed' "$out" 'True 0 0o100644 True'

# ---- what docker exec left behind
id=$(docker run -d busybox sleep 1000)
docker exec "$id" sh -c '(i=0; while [ $i -lt 50 ]; do echo $i >/tmp/n$i; chown $i:7 /tmp/n$i; i=$((i+1)); done; touch /tmp/all) >/dev/null 2>&1 &'
t 'a process in the background lives on' soon docker exec "$id" test -f /tmp/all
is 'and does what it did' "$(docker exec "$id" stat -c %u:%g /tmp/n0 /tmp/n49 | tr '\n' ' ')" '0:7 49:7 '
docker rm -f "$id" >/dev/null

if [ "${DRYDOCK_IDMAP:-}" != one ]; then
	skip 'a RUN whose supervisor is killed fails' 'the map has more ids than one'
	done_testing
	exit
fi
# ---- killed in the middle of a RUN
printf 'FROM busybox\nRUN mkdir /k; i=0; while :; do echo >/k/$i; chown 5:5 /k/$i; i=$((i+1)); done\n' >t/Dockerfile
builds() {
	for p in /proc/[0-9]*; do
		[ "$(cat "$p/comm" 2>/dev/null)" != drydock-ids ] || ! tr '\0' '\n' <"$p/environ" 2>/dev/null | grep -qx "DRYDOCK_SESSION=$DRYDOCK_SESSION" || echo "${p#/proc/}"
	done
}
for which in 1 2; do
	docker build --no-cache -t killed t >log 2>&1 &
	build=$!
	victim=
	for i in $(seq 100); do
		victim=$(builds | sed -n "${which}p")
		[ -z "$victim" ] || break
		sleep 0.1
	done
	kill -9 "$victim"
	t 'a RUN whose supervisor is killed ends' soon grep -q ERROR log
	wait $build
	is 'and fails' $? 1
	has 'as killed' "$(cat log)" 'exit code: 137'
	t 'and records nothing' sh -c "! $DRYDOCK_BIN docker image inspect killed"
done
done_testing
