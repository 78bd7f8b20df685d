# a second program in a container: streams, who and where it is, and leaving it alone
. "$(dirname "$0")/lib.sh"

docker run -d --name ex -e BASE=1 -w /tmp busybox sleep 1000 >/dev/null

run docker exec ex sh -c 'pwd; echo $BASE $HOME $HOSTNAME'
is 'folder and environment are the container'\''s' "$out" "/tmp
1 /root $(docker inspect -f '{{.Config.Hostname}}' ex)"
run docker exec -w /etc -e BASE=2 -e NEW=3 ex sh -c 'pwd; echo $BASE $NEW'
is '-w and -e' "$out" '/etc
2 3'
run docker exec -u nobody ex sh -c 'id -u; touch /root/x 2>/dev/null || echo forbidden; echo seen >/dev/stderr'
is '-u, whose streams are its own' "$out" '65534
forbidden
seen'
run docker exec ex sh -c 'exit 9'
is 'its exit code is ours' $code 9
run docker exec ex nosuch
is 'a missing program is 126' $code 126
has 'in the words of runc' "$out" 'OCI runtime exec failed: exec failed: unable to start container process: exec: "nosuch": executable file not found in $PATH: unknown'
docker exec ex sh -c 'echo out; echo err >&2' >o 2>e
is 'standard output' "$(cat o)" out
is 'and standard error stay apart' "$(cat e)" err
is 'input with -i' "$(printf 'a\nb\n' | docker exec -i ex cat)" 'a
b'
is 'none without' "$(echo a | docker exec ex cat)" ''
head -c 3000000 /dev/urandom >big
docker exec -i ex cat <big >big2
t 'three megabytes there and back' cmp big big2

run docker exec ex sh -c 'grep -E "CapEff|CapBnd|NoNewPrivs|Seccomp:" /proc/self/status | tr -d "\t"'
is 'capabilities and filter are those of Docker' "$out" 'CapEff:00000000a80425fb
CapBnd:00000000a80425fb
NoNewPrivs:0
Seccomp:2'
run docker exec ex sh -c 'for f in /proc/$$/fd/*; do readlink $f; done; ps' | grep -v pipe
hasnt 'nothing of ours is open or visible in it' "$out" drydock
run docker exec ex sh -c 'ls -l /proc/self/ns; ls -l /proc/1/ns'
is 'all its namespaces are those of process 1' "$(echo "$out" | grep -oE '(mnt|net|pid|ipc|uts|user):\[[0-9]+\]' | sort -u | wc -l)" 6

docker exec -d ex sh -c 'touch /tmp/made; sleep 1000'
t '-d does not wait' soon docker exec ex ls /tmp/made
docker exec ex sh -c 'touch /tmp/going; exec sleep 999' &
soon docker exec ex ls /tmp/going
kill $!
run docker exec ex ps
has 'a killed command leaves the program going' "$out" 'sleep 999'

tty() {
	python3 - "$DRYDOCK_BIN" "$@" <<'P'
import os, pty, sys, re, time, select, signal
# plays "expect>send" pairs on a terminal; prints what came, then the exit code
binary, steps, *args = sys.argv[1:]
pid, fd = pty.fork()
if pid == 0:
    os.execv(binary, [binary, "docker"] + args)
import fcntl, termios, struct
got = b""
def until(what):
    global got
    end = time.time() + 15
    while what not in got:
        if not select.select([fd], [], [], max(0, end - time.time()))[0]:
            print("timeout waiting for", what, got); os.kill(pid, signal.SIGKILL); sys.exit(1)
        try: data = os.read(fd, 4096)
        except OSError: data = b""
        if not data: print("ended waiting for", what, got); sys.exit(1)
        got += data
for step in steps.split("~"):
    want, send = [s.encode().decode("unicode_escape").encode() for s in step.split(">", 1)]
    until(want); got = got[got.index(want) + len(want):]
    if send == b"SIZE":
        fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack("HHHH", 30, 70, 0, 0))
    else:
        os.write(fd, send)
while True:
    try: data = os.read(fd, 4096)
    except OSError: break
    if not data: break
    got += data
_, st = os.waitpid(pid, 0)
print(got.decode().replace("\r", ""), end="")
print("exit", os.waitstatus_to_exitcode(st))
P
}
run tty '# >tty; exit 5\n' exec -it ex sh
has 'exec -it has a terminal of the container' "$out" /dev/pts/0
has 'and an exit code' "$out" 'exit 5'
run tty "# >SIZE~70>exit\n" exec -it ex sh -c 'echo "# "; while [ "$(stty size)" != "30 70" ]; do sleep 0.1; done; stty size; exec sh'
has 'the window'\''s size follows' "$out" 'exit 0'
run tty '# >sh -c "echo g$((0))o; exec sleep 100"\n~g0o>\x03~# >exit 3\n' exec -it ex sh
has 'Ctrl-C is for the program in it' "$out" 'exit 3'
run tty '# >\x10\x11' exec -it ex sh
has 'Ctrl-P Ctrl-Q leaves it' "$out" 'read escape sequence'
run tty '# >\x10\x11' run -it --name left busybox sh
has 'and a container' "$out" 'exit 0'
is 'which goes on' "$(docker inspect -f '{{.State.Status}}' left)" running
run tty '>echo he"l"lo\n~hello>exit 4\n' attach left
has 'attach comes back to it, with its exit code' "$out" 'exit 4'
run docker exec -it ex true </dev/null
is 'no terminal, no -it' "$out" 'the input device is not a TTY'

docker run -d -i --name echoer busybox cat >/dev/null
(docker attach --sig-proxy=false echoer </dev/null >seen1 2>&1) &
sees1=$!
while sleep 0.1; do echo word; done | docker attach --sig-proxy=false echoer >seen2 2>&1 &
t 'several clients see the same' soon sh -c 'grep -q word seen1 && grep -q word seen2'
docker rm -f echoer >/dev/null
wait
docker pause ex >/dev/null
run docker exec ex true
is 'not in a paused container' "$out" 'Error response from daemon: Container ex is paused, unpause the container before exec'
is 'ps says so' "$(docker ps -f name=ex --format '{{.State}}')" paused
t 'it goes on' docker unpause ex
run docker stop -t 0 ex
run docker exec ex true
has 'not in a stopped one' "$out" 'is not running'
done_testing
