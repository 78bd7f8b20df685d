#!/bin/sh
# What a container may do: capabilities, the system call filter, no-new-privileges, --privileged.
. "$(dirname "$0")/lib.sh"

status() { # OPTIONS...: one line of what /proc/self/status says
	docker run --rm "$@" busybox grep -E '^(CapEff|CapBnd|NoNewPrivs|Seccomp):' /proc/self/status 2>/dev/null |
		tr -s '\t\n' ' '
}
ids=$(docker run --rm busybox awk '{ n += $3 } END { print n }' /proc/self/uid_map)
open=0 # with one id a filter is always there: it asks the supervisor
[ "$ids" = 1 ] && open=2

is 'the default is Docker'"'"'s' "$(status)" \
	'CapEff: 00000000a80425fb CapBnd: 00000000a80425fb NoNewPrivs: 0 Seccomp: 2 '
is '--cap-add' "$(status --cap-add NET_ADMIN)" \
	'CapEff: 00000000a80435fb CapBnd: 00000000a80435fb NoNewPrivs: 0 Seccomp: 2 '
is '--cap-add with CAP_, in small letters' "$(status --cap-add cap_net_admin)" "$(status --cap-add NET_ADMIN)"
is '--cap-drop ALL' "$(status --cap-drop ALL)" \
	'CapEff: 0000000000000000 CapBnd: 0000000000000000 NoNewPrivs: 0 Seccomp: 2 '
is '--cap-drop all --cap-add' "$(status --cap-drop all --cap-add CHOWN)" \
	'CapEff: 0000000000000001 CapBnd: 0000000000000001 NoNewPrivs: 0 Seccomp: 2 '
is '--cap-add ALL --cap-drop' "$(status --cap-add ALL --cap-drop MKNOD)" \
	'CapEff: 000001fff7ffffff CapBnd: 000001fff7ffffff NoNewPrivs: 0 Seccomp: 2 '
is 'a user has none, its set-uid programs could' "$(status -u 1000)" \
	'CapEff: 0000000000000000 CapBnd: 00000000a80425fb NoNewPrivs: 0 Seccomp: 2 '
is 'no-new-privileges' "$(status --security-opt no-new-privileges)" \
	'CapEff: 00000000a80425fb CapBnd: 00000000a80425fb NoNewPrivs: 1 Seccomp: 2 '
is 'no-new-privileges:false' "$(status --security-opt no-new-privileges:false)" "$(status)"
is 'seccomp=unconfined' "$(status --security-opt seccomp=unconfined)" \
	"CapEff: 00000000a80425fb CapBnd: 00000000a80425fb NoNewPrivs: 0 Seccomp: $open "
is '--privileged' "$(status --privileged)" \
	"CapEff: 000001ffffffffff CapBnd: 000001ffffffffff NoNewPrivs: 0 Seccomp: $open "
is 'apparmor and label make no difference' \
	"$(status --security-opt apparmor=unconfined --security-opt label=disable)" "$(status)"
is '--userns host is where everybody is' "$(status --userns host)" "$(status)"

run docker run --rm --privileged busybox true
has '--privileged says what it is not' "$out" 'devices, modules and settings of the host stay closed'
run docker run --rm --privileged busybox sh -c 'mount -t tmpfs x /tmp && hostname a && hostname'
has 'it mounts and names' "$out" 'a'
is 'and ends well' $code 0
run docker run --rm --cap-add SYS_ADMIN busybox mount -t tmpfs x /tmp
is 'a capability opens the calls that go with it' $code 0
run docker run --rm busybox mount -t tmpfs x /tmp
is 'which are closed without' "$code $out" '1 mount: permission denied (are you root?)'
run docker run --rm --cap-drop CHOWN busybox chown 1 /tmp
has '--cap-drop CHOWN' "$out" 'Operation not permitted'
run docker run --rm --cap-drop SETUID busybox su nobody -s /bin/sh -c id
has '--cap-drop SETUID' "$out" 'perm'
run docker run --rm --cap-drop MKNOD busybox mknod /tmp/x c 1 3
has '--cap-drop MKNOD' "$out" 'Operation not permitted'
run docker run --rm --cap-drop SYS_CHROOT busybox chroot / true
has '--cap-drop SYS_CHROOT' "$out" 'Operation not permitted'

# ---- what is refused, and with which words
refused() { # TEXT OPTIONS...
	text=$1
	shift
	run docker run --rm "$@" busybox true
	is "refused: $*" "$code $(echo "$out" | head -1)" "125 docker: $text"
}
refused 'Error response from daemon: invalid CapAdd: unknown capability: "CAP_FOO"' --cap-add foo
refused 'Error response from daemon: invalid CapDrop: unknown capability: "CAP_X"' --cap-drop CAP_X
refused 'invalid --security-opt: "seccomp"' --security-opt seccomp
refused 'Error response from daemon: invalid --security-opt 2: "x=y"' --security-opt x=y
refused 'opening seccomp profile (no.json) failed: open no.json: no such file or directory' \
	--security-opt seccomp=no.json
refused '--userns: invalid USER mode' --userns other
run docker run --rm --device /dev/nope busybox true
has 'a device that is not there' "$code $out" '127 docker: Error response from daemon: error gathering device information while adding custom device "/dev/nope": no such file or directory'
docker run -d --name open --security-opt systempaths=unconfined busybox sleep 1000 >/dev/null
is 'inspect shows what is masked' "$(docker inspect -f '{{len .HostConfig.MaskedPaths}} {{len .HostConfig.ReadonlyPaths}}' open)" '0 0'

# ---- a profile of one's own
cat > deny.json <<'END'
{"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [
  {"names": ["mkdir", "mkdirat"], "action": "SCMP_ACT_ERRNO"},
  {"names": ["chmod", "fchmodat", "fchmodat2"], "action": "SCMP_ACT_ERRNO", "errnoRet": 5},
  {"names": ["kill"], "action": "SCMP_ACT_ERRNO", "args": [{"index": 1, "value": 10, "op": "SCMP_CMP_GE"}]}]}
END
run docker run --rm --security-opt seccomp=deny.json busybox sh -c \
	'mkdir /a; chmod 600 /etc/passwd; kill -0 $$ && echo zero; kill -9 $$ && echo nine; kill -10 $$; touch /x && echo touched'
is 'its calls fail as it says, others do not' "$(echo "$out" | sort)" "$(sort <<'END'
mkdir: can't create directory '/a': Operation not permitted
chmod: /etc/passwd: Input/output error
zero
nine
sh: can't kill pid 1: Operation not permitted
touched
END
)"
cat > few.json <<'END'
{"defaultAction": "SCMP_ACT_ERRNO", "syscalls": [{"names": ["read"], "action": "SCMP_ACT_ALLOW"}]}
END
run docker run --rm --security-opt seccomp=few.json busybox true
is 'one that allows nothing lets nothing run' $((code != 0)) 1
echo '{' > broken.json
run docker run --rm --security-opt seccomp=broken.json busybox true
has 'one that is no JSON' "$out" 'compacting json for seccomp profile (broken.json) failed'
docker run -d --name kept --security-opt seccomp=deny.json busybox sleep 1000 >/dev/null
rm deny.json
run docker exec kept mkdir /b
has 'exec is under the same profile' "$out" 'Operation not permitted'
docker restart -t 0 kept >/dev/null
run docker exec kept mkdir /b
has 'a restart, too; the file is not needed' "$out" 'Operation not permitted'

# ---- what is told, and exec
docker run -d --name told --cap-add sys_nice --cap-add NET_ADMIN --cap-drop mknod --security-opt no-new-privileges \
	busybox sleep 1000 >/dev/null
is 'inspect' "$(docker inspect -f '{{json .HostConfig.CapAdd}} {{json .HostConfig.CapDrop}} {{json .HostConfig.SecurityOpt}} {{.HostConfig.Privileged}}' told)" \
	'["CAP_NET_ADMIN","CAP_SYS_NICE"] ["CAP_MKNOD"] ["no-new-privileges"] false'
caps() { docker exec "$@" told sh -c 'grep CapEff /proc/self/status' | tr -s '\t' ' '; }
is 'exec has the same' "$(caps)" 'CapEff: 00000000a08435fb'
run docker exec --privileged told grep CapEff /proc/self/status
has 'exec --privileged has all' "$out" '000001ffffffffff'
is 'which a container cannot take for itself' "$(docker exec told sh -c 'grep CapBnd /proc/self/status' | tr -s '\t' ' ')" \
	'CapBnd: 00000000a08435fb'
done_testing
