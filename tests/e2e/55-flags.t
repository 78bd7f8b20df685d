# options of run and create: what they do, what inspect says of them, and Docker's words for mistakes
. "$(dirname "$0")/lib.sh"

field() {
	docker inspect -f "$2" "$1"
}
# wrong CODE TEXT ARGS...: run with ARGS says TEXT and ends with CODE.
wrong() {
	want=$1 text=$2
	shift 2
	run docker run "$@"
	has "run $*" "$out" "$text"
	is "ends with $want" $code "$want"
}

# the process
run docker run --rm --ulimit nofile=100:200 --shm-size 1m --group-add 50 --sysctl net.ipv4.ip_forward=1 \
	--domainname example.org --oom-score-adj 500 busybox sh -c 'ulimit -n; ulimit -Hn; df -k /dev/shm | tail -1 |
	tr -s " " | cut -d" " -f2; id -G; cat /proc/sys/net/ipv4/ip_forward /proc/sys/kernel/domainname /proc/self/oom_score_adj'
is 'limits, shared memory, groups, sysctl, domain' "$out" '100
200
1024
0 50
1
example.org
500'
docker create --name made --ulimit nofile=100:200 --shm-size 1m --group-add 50 --sysctl net.ipv4.ip_forward=1 \
	--oom-score-adj 500 --annotation a=b --device /dev/null:/dev/none:rw --ipc shareable --uts host \
	--stop-timeout 3 --log-opt max-size=10k --log-opt max-file=3 -P --expose 80 -a stdout busybox >/dev/null
is 'inspect: Ulimits' "$(field made '{{json .HostConfig.Ulimits}}')" '[{"Name":"nofile","Hard":200,"Soft":100}]'
is 'inspect: the rest' "$(field made '{{.HostConfig.ShmSize}} {{.HostConfig.GroupAdd}} {{.HostConfig.Sysctls}} {{.HostConfig.OomScoreAdj}} {{.HostConfig.Annotations}} {{.HostConfig.IpcMode}} {{.HostConfig.UTSMode}} {{.Config.StopTimeout}} {{.HostConfig.PublishAllPorts}}')" \
	'1048576 [50] map[net.ipv4.ip_forward:1] 500 map[a:b] shareable host 3 true'
is 'inspect: Devices' "$(field made '{{json .HostConfig.Devices}}')" \
	'[{"PathOnHost":"/dev/null","PathInContainer":"/dev/none","CgroupPermissions":"rw"}]'
is 'inspect: LogConfig' "$(field made '{{json .HostConfig.LogConfig}}')" \
	'{"Type":"json-file","Config":{"max-file":"3","max-size":"10k"}}'
is 'inspect: streams' "$(field made '{{.Config.AttachStdin}} {{.Config.AttachStdout}} {{.Config.AttachStderr}}')" 'false true false'
t 'a device is shown' docker run --rm --device /dev/null:/dev/none busybox sh -c 'test -c /dev/none && echo x >/dev/none'
is 'the host'"'"'s name' "$(docker run --rm --uts host busybox hostname)" "$(hostname)"
run docker run --rm -a stderr busybox sh -c 'echo out; echo err >&2'
is 'one stream' "$out" err

# --init
is 'an init is process 1' "$(docker run --rm --init busybox sh -c 'tr "\0" " " </proc/1/cmdline')" \
	'/sbin/docker-init -- sh -c tr "\0" " " </proc/1/cmdline '
run docker run --rm --init busybox sh -c 'exit 7'
is 'it ends as the program does' $code 7
run docker run --rm --init busybox nosuch
is 'in its own words when there is none' "$code $out" '127 [FATAL tini (2)] exec nosuch failed: No such file or directory'
docker run -d --name init --init busybox sh -c 'sleep 0 & sleep 1000' >/dev/null
t 'it passes signals on' sh -c "$DRYDOCK_BIN docker stop -t 10 init && [ \$($DRYDOCK_BIN docker inspect -f '{{.State.ExitCode}}' init) = 143 ]"

# environment and labels
printf '# comment\nFROM_FILE=1\nHOME_LESS\n' >env
printf 'com.example=1\nalone\n' >labels
is 'env files' "$(FROM_ME=2 docker run --rm --env-file env -e FROM_ME -e NOT_THERE -e A=1 -e A=2 busybox sh -c 'echo $FROM_FILE $FROM_ME ${HOME_LESS-no} ${NOT_THERE-no} $A')" '1 2 no no 2'
printf 'FROM busybox\nENV TAKEN=1 LEFT=2\n' | docker build -q -t with-env - >/dev/null
is 'a name alone takes the image'"'"'s variable away' "$(docker run --rm -e TAKEN with-env sh -c 'echo ${TAKEN-gone} $LEFT')" 'gone 2'
docker create --name labelled --label-file labels -l x=y busybox >/dev/null
is 'label files' "$(field labelled '{{index .Config.Labels "alone"}},{{index .Config.Labels "com.example"}},{{.Config.Labels.x}}')" ',1,y'
is 'an entrypoint taken away' "$(docker run --rm --entrypoint '' busybox echo hi)" hi

# --cidfile
id=$(docker create --cidfile cid busybox)
is 'cidfile' "$(cat cid)" "$id"
wrong 125 "docker: container ID file found, make sure the other container isn't running or delete cid" --cidfile cid busybox
wrong 127 'docker: failed to create the container ID file: open no/cid: no such file or directory' --cidfile no/cid busybox
docker run --cidfile other --stop-signal FOO busybox >/dev/null 2>&1
is 'it goes again when nothing was made' "$(ls other 2>/dev/null)" ''

# mistakes that the command line sees
wrong 125 'invalid argument "nofile=3:2" for "--ulimit" flag: ulimit soft limit must be less than or equal to hard limit: 3 > 2' --ulimit nofile=3:2 busybox
wrong 125 'invalid argument "none=1" for "--ulimit" flag: invalid ulimit type: none' --ulimit none=1 busybox
wrong 125 'invalid argument "x" for "--shm-size" flag: invalid size: '"'x'" --shm-size x busybox
wrong 125 'invalid argument "5" for "--health-interval" flag: time: missing unit in duration "5"' --health-interval 5 busybox
wrong 125 'invalid argument "kernel.x=1" for "--sysctl" flag: sysctl '"'kernel.x=1' is not allowed" --sysctl kernel.x=1 busybox
wrong 125 'invalid argument "x" for "-a, --attach" flag: valid streams are STDIN, STDOUT and STDERR' -a x busybox
wrong 125 'invalid argument "=x" for "-l, --label" flag: invalid label '"'=x': empty name" -l =x busybox
wrong 125 'docker: --no-healthcheck conflicts with --health-* options' --no-healthcheck --health-cmd true busybox
wrong 125 'docker: --pid: invalid PID mode' --pid x busybox
wrong 125 'docker: --uts: invalid UTS mode' --uts x busybox
wrong 125 'docker: bad format for path: :x' --device :x busybox
wrong 125 'docker: x is not an absolute path' --device x busybox
wrong 125 'docker: conflicting options: cannot specify both --restart and --rm' --rm --restart always busybox
wrong 125 'docker: invalid restart policy format: no policy provided before colon' --restart :3 busybox
wrong 125 'docker: invalid logging opts for driver none' --log-driver none --log-opt a=b busybox
wrong 1 'conflicting options: cannot specify both --attach and --detach' -d -a stdout busybox
wrong 125 'docker: --pid=host: a container of Drydock cannot share that' --pid host busybox

# and those that the engine sees
refused='docker: Error response from daemon:'
wrong 125 "$refused the working directory 'x' is invalid, it needs to be an absolute path" -w x busybox
wrong 125 "$refused invalid signal: FOO" --stop-signal FOO busybox
wrong 125 "$refused invalid restart policy: unknown policy 'maybe'; use one of 'no', 'always', 'on-failure', or 'unless-stopped'" --restart maybe busybox
wrong 125 "$refused invalid restart policy: maximum retry count can only be used with 'on-failure'" --restart always:3 busybox
wrong 125 "$refused Invalid value 5000, range for oom score adj is [-1000, 1000]" --oom-score-adj 5000 busybox
wrong 125 "$refused logger: no log driver named 'x' is registered" --log-driver x busybox
wrong 125 "$refused unknown log opt 'x' for json-file log driver" --log-opt x=y busybox
wrong 125 "$refused invalid IPC mode: x" --ipc x busybox
wrong 125 "$refused unknown or invalid runtime name: x" --runtime x busybox
wrong 125 "$refused Interval in Healthcheck cannot be less than 1ms" --health-interval 1us --health-cmd true busybox
wrong 127 "$refused error gathering device information while adding custom device \"/dev/nope\": no such file or directory" --device /dev/nope busybox
wrong 125 "$refused Unable to find group nope: no matching entries in group file" --group-add nope busybox
run docker create --stop-signal FOO busybox
is 'create says the same without a frame' "$code $out" '1 Error response from daemon: invalid signal: FOO'
done_testing
