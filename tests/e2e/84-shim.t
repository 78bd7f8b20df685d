#!/bin/sh
# A hostile process in the workstation: the docker socket gives it nothing of the host's, and does not stall anybody.
. "$(dirname "$0")/lib.sh"
command -v python3 >/dev/null || { skip 'the shim attacked' 'no python3'; done_testing; exit 0; }
name=shim-$$
lesson=$work/$name.md
session=lesson-$name
space=$work/space
mkdir "$space" "$work/secret"
echo TOP-SECRET >"$work/secret/file"
echo 'TOP=SECRET-VARIABLE' >"$work/secret/env"
printf 'FROM busybox\nCOPY file /\nRUN echo TOP-SECRET-BUILD\n' >"$work/secret/Dockerfile"
printf '# One\n\n## Look\n\n```bash\ntrue\n```\n' >"$lesson"
cp "$here/tests/attack/shim.py" "$space/"
ln -s "$work/secret/file" "$space/link"
ln -s "$work/secret" "$space/folder"
mkdir "$space/ctx" && ln -s "$work/secret/file" "$space/ctx/x"
printf 'FROM busybox\nCOPY x /x\nRUN cat /x\n' >"$space/ctx/Dockerfile"
trap 'DRYDOCK_SESSION=$session; docker rm -f $(docker ps -aq) >/dev/null 2>&1; "$DRYDOCK_BIN" session rm "$session" >/dev/null 2>&1; cleanup' EXIT
learn() {
	"$DRYDOCK_BIN" learn --private --workspace "$space" "$lesson" 2>&1
}

# ---- paths are the workstation's
cat >script <<END
docker run --rm -v /:/h busybox sh -c 'cat /h$work/secret/file; ls /h | tr "\n" " "'
docker run --rm -v /:/h busybox cat /h/proc/1/root$work/secret/file
docker run --rm -v $work/secret:/s busybox cat /s/file
docker run --rm -v $space/link:/s busybox cat /s
docker run --rm -v $space/folder:/s busybox cat /s/file
docker run --rm -v $space/../secret:/s busybox cat /s/file
docker run -d --name later -v $space/turns:/s busybox sleep 1000
rm -rf turns; ln -s $work/secret turns; docker restart -t 0 later; docker exec later cat /s/file
docker run --rm -v $space/link/below:/s busybox true
docker run --rm --mount type=bind,source=$work/secret,target=/s busybox cat /s/file
docker run --rm --env-file $work/secret/env busybox env
docker run --rm --env-file $space/folder/env busybox env
docker run --rm --cidfile $work/secret/cid busybox true
docker build --progress plain $work/secret
docker build --progress plain $space/folder
docker build --progress plain -f $work/secret/Dockerfile .
docker build --progress plain ctx
docker build --progress plain --secret id=s,src=$work/secret/file -f - . <<< \$'FROM busybox\nRUN --mount=type=secret,id=s cat /run/secrets/s'
docker load -i $work/secret/file
docker save -o $work/secret/out busybox
docker run --rm --security-opt seccomp=$work/secret/file busybox true
docker run --rm --label-file $work/secret/env busybox true
DRYDOCK_HOME=/nowhere DRYDOCK_SESSION=default docker ps
echo the end
END
learn <script >out
has 'all of it was tried' "$(cat out)" 'the end'
hasnt 'no path leads to the host' "$(grep -v "^[\$>]" out)" TOP-SECRET
hasnt 'no variable either' "$(grep -v "^[\$>]" out)" SECRET-VARIABLE
is 'nothing was written there' "$(ls "$work/secret" | tr '\n' ' ')" 'Dockerfile env file '
has '-v /:/h is refused with a word' "$(cat out)" "'/' is in the workstation only"
is 'nothing was made at the end of a link' "$(ls "$work/secret" | wc -l)" 3
is 'without its defence: docker on the host reads it' \
	"$(docker run --rm -v "$work/secret:/s" busybox cat /s/file)" TOP-SECRET

# ---- noise.  Beside it the tutor works, and docker as soon as the noise is over.
cat >script <<'END'
docker run --rm busybox echo before
python3 shim.py /dev/drydock/docker/docker.sock
docker run --rm busybox echo after
python3 shim.py /dev/drydock/docker/docker.sock & sleep 1
echo bash goes on
check
docker run --rm busybox echo beside; wait; echo the end
END
learn <script >out &
pid=$!
most=0
while kill -0 $pid 2>/dev/null; do
	n=$(pgrep -P "$(pgrep -P $pid | tr '\n' ',')0" 2>/dev/null | wc -l)
	[ "$n" -gt $most ] && most=$n
	sleep 0.1
done
wait $pid
has 'docker before' "$(cat out)" before
is 'the attack ran twice' "$(grep -c '^done$' out)" 2
has 'docker after it' "$(cat out)" after
has 'bash meanwhile' "$(cat out)" 'bash goes on'
has 'docker meanwhile' "$(cat out)" beside
has 'the tutor came to the end' "$(cat out)" 'the end'
[ $most -lt 80 ] && ok "no more than $most processes were made for it" || nok 'connections are bounded' "$most"
t 'another command is answered' docker ps
done_testing
