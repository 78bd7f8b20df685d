# apt without a network: the pool of each base image, what is not in it, and that nothing of it stays
. "$(dirname "$0")/lib.sh"

if [ ! -f "$DRYDOCK_HOME/apt/bullseye/Packages" ] || [ ! -f "$DRYDOCK_HOME/apt/bookworm/Packages" ]; then
	skip 'apt installs without a network' 'the packages for apt were not fetched'
	done_testing
	exit 0
fi

# Names in all layers of an image; in the topmost one.
all_layers() {
	rm -rf x && mkdir x && docker save "$1" | tar -xf - -C x
	for f in $(find x -type f); do
		tar -tf "$f" 2>/dev/null
	done
}
top_layer() {
	all_layers "$1" >/dev/null
	want=$(docker image inspect -f '{{json .RootFS.Layers}}' "$1" | tr -d '[]"' | tr , '\n' | tail -1 | sed 's/sha256://')
	for f in $(find x -type f); do
		sha256sum "$f" | grep -q "^$want" && tar -tf "$f"
	done
}

cat >Dockerfile <<'P'
FROM python:3.9-slim
WORKDIR /app
RUN apt-get update && apt-get install -y gcc \
    && rm -rf /var/lib/apt/lists/*
RUN echo 'int main(void) { return 7; }' >x.c && gcc -o x x.c; ./x || test $? = 7
P
run docker build --no-cache -t apt-gcc .
is 'apt-get install -y gcc works without a network' $code 0
has 'and says what it fetched' "$out" 'MB of archives.'
has 'and what it set up' "$out" 'Setting up gcc (4:10.2.1-1)'
hasnt 'without a warning' "$out" 'W: '
hasnt 'or an error' "$out" 'E: '
run docker run --rm apt-gcc sh -c 'dpkg --audit; apt-get check >/dev/null && ls /var/lib/apt/lists'
is 'dpkg finds nothing wrong, the lists are gone' "$code$out" 0

cat >Dockerfile.multi <<'P'
FROM python:3.9-slim AS builder
WORKDIR /app
RUN apt-get update && apt-get install -y --no-install-recommends gcc
COPY requirements.txt .
RUN pip install --no-cache-dir --prefix=/install -r requirements.txt

FROM python:3.9-slim
COPY --from=builder /install /usr/local
RUN flask --version
P
echo Flask >requirements.txt
run docker build --no-cache -t apt-multi -f Dockerfile.multi .
is 'a multi-stage build with a compiler in its first stage works' $code 0
has 'and the second stage has what it took' "$out" 'Flask 3'
t 'but no compiler' docker run --rm apt-multi sh -c '! command -v gcc'

cat >Dockerfile.bookworm <<'P'
FROM debian:bookworm-slim
RUN apt-get update && apt-get install -y --no-install-recommends curl git && rm -rf /var/lib/apt/lists/*
RUN curl --version && git init -q /r && git -C /r status
P
run docker build --no-cache -t apt-bookworm -f Dockerfile.bookworm .
is 'debian:bookworm-slim has its own packages' $code 0
has 'curl runs' "$out" 'curl 7.88'
has 'git too' "$out" 'No commits yet'

cat >Dockerfile.services <<'P'
FROM debian:bookworm-slim
RUN apt-get update && apt-get install -y --no-install-recommends redis-server nginx-light
RUN stat -c 'redis has %U:%G %a' /var/lib/redis && nginx -t
RUN redis-server --daemonize yes --dir /tmp >/dev/null && until redis-cli ping; do sleep 0.1; done
P
run docker build --no-cache -t apt-services -f Dockerfile.services .
is 'services are installed' $code 0
has 'with users of their own' "$out" 'redis has redis:redis 750'
has 'and run' "$out" PONG
t 'their owners are in the image' docker run --rm apt-services sh -c 'test "$(stat -c %U:%G /var/lib/redis)" = redis:redis'

printf 'FROM debian:bookworm-slim\nRUN apt-get update && apt-get install -y no-such-thing\n' >Dockerfile.absent
run docker build -f Dockerfile.absent .
is 'a package that is not there fails' $code 1
has "in apt's own words" "$out" 'E: Unable to locate package no-such-thing'
has 'with its exit code' "$out" 'exit code: 100'
printf 'FROM debian:bookworm-slim\nRUN apt-get install -y curl\n' >Dockerfile.early
run docker build -f Dockerfile.early .
has 'so does one without apt-get update' "$out" 'E: Unable to locate package curl'

# What lies under the image is in no layer, whatever is done around it.
printf 'FROM debian:bookworm-slim\nRUN rm -f /etc/apt/drydock.list /etc/apt/apt.conf.d/99drydock && touch /etc/apt/apt.conf.d/mine\n' >Dockerfile.under
t 'a RUN may remove what the machine lends' docker build --no-cache -q -t apt-under -f Dockerfile.under .
is 'a layer holds what RUN changed in the image, and nothing else' "$(echo $(top_layer apt-under))" \
	'etc/ etc/apt/ etc/apt/apt.conf.d/ etc/apt/apt.conf.d/mine'
printf 'FROM debian:bookworm-slim\nRUN rm -rf /etc/apt/apt.conf.d && mkdir /etc/apt/apt.conf.d\n' >Dockerfile.again
t 'or the whole folder' docker build --no-cache -q -t apt-again -f Dockerfile.again .
hasnt 'which then is as it was made' "$(top_layer apt-again)" drydock
printf 'FROM busybox\nRUN mkdir -p /etc/apt/apt.conf.d && echo done >/etc/apt/apt.conf.d/x\n' >Dockerfile.busybox
docker build --no-cache -q -t apt-busybox -f Dockerfile.busybox . >/dev/null
has "where the image has no apt, its folders are the student's" "$(top_layer apt-busybox)" 'etc/apt/apt.conf.d/'
all_layers apt-gcc >names
t 'a layer has the compiler' grep -q '^usr/bin/gcc$' names
t 'none has what was lent' sh -c '! grep drydock names'

run docker run --rm debian:bookworm-slim sh -c 'apt-get update >/dev/null && apt-get install -y procps >/dev/null 2>&1 && ps --version'
has 'in a container apt works too' "$out" 'procps-ng'
run docker run --rm debian:bookworm-slim sh -c ': >/dev/drydock/apt/bookworm/Packages'
has 'where the packages are read-only' "$out" 'ead-only file system'
done_testing
