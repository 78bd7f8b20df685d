# Containers that share: processes (--pid), memory (--ipc), a name (--uts)
. "$(dirname "$0")/lib.sh"

refused='docker: Error response from daemon:'

docker run -d --name donor --ipc shareable busybox sh -c 'sleep 1001 & exec sleep 1000' >/dev/null
donor=$(docker inspect -f '{{.Id}}' donor)

# ---- processes
run docker run --rm --pid container:donor busybox ps
has 'the processes of the other are seen' "$out" 'sleep 1000'
has 'process 1 is that one'"'"'s' "$(printf '%s\n' "$out" | sed -n 2p)" ' 1 root'
has 'and its own' "$out" ' ps'
docker run -d --name guest --pid container:donor busybox sh -c 'sleep 2001 & sleep 2000; echo never' >/dev/null
is 'inspect says whose, by its id' "$(docker inspect -f '{{.HostConfig.PidMode}}' guest)" "container:$donor"
t 'the other sees them too' soon sh -c "'$DRYDOCK_BIN' docker exec donor ps | grep -q 'sleep 2000'"
is 'top tells of its own only' "$(docker top guest | grep -c 'sleep 1')" 0
is 'and of no guest' "$(docker top donor | grep -c 'sleep 2')" 0
has 'exec is among them' "$(docker exec guest ps)" 'sleep 1000'
is 'its files are its own' "$(docker exec donor touch /mark && docker exec guest ls /mark 2>&1)" 'ls: /mark: No such file or directory'
docker pause guest >/dev/null
has 'it is paused' "$(docker ps --format '{{.Names}} {{.Status}}')" '(Paused)'
is 'the other goes on' "$(docker exec donor sh -c 'grep -l "State:.T" /proc/[0-9]*/status' | wc -l)" 3
docker unpause guest >/dev/null
docker kill guest >/dev/null
t 'with its first process all of its own end' soon sh -c "! '$DRYDOCK_BIN' docker exec donor ps | grep -q 'sleep 200'"
is 'and nothing of the other' "$(docker exec donor ps | grep -c 'sleep 100')" 2
docker start guest >/dev/null
has 'it starts again' "$(docker exec guest ps)" 'sleep 1000'
run docker run --rm --pid container:donor busybox sh -c 'kill -9 $(pidof sleep); echo $?'
is 'who is among them may end them' "$out" 0
docker start donor >/dev/null

# ---- memory
run docker run --rm --ipc container:donor busybox sh -c 'echo x >/dev/shm/note; readlink /proc/self/ns/ipc'
is 'the memory is the other'"'"'s' "$out" "$(docker exec donor readlink /proc/self/ns/ipc)"
is '/dev/shm too' "$(docker exec donor cat /dev/shm/note)" x
is 'and both at once' "$(docker run --rm --ipc container:donor --pid container:donor busybox sh -c 'cat /dev/shm/note; ls -d /dev/mqueue')" "x
/dev/mqueue"
docker run -d --name shares --ipc container:donor busybox sleep 1000 >/dev/null
is 'exec has it' "$(docker exec shares cat /dev/shm/note)" x
is 'inspect says so' "$(docker inspect -f '{{.HostConfig.IpcMode}}' shares)" "container:$donor"
run docker run --rm --ipc none busybox ls /dev/shm
is 'none: there is none' "$code $out" "1 ls: /dev/shm: No such file or directory"

# ---- refused
run docker run --rm --ipc container:shares busybox true
is 'only what is shareable is shared' "$code $out" "125 $refused failed to join IPC namespace: container $(docker inspect -f '{{.Id}}' shares): non-shareable IPC (hint: use IpcMode:shareable for the donor container)

Run 'docker run --help' for more information"
run docker create --pid container:nobody busybox
is 'nobody is told at once' "$code $out" "1 Error response from daemon: No such container: nobody"
docker stop -t 0 donor >/dev/null
run docker run --rm --pid container:donor busybox true
is 'one that has ended has no processes' "$code $out" "125 $refused failed to join PID namespace: container $donor is not running

Run 'docker run --help' for more information"
docker rm -f donor >/dev/null
run docker start guest
has 'one that has gone has none' "$out" "failed to join PID namespace: No such container: $donor"

# ---- a name
docker run -d --name named --uts host busybox sleep 1000 >/dev/null
is 'exec into one with the name of the host' "$(docker exec named hostname)" "$(hostname)"

done_testing
