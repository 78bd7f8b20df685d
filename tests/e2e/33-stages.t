# docker build: stages that do not need each other are built side by side
. "$(dirname "$0")/lib.sh"

drafts() {
	ls -A "$DRYDOCK_HOME"/store/tmp/* | grep -c ^d-
}

no_drafts() {
	[ "$(drafts)" = 0 ]
}

gone() {
	[ -z "$(pgrep -f "sleep $1")" ]
}

# Each waits for a file of the other's: one after the other would never end.
meet='i=0; until [ -e /c/$you ]; do i=$((i+1)); [ $i -lt 300 ] || exit 9; sleep 0.05; done'
cat >Dockerfile <<P
FROM busybox AS a
RUN --mount=type=cache,target=/c,id=meet-$$ me=a you=b; touch /c/\$me; $meet; echo from-a >/a
FROM busybox AS b
RUN --mount=type=cache,target=/c,id=meet-$$ me=b you=a; touch /c/\$me; $meet; echo from-b >/b
FROM busybox AS unused
RUN false
FROM busybox
COPY --from=a /a /
COPY --from=b /b /
RUN cat /a /b
P
run docker build --no-cache .
is 'two stages meet' $code 0
has 'and what both made is there' "$out" ' from-b'
hasnt 'a stage that nobody needs is not built' "$out" unused
run docker build .
is 'all of it is in the cache then' "$(echo "$out" | grep -c '#[0-9]* CACHED')" 5

cat >Dockerfile <<P
FROM busybox AS a
RUN --mount=type=cache,target=/c,id=same-$$ echo done >>/c/f; wc -l </c/f
FROM busybox AS b
RUN --mount=type=cache,target=/c,id=same-$$ echo done >>/c/f; wc -l </c/f
FROM busybox
COPY --from=a /bin/true /a
COPY --from=b /bin/true /b
P
run docker build --no-cache .
is 'the same work in two stages is done once' "$(echo "$out" | grep -c 'RUN --mount')" 1
has 'really' "$out" ' 1
'

cat >Dockerfile <<P
FROM busybox AS a
RUN --mount=type=cache,target=/c,id=fail-$$ until [ -e /c/b ]; do sleep 0.05; done; echo last words; exit 7
FROM busybox AS b
RUN --mount=type=cache,target=/c,id=fail-$$ echo begun; touch /c/b; sleep 8$$ & sleep 8$$
FROM busybox
COPY --from=b /bin/true /b
COPY --from=a /bin/true /a
P
run docker build --no-cache .
is 'a stage that fails ends the build' $code 1
is 'and the other stage' "$(echo "$out" | grep '^#[0-9]* CANCELED' | wc -l)" 1
has 'its own words are shown' "$out" 'last words
------
Dockerfile:2'
has 'and its line' "$out" '   2 | >>> RUN'
is 'no process stays' "$(pgrep -f "sleep 8$$" | wc -l)" 0
is 'no half-made layer stays' "$(drafts)" 0

printf 'FROM busybox AS a\nRUN echo begun; sleep 9%s\nFROM busybox AS b\nRUN sleep 9%s & echo begun; sleep 9%s\nFROM busybox\nCOPY --from=b /bin/true /b\nCOPY --from=a /bin/true /a\n' $$ $$ $$ >Dockerfile
both() {
	[ "$(pgrep -fc "^sleep 9$$")" = 3 ]
}
"$DRYDOCK_BIN" docker build --no-cache . >log 2>&1 &
builder=$!
soon both
kill -INT $builder
wait $builder
is 'Ctrl-C: exit code' $? 130
is 'Ctrl-C: both are told' "$(grep -c '^#[0-9]* CANCELED' log)" 2
is 'Ctrl-C: no process stays' "$(pgrep -f "sleep 9$$" | wc -l)" 0
is 'Ctrl-C: no half-made layer stays' "$(drafts)" 0

"$DRYDOCK_BIN" docker build --no-cache . >log 2>&1 &
builder=$!
soon both
kill -KILL $builder
wait $builder 2>/dev/null
t 'kill -9: no process stays' soon gone "9$$"
printf 'FROM busybox\nRUN echo after %s\n' $$ >Dockerfile
t 'kill -9: the next build is none the worse' docker build .
is 'and clears up' "$(drafts)" 0

# a build that waits for another one's cache can be ended
printf 'FROM busybox\nRUN --mount=type=cache,id=l%s,sharing=locked,target=/c echo begun; sleep 9%s\n' $$ $$ >Dockerfile
"$DRYDOCK_BIN" docker build --no-cache . >log 2>&1 &
holder=$!
soon grep -q ' begun' log
"$DRYDOCK_BIN" docker build --no-cache . >log2 2>&1 &
waiter=$!
soon grep -q 'RUN --mount' log2
kill -TERM $waiter
wait $waiter
is 'who waits for a locked cache can be ended' $? 130
kill -TERM $holder
wait $holder 2>/dev/null

printf 'FROM busybox\nRUN yes %050d | head -c 4000000; echo the end\n' 1 >Dockerfile
docker build --no-cache . >log 2>&1
t 'a step that prints too much is cut off, as BuildKit does' grep -q 'output clipped, log limit 2[0MKi]*B[/s]* reached' log

# two builds of the same at once
cat >Dockerfile <<P
FROM busybox AS a
RUN echo $$ >/a; sleep 0.2
FROM busybox AS b
RUN echo $$ >/b; sleep 0.2
FROM busybox
COPY --from=a /a /
COPY --from=b /b /
P
for i in 1 2 3; do
	docker build -q -t "same$$:$i" . >"id$i" 2>&1 &
done
wait
is 'several builds at once all end well' "$(grep -c '^sha256:' id1 id2 id3 | tr '\n' ' ')" 'id1:1 id2:1 id3:1 '
for i in 1 2 3; do
	docker run --rm "same$$:$i" cat /a /b
done >files
is 'with the right files' "$(sort -u files)" $$
run docker build .
is 'and one cache' "$(echo "$out" | grep -c '#[0-9]* CACHED')" 4
docker rmi "same$$:1" "same$$:2" "same$$:3" >/dev/null 2>&1

# ---- docker builder prune: in a home of its own, the cache belongs to all sessions

export DRYDOCK_HOME="$work/home"
mkdir home
docker load -q -i "$here/tests/oracle/images/busybox.tar.gz" >/dev/null
printf 'FROM busybox\nRUN echo 1 >/a\n' >Dockerfile
docker build -q -t keep . >/dev/null
printf 'FROM busybox\nRUN head -c 200000 /dev/zero >/c\n' >Dockerfile.gone
docker rmi "$(docker build -q -f Dockerfile.gone .)" >/dev/null
tab=$(printf '\t')
has 'what the cache has' "$(docker buildx du)" "${tab}true ${tab}${tab}200kB     ${tab}"
run docker builder prune -f
has 'only what no image stands on goes' "$out" "Total:${tab}200kB"
has 'the rest is still there' "$(docker build . 2>&1)" CACHED
run docker builder prune -af
has 'unless all goes' "$out" "Total:${tab}2B"
hasnt 'then a build has to work' "$(docker build . 2>&1 | grep -A1 RUN)" CACHED
is 'a word that is not y is a no' "$(echo n | docker builder prune)" 'WARNING! This will remove all dangling build cache. Are you sure you want to continue? [y/N] '
"$DRYDOCK_BIN" setup --remove >/dev/null 2>&1
export DRYDOCK_HOME="$DRYDOCK_TEST_HOME"
done_testing
