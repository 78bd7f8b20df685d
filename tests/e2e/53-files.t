#!/bin/sh
# A container's files from outside: cp, diff, export, commit, import.
. "$(dirname "$0")/lib.sh"

docker run -d --name web busybox sh -c 'mkdir -p /data && echo inside >/data/in.txt && ln -s in.txt /data/link && sleep 600' >/dev/null
soon 'the container has its files' docker exec web test -L /data/link
echo 'hello there' >file.txt
mkdir -p folder/sub
echo one >folder/one.txt
echo two >folder/sub/two.txt

# ---- into a container

t 'a file is copied to a new name' docker cp file.txt web:/data/new.txt
is 'cp says nothing without a terminal' "$out" ''
is 'the file is there' "$(docker exec web cat /data/new.txt)" 'hello there'
run docker cp -q=false file.txt web:/data/
is 'cp says how much, on standard error' "$out" 'Successfully copied 2.05kB to web:/data/'
is 'a file goes into a folder' "$(docker exec web cat /data/file.txt)" 'hello there'
docker cp folder web:/data/
is 'a folder goes into a folder' "$(docker exec web cat /data/folder/sub/two.txt)" two
docker cp folder web:/fresh
is 'a folder takes a new name' "$(docker exec web cat /fresh/one.txt)" one
docker cp folder/. web:/data
is 'the content of a folder goes into a folder' "$(docker exec web cat /data/one.txt)" one
is 'what is copied belongs to root' "$(docker exec web stat -c %u:%g /data/file.txt /data/folder)" "0:0
0:0"
is 'standard input is a tar' "$(tar -C folder -cf - . | docker cp - web:/tmp && docker exec web cat /tmp/sub/two.txt)" two

run docker cp file.txt web:/no/such/place
is 'a missing folder is refused' "$code: $out" '1: Error response from daemon: Could not find the file /no/such in container web'
run docker cp file.txt web:/nothing/
is 'a missing folder written as one' "$code: $out" '1: no such directory'
run docker cp folder web:/data/in.txt
is 'a folder is not copied to a file' "$code: $out" '1: cannot copy directory'
run docker cp file.txt web:/data/in.txt/x
is 'a file is no folder' "$code: $out" '1: Error response from daemon: extraction point is not a directory'
run docker cp nothing.txt web:/data
is 'a missing file is named in full' "$code: $out" "1: lstat $work/nothing.txt: no such file or directory"
mkdir -p clash/in.txt
run docker cp clash/. web:/data
is 'a folder does not replace a file' "$code: $out" '1: Error response from daemon: cannot overwrite non-directory "/data/in.txt" with directory "/data"'
run docker cp file.txt nobody:/x
is 'an unknown container' "$code: $out" '1: Error response from daemon: No such container: nobody'
run docker cp web:/a web:/b
is 'two containers' "$code: $out" '1: copying between containers is not supported'
run docker cp a b
is 'no container' "$code: $out" '1: must specify at least one container source'
run sh -c "\"$DRYDOCK_BIN\" docker cp - web:/data/in.txt </dev/null"
is 'a tar goes to a folder only' "$code: $out" '1: destination "web:/data/in.txt" must be a directory'

# ---- out of a container

docker cp web:/data/in.txt .
is 'a file comes out' "$(cat in.txt)" inside
run docker cp -q=false web:/data/in.txt out.txt
is 'cp names the whole path' "$out" "Successfully copied 2.05kB to $work/out.txt"
is 'a file comes out under a new name' "$(cat out.txt)" inside
docker cp web:/data/link .
is 'a link comes out as a link' "$(readlink link)" in.txt
docker cp -L web:/data/link followed
is '-L follows a link' "$(cat followed)" inside
docker cp web:/data copy
is 'a folder comes out' "$(cat copy/folder/one.txt)" one
docker cp web:/data/. content 2>/dev/null
is 'the content of a folder makes a new folder' "$(cat content/in.txt)" inside
has 'a tar comes out' "$(docker cp web:/data/folder - | tar tf - | sort | tr '\n' ' ')" 'folder/ folder/one.txt folder/sub/ folder/sub/two.txt'
run docker cp web:/nope .
is 'a missing file of the container' "$code: $out" '1: Error response from daemon: Could not find the file /nope in container web'
run docker cp web:/data/in.txt no/such/place
is 'a missing folder of ours' "$code: $out" "1: invalid output path: directory \"$work/no/such\" does not exist"
docker exec web ln -s /etc/passwd /data/trap
docker exec web mkdir /data/deep
docker exec web ln -s / /data/deep/up
docker cp web:/data/deep/up/etc/passwd pw
is 'a link inside stays inside' "$(head -1 pw)" "$(docker exec web head -1 /etc/passwd)"

# ---- volumes; created and stopped containers

docker volume create vol >/dev/null
docker create --name made -v vol:/vol busybox cat /vol/file.txt /etc/marker >/dev/null
docker cp file.txt made:/vol
docker cp folder/one.txt made:/etc/marker
is 'a created container has what was copied, in its volume too' "$(docker start -a made)" "hello there
one"
docker cp made:/vol/file.txt back.txt
is 'a stopped container gives its volume' "$(cat back.txt)" 'hello there'
is 'a stopped container shows its changes' "$(docker diff made | grep marker)" 'A /etc/marker'

# ---- diff

docker run --name changed busybox sh -c 'echo x >/new; rm /etc/group; echo >>/etc/passwd; mkdir -p /a/b; touch /a/b/c; rm -rf /var/spool/mail' >/dev/null 2>&1
is 'diff lists what is another' "$(docker diff changed | grep -v /var)" 'A /a
A /a/b
A /a/b/c
C /etc
D /etc/group
C /etc/passwd
A /new'
docker run --name same busybox true
is 'nothing changed is nothing said' "$(docker diff same)" ''
run docker diff nobody
is 'diff of nobody' "$code: $out" '1: Error response from daemon: No such container: nobody'

# ---- sizes, and who has a volume

docker run --name big busybox sh -c 'head -c 1234 /dev/zero >/big'
is 'inspect -s counts' "$(docker inspect -s -f '{{.SizeRw}}' big)" 1234
is 'and the image with it' "$(docker container inspect -s -f '{{.SizeRootFs}}' big)" $(($(docker image inspect -f '{{.Size}}' busybox) + 1234))
is 'ps finds who has a volume' "$(docker ps -a -f volume=vol --format '{{.Names}} {{.Mounts}} {{.LocalVolumes}}')" 'made vol 1'
is 'or a place' "$(docker ps -aq -f volume=/vol | wc -l)" 1

# ---- export, import

docker export changed >all.tar
has 'export has the new' "$(tar tf all.tar)" 'a/b/c'
hasnt 'export has not the removed' "$(tar tf all.tar)" 'etc/group'
docker export -o all2.tar changed
t 'export -o writes a file' cmp all.tar all2.tar
run docker export -o no/such/x changed
is 'export into a missing folder' "$code: $out" '1: failed to export container: invalid output path: directory "no/such" does not exist'
id=$(docker import -c 'CMD ["cat","/new"]' -m 'by hand' all.tar flat:1)
is 'an imported image runs' "$(docker run --rm flat:1)" x
is 'import has one layer and its message' "$(docker history --format '{{.Comment}}|{{.CreatedBy}}' flat:1)" 'by hand|'
is 'import prints the id' "$id" "$(docker image inspect -f '{{.Id}}' flat:1)"
id=$(docker export changed | docker import -)
has 'import from standard input' "$(docker history --format '{{.Comment}}' "$id")" 'Imported from -'
docker rmi "$id" >/dev/null
run docker import missing.tar
is 'import of a missing file' "$code: $out" '1: open missing.tar: no such file or directory'

# ---- commit

id=$(docker commit -a 'Me <me@x>' -m 'changed it' changed app:2)
is 'commit prints the id' "$id" "$(docker image inspect -f '{{.Id}}' app:2)"
is 'a commit has one layer more' "$(docker image inspect -f '{{len .RootFS.Layers}}' app:2)" $(($(docker image inspect -f '{{len .RootFS.Layers}}' busybox) + 1))
is 'a commit has the changes' "$(docker run --rm app:2 cat /new)" x
is 'and what was removed is not there' "$(docker run --rm app:2 sh -c 'test -e /etc/group || echo gone')" gone
is 'the author stands in it' "$(docker image inspect -f '{{.Author}}' app:2)" 'Me <me@x>'
is 'history has the message' "$(docker history --format '{{.Comment}}' app:2 | head -1)" 'changed it'
docker commit -c 'ENV A=b' -c 'CMD ["sh","-c","echo $A"]' -c 'EXPOSE 80' -c 'WORKDIR /srv' changed app:3 >/dev/null
is 'commit -c changes the config' "$(docker run --rm app:3)" b
is 'commit -c WORKDIR' "$(docker image inspect -f '{{.Config.WorkingDir}} {{json .Config.ExposedPorts}}' app:3)" '/srv {"80/tcp":{}}'
run docker commit -c 'RUN x' changed
is 'commit -c RUN is refused' "$code: $out" '1: Error response from daemon: RUN is not a valid change command'
docker exec web chown 12:34 /data/in.txt
docker commit web app:4 >/dev/null
is 'a running container is committed with its owners' "$(docker run --rm app:4 stat -c %u:%g /data/in.txt)" 12:34
is 'and runs on' "$(docker inspect -f '{{.State.Status}}' web)" running
docker cp web:/data/in.txt - >one.tar
is 'a tar that comes out names the owners' "$(tar --numeric-owner -tvf one.tar | awk '{print $2}')" 12/34
run docker commit changed UPPER
is 'commit to a wrong name' "$code: $out" '1: invalid reference format: repository name (library/UPPER) must be lowercase'

done_testing
