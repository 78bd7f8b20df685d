# docker build: RUN --mount and --network, and an end by a signal
. "$(dirname "$0")/lib.sh"

build() {
	run docker build --no-cache "$@" .
}

mkdir sub && echo here >a.txt && echo deep >sub/b.txt && echo s3cret-word >sec && echo no >ign && echo ign >.dockerignore
cat >Dockerfile <<'P'
FROM python:3.9-slim AS one
RUN mkdir /d && echo from-one >/d/f
FROM python:3.9-slim
RUN --mount=target=/ctx --mount=type=bind,source=sub,target=/s,rw --mount=source=a.txt,target=/file \
    ls /ctx; cat /s/b.txt /file; echo w >/s/new; echo x >/ctx/x || echo refused
RUN --mount=from=one,target=/one --mount=from=one,source=/d,target=/oned,rw \
    cat /one/d/f; touch /oned/x; touch /one/x || echo refused
RUN --mount=type=tmpfs,target=/t,size=1m head -c 2000000 /dev/zero >/t/x || echo full
RUN --mount=type=secret,id=s --mount=type=secret,id=s,env=SEC cat /run/secrets/s; echo "env $SEC"; stat -c %a /run/secrets/s
RUN --mount=type=secret,id=nope test ! -e /run/secrets/nope
P
build --secret id=s,src=sec -t mounts
is 'all kinds of mounts' $code 0
hasnt 'what .dockerignore leaves out is in no mount' "$out" ' ign
'
has 'a folder of the context' "$out" deep
has 'a file of the context' "$out" here
has 'another stage' "$out" from-one
is 'what is not rw is read-only' "$(echo "$out" | grep -c '^#[0-9]* [0-9.]* refused$')" 2
has 'tmpfs has a size' "$out" full
has 'a secret in a file, and in the environment' "$out" 'env s3cret-word'
has 'which its owner alone reads' "$out" ' 400
'
run docker save -o mounts.tar mounts
mkdir saved && tar -C saved -xf mounts.tar
is 'a secret is in no layer' "$(grep -rl s3cret-word saved | wc -l)" 0
is 'nor are mount points' "$(docker run --rm mounts sh -c 'ls -d /ctx /s /file /one /oned /t /run/secrets 2>/dev/null | wc -l')" 0
is 'the context is what it was' "$(ls sub)" b.txt

printf 'FROM python:3.9-slim\nRUN --mount=type=cache,target=/c,id=%s-$X,sharing=locked echo x >>/c/f; echo lines $(wc -l </c/f)\n' "$$" >Dockerfile
build && build
has 'a cache mount lasts from build to build' "$out" 'lines 2'
printf 'FROM python:3.9-slim\nRUN --mount=type=cache,target=/c,id=o%s,mode=0700,uid=7,gid=8 stat -c %%a:%%u:%%g /c\n' "$$" >Dockerfile
build
has 'and has owner and mode' "$out" ' 700:7:8'

printf 'FROM python:3.9-slim\nRUN --mount=type=secret,id=gone,required true\n' >Dockerfile
build
has 'a required secret must be there' "$out" 'ERROR: failed to solve: secret gone: not found'
printf 'FROM python:3.9-slim\nRUN --mount=source=nofile,target=/x true\n' >Dockerfile
build
has 'so must the source of a bind' "$out" '"/nofile": not found'
printf 'FROM python:3.9-slim\nRUN --network=host true\n' >Dockerfile
build
has "the host's network is not a Dockerfile's to take" "$out" 'network.host is not allowed'
printf 'FROM python:3.9-slim\nRUN --network=none ls /sys/class/net\n' >Dockerfile
build
is 'none is none' "$(echo "$out" | sed -n 's/^#[0-9]* [0-9.]* //p')" lo

# ---- COPY and ADD

mkdir -p x/y/z w && echo 1 >x/a.txt && echo 2 >x/y/b.txt && echo 3 >x/y/z/c.txt && echo 4 >w/d.txt && chmod 700 x/y
cat >Dockerfile <<'P'
FROM python:3.9-slim
RUN mkdir /real && ln -s real /lnk
COPY --parents x/a.txt x/y/b.txt /p1/
COPY --parents ./x/./y/*.txt /p2/
COPY --parents **/d.txt **/c.txt /p3/
COPY --link x/a.txt /lnk/f
COPY --exclude=*.txt --exclude=y/z x /ex/
RUN echo got $(find p1 p2 p3 ex -type f | sort) $(stat -c %a /p1/x/y); test ! -L /lnk && echo folder
P
build
has 'COPY --parents, --exclude' "$out" 'got ex/y/b.txt p1/x/a.txt p1/x/y/b.txt p2/y/b.txt p3/w/d.txt p3/x/y/z/c.txt 700'
has 'COPY --link follows no link of the image' "$out" folder
port=$(free_port)
echo served >served
python3 -m http.server "$port" --bind 127.0.0.1 >/dev/null 2>&1 &
server=$!
soon curl -sf "http://127.0.0.1:$port/served"
sum=$(sha256sum served | cut -d' ' -f1)
printf 'FROM python:3.9-slim\nADD --checksum=sha256:%s http://127.0.0.1:%s/served /d/\nRUN stat -c %%a /d/served; cat /d/served\n' "$sum" "$port" >Dockerfile
build
has 'ADD of an address' "$out" ' served'
has 'is for its owner alone' "$out" ' 600'
printf 'FROM python:3.9-slim\nADD --checksum=sha256:%064d http://127.0.0.1:%s/served /d/\n' 1 "$port" >Dockerfile
build
has 'another content than the checksum says' "$out" "ERROR: failed to solve: failed to load cache key: digest mismatch sha256:$sum"
printf 'FROM python:3.9-slim\nADD http://127.0.0.1:%s/nothing /d/\n' "$port" >Dockerfile
build
has 'an address without a file' "$out" 'ERROR: failed to solve: failed to load cache key: invalid response status 404'
kill $server

{
	echo FROM python:3.9-slim AS many
	for i in $(seq 90); do echo "COPY a.txt /f$i"; done
	printf 'RUN ls / | grep -c ^f\nWORKDIR /w\nFROM python:3.9-slim\nCOPY --from=many /f7 /g\nRUN cat /g\n'
} >Dockerfile
build
has 'ninety layers in a RUN' "$out" ' 90
'
has 'and below a COPY' "$out" ' here
'

# ---- -o

cat >Dockerfile <<'P'
FROM python:3.9-slim AS b
RUN mkdir -p /out/d && echo hi >/out/f && ln -s f /out/l && ln /out/f /out/h && chmod 750 /out/d && touch -d @86400 /out/f
FROM scratch
COPY --from=b /out /
P
build -o out/deep
is 'files of the result in a folder' "$(cat out/deep/f out/deep/l out/deep/h)" 'hi
hi
hi'
is 'with their modes and times' "$(stat -c %a out/deep/d) $(stat -c %Y out/deep/f)" '750 86400'
has 'the steps say so' "$out" 'exporting to client directory'
t 'the same as a tar' docker build -q -o type=tar,dest=o.tar .
is 'with all names' "$(tar tf o.tar | sort | tr '\n' ' ')" 'd/ f h l '
is 'to standard output' "$(docker build -q -o - . | tar xO f)" hi
t 'an OCI archive' docker build -q -o type=oci,dest=oci.tar -t "arch$$:1" .
has 'that has index and layout' "$(tar tf oci.tar | tr '\n' ' ')" 'index.json manifest.json oci-layout'
is 'gives the session no image' "$(docker images -q "arch$$")" ''
has 'and can be loaded' "$(docker load -i oci.tar)" "arch$$:1"
docker rmi "arch$$:1" >/dev/null 2>&1
docker build -q --iidfile iid . >id
is '--iidfile has the id' "$(cat iid)" "$(cat id)"

# ---- --explain

printf 'FROM python:3.9-slim\nCOPY a.txt w /x/\nRUN head -c 1000 /dev/zero >/x/big; echo %s\nRUN rm /x/big\n' $$ >Dockerfile
run docker build --explain .
has 'what a line costs' "$out" ': 1000 bytes'
has 'and what is hidden' "$out" '
1000 bytes lie in the image and are hidden by a later layer'
echo more $$ >w/new && sed -i 's/rm/rm -f/' Dockerfile
run docker build --explain .
has 'the file that made a difference' "$out" 'line 2: [2/4] COPY a.txt w /x/: done: w/new is new'
has 'a step with another below it' "$out" "echo $$: done: what lies below it has changed"
has 'the word that changed' "$out" 'done: the word "rm -f /x/big" was "rm /x/big"'
run env DRYDOCK_STRICT=1 "$DRYDOCK_BIN" docker build --explain .
has "where only Docker's words count it is none" "$out" 'unknown flag: --explain'

# ---- SOURCE_DATE_EPOCH

cat >Dockerfile <<'P'
FROM python:3.9-slim AS a
WORKDIR /w/deep
RUN echo "$SOURCE_DATE_EPOCH" >f && mkdir d && ln f h && ln -s f l && chown 5:6 f && chmod 600 f
FROM scratch
COPY --from=a /w /w
COPY --chown=7:8 x /x
ENV A=b
P
first=$(SOURCE_DATE_EPOCH=1700000000 docker build --no-cache -q .)
touch x/a.txt
second=$(docker build --no-cache -q --build-arg SOURCE_DATE_EPOCH=1700000000 .)
is 'the same inputs are the same image' "$second" "$first"
is 'of that time' "$(docker inspect -f '{{.Created}}' "$first")" 2023-11-14T22:13:20Z
build -o epoch
is 'which RUN knew, when it was said' "$(cat epoch/w/deep/f)" ''
other=one
[ "${DRYDOCK_IDMAP:-}" = one ] && other=range
printf 'FROM scratch\nCOPY --chown=7:8 x /x\nCOPY --chmod=640 a.txt /y/\nADD w /w/\n' >Dockerfile
first=$(SOURCE_DATE_EPOCH=1700000000 docker build --no-cache -q .)
second=$(SOURCE_DATE_EPOCH=1700000000 DRYDOCK_IDMAP=$other docker build --no-cache -q .)
if [ -n "$second" ]; then is 'in both id maps' "$second" "$first"; else skip 'in both id maps' "no map $other"; fi

# ---- --no-cache-filter, a terminal

printf 'FROM python:3.9-slim AS a\nRUN echo one\nFROM python:3.9-slim\nCOPY --from=a /etc/passwd /p\nRUN echo two\n' >Dockerfile
docker build -q . >/dev/null
run docker build --no-cache-filter a .
has 'a stage built anew' "$out" 'RUN echo one
#'
is 'and what is the same after it is from the cache' "$(echo "$out" | grep -A1 -e 'COPY --from' -e 'echo two' | grep -c CACHED)" 2
if command -v script >/dev/null; then
	script -qc "stty cols 70 rows 30; env -u BUILDKIT_PROGRESS '$DRYDOCK_BIN' docker build ." screen >/dev/null
	has 'on a terminal the steps are a list' "$(tail -c 1500 screen)" '=> CACHED [a 2/2] RUN echo one'
	has 'that ends finished' "$(cat screen)" 'FINISHED'
else
	skip 'on a terminal the steps are a list' 'no script(1)'
fi
run docker build --progress=tty .
has 'without a terminal there is none' "$out" 'failed to get console'

# ---- the layer that the machine lends from below is in no diff, whatever is done beside it

cat >Dockerfile <<'P'
FROM busybox
RUN mkdir -p /etc/pip && echo x >/etc/mine && chmod 700 /etc/pip && rm -f /etc/pip.conf
RUN mv /etc/passwd /etc/passwd2 && touch /etc/hostname2 && ln -s mine /etc/link
RUN chmod 711 /etc && mkdir -p /etc/apt/apt.conf.d && echo y >/etc/apt/apt.conf.d/y
RUN cp -a /etc /etc2 2>/dev/null; rm -rf /etc2 /etc/pip /etc/apt
P
for form in with without; do
	home=$work/home-$form
	mkdir "$home"
	[ $form = with ] && mkdir "$home/wheels" && : >"$home/wheels/x.whl"
	DRYDOCK_HOME=$home docker load -q -i "$here/tests/oracle/images/busybox.tar.gz" >/dev/null
	id=$(DRYDOCK_HOME=$home SOURCE_DATE_EPOCH=1700000000 docker build -q .)
	DRYDOCK_HOME=$home docker inspect -f '{{json .RootFS.Layers}}' "$id" >"layers-$form"
	DRYDOCK_HOME=$home docker run --rm busybox ls /etc/pip.conf >"pip-$form" 2>/dev/null
	DRYDOCK_HOME=$home "$DRYDOCK_BIN" setup --remove >/dev/null 2>&1
done
is 'one home lends a file, the other does not' "$(cat pip-with) $(cat pip-without)" '/etc/pip.conf '
is 'layers of RUN are the same' "$(cat layers-with)" "$(cat layers-without)"
is 'and there are five' "$(tr -cd , <layers-with | wc -c)" 4

# ---- a signal

printf 'FROM python:3.9-slim\nRUN echo begun; sleep 9%s & sleep 9%s\nRUN echo never\n' $$ $$ >Dockerfile
for signal in INT TERM; do
	: >log # else the first round's "begun" lets the signal come before there is a build
	"$DRYDOCK_BIN" docker build --no-cache . >log 2>&1 &
	builder=$!
	soon grep -q ' begun' log
	kill -$signal $builder
	wait $builder
	is "SIG$signal: exit code" $? 130
	is "SIG$signal: the last words" "$(tail -2 log | sed 's/^#[0-9]* //')" 'CANCELED
ERROR: failed to solve: Canceled: context canceled'
	is "SIG$signal: no process stays" "$(pgrep -f "sleep 9$$" | wc -l)" 0
done
is 'no half-made layer stays' "$(ls -A "$DRYDOCK_HOME"/store/tmp/* | grep -c ^d-)" 0
done_testing
