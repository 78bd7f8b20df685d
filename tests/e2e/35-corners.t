# docker build: corners of the language that other builders' tests look into
. "$(dirname "$0")/lib.sh"

# build ARGS: into ./out
build() {
	rm -rf out
	run docker build -o out "$@" .
	[ $code = 0 ] || nok 'it builds' "$out"
}

cat >Dockerfile <<'P'
ARG BASE=${BASE:?"say which"}
FROM $BASE
ARG A
ARG B=${A:?"say A"}
P
t 'a default that --build-arg replaces is not expanded' docker build --build-arg BASE=busybox --build-arg B=1 .
run docker build --build-arg B=1 .
has '... without it its error stands' "$out" 'BASE: say which'

cat >Dockerfile <<'P'
FROM busybox AS b
RUN echo $HTTP_PROXY $http_proxy $no_proxy $NO_PROXY >/p
FROM scratch
COPY --from=b /p /
P
build --no-cache --build-arg http_proxy=h --build-arg NO_PROXY=n
is 'a proxy is there in small and capital letters' "$(cat out/p)" 'h h n n'
build --build-arg http_proxy=other
is '... and is no part of the cache key' "$(cat out/p)" 'h h n n'

echo content >f
cat >Dockerfile <<'P'
FROM busybox AS b
RUN ln -s ../far/away /l && ln -s /c2 /c1 && ln -s c1 /c2
COPY f /l/
WORKDIR /l/deeper
WORKDIR /new
ENV empty=""
COPY --link f $empty
FROM scratch
COPY --from=b /far /far
COPY --from=b /new /new
P
build
is 'a folder that a link leads to is made' "$(cat out/far/away/f)" content
t '... by WORKDIR too' test -d out/far/away/deeper
is '--link into an empty destination: the working directory' "$(cat out/new/f)" content
printf 'FROM busybox\nRUN ln -s /c2 /c1 && ln -s c1 /c2\nCOPY f /c1/\n' >Dockerfile
run docker build .
is 'a circle of links is an error' "$code" 1

python3 -c 'import socket; socket.socket(socket.AF_UNIX).bind("sock")'
printf 'FROM scratch\nCOPY . /\n' >Dockerfile
build
is 'a socket of the context arrives as an empty file' "$(stat -c %F out/sock)" 'regular empty file'

cat >Dockerfile <<'P'
FROM busybox AS far
RUN echo far >/far
FROM busybox AS near
COPY --from=far /far /near
FROM busybox AS base
ONBUILD COPY --from=near /near /got
FROM base AS mid
RUN cat /got /got >/twice
FROM scratch
COPY --from=mid /twice /
P
build
is 'a trigger needs stages that nobody else names' "$(tr '\n' ' ' <out/twice)" 'far far '
printf 'FROM busybox AS near\nRUN echo hi >/near\nFROM busybox\nONBUILD RUN --mount=from=near,target=/m cp /m/near /got\n' >Dockerfile
t 'such a base may be an image' docker build -t trigger .
printf 'FROM busybox AS near\nRUN echo there >/near\nFROM trigger\nRUN mkdir /o && cp /got /o/\nFROM scratch\nCOPY --from=1 /o /\n' >Dockerfile
build
is '... whose names are the stages of the file that uses it' "$(cat out/got)" there
printf 'FROM trigger\nFROM busybox AS near\nRUN echo there >/near\nFROM scratch\nCOPY --from=0 /got /\n' >Dockerfile
run docker build .
has '... and must come before' "$out" 'cannot copy from stage "near", it needs to be defined before current stage "stage-0"'

printf 'FROM busybox\nRUN []\n' >Dockerfile
run docker build .
has 'RUN [] fails like a program' "$out" 'process "" did not complete successfully: exit code: 1'

cat >Dockerfile <<'P'
FROM busybox AS b
RUN mkdir -p /t/s && echo x >/t/f && ln /t/f /t/s/g && ln /t/f /t/s/h
FROM scratch
COPY --from=b /t/s /
P
docker build -q -o type=tar,dest=o.tar . >/dev/null
has 'an exported archive keeps hard links' "$(tar tvf o.tar)" 'h link to g'

printf 'FROM busybox\nRUN --mount=typ=cache true\n' >Dockerfile
run docker build .
has 'a wrong mount is no parse error' "$out" "failed to solve: unexpected key 'typ' in 'typ=cache' (did you mean type?)"
mkdir src && cp f src/
printf 'FROM busybox\nWORKDIR /w\nRUN --mount=source=src,from= cat f >/got\nCOPY --from= f /w/\nRUN cat f /got\n' >Dockerfile
t 'without a target a mount is at the working directory; an empty from is the context' docker build .

printf 'FROM --platform=a/b/c/d busybox\n' >Dockerfile
run docker build .
has 'what is no platform is refused' "$out" 'failed to parse platform a/b/c/d: "a/b/c/d": cannot parse platform specifier: invalid argument'
printf 'FROM busybox\nARG S=sha256:12\nADD --checksum=$S http://127.0.0.1:1/f /\n' >Dockerfile
run docker build .
has '--checksum is expanded, and judged before anything is fetched' "$out" 'failed to solve: invalid checksum digest length'

done_testing
