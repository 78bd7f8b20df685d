# the lesson shell on a terminal, as a student types into it
. "$(dirname "$0")/lib.sh"
command -v python3 >/dev/null || { skip 'the shell on a terminal' 'no python3'; done_testing; exit 0; }
name=shell-$$
lesson=$work/$name.md
session=lesson-$name
space=$work/space
mkdir "$space"
cp "$here/lessons/01-your-first-image.md" "$lesson"
trap 'DRYDOCK_SESSION=$session; docker rm -f $(docker ps -aq) >/dev/null 2>&1; "$DRYDOCK_BIN" session rm "$session" >/dev/null 2>&1; cleanup' EXIT

# drive 'sentence' : types the script on standard input into a shell of its own
drive() {
	cat >script
	t "$1" python3 "$here/tests/e2e/drive.py" script \
		"$DRYDOCK_BIN" learn --private --workspace "$space" "$lesson"
}
inside() {
	DRYDOCK_SESSION=$session docker "$@"
}

drive 'it opens with the first step, and knows its words' <<'EOF'
see Your first image and your first container
see Step 1 of 8
see This is already so
prompt
type check
see This lesson is not one of Drydock's
see Go on (y/N)?
type y
see there is an image python:3.9-slim
prompt
type hint
see Hint 1
see REPOSITORY:TAG
prompt
type help
see turn back a page
prompt
type next
see Write the application
see Step 2 of 8
prompt
type next
see there is no app.py
see Not there yet
prompt
type progress
see 1 of 8 steps reached
prompt
type back
see Step 1 of 8
prompt
type quit
see Everything is kept
end
EOF

drive 'bash keeps its folder, variables and functions; lines join to commands' <<'EOF'
prompt
type mkdir -p sub && cd sub
prompt
type pwd
see space/sub
prompt
type X=4; f() { echo "f $1 $((X + 1))"; }; alias say=echo
prompt
type f a; say b$((X * 11))
see f a 5
see b44
prompt
type false
prompt
type echo "status $?"
see status 1
prompt
type cd .. && cat > poem <<'END'
see >
type one
type END
prompt
type for i in 1 2; do
see >
type echo "$i$(cat poem)"
type done
see 1one
see 2one
prompt
type echo 'a
see >
type b' | tr '\n' +
see a+b+
prompt
type nosuchprogram
see nosuchprogram: command not found
prompt
type exit 3
see has ended
prompt
type echo still $((40 + 2))
see still 42
prompt
type quit
end
EOF

drive 'docker works in pipes, substitutions, redirections and after cd' <<'EOF'
prompt
type docker run -d --name webby busybox sleep 1000
prompt
type docker ps | grep -c webby
see 1
prompt
type docker ps -q > ids 2>&1; wc -l < ids
see 1
prompt
type docker rm -f $(docker ps -aq)
prompt
type docker ps -aq | wc -l
see 0
prompt
type mkdir -p app && printf 'FROM busybox\nRUN echo made > /made\n' > app/Dockerfile
prompt
type cd app && docker build -t small . && cd ..
see naming to docker.io/library/small
prompt
type docker run --rm small cat /made
see made
prompt
type echo FROM busybox | docker build -q -
see sha256:
prompt
type quit
end
EOF
drive 'a container that one types into' <<'EOF'
prompt
type docker run -it --rm busybox sh
see / #
type echo in$((1 + 1))
see in2
key ^C
see / #
type exit 4
prompt
type echo "status $?"
see status 4
prompt
type quit
end
EOF
is 'what was built is in the session' "$(inside images -q small | wc -l)" 1

drive 'Ctrl-C ends a foreground container, a build and a line' <<'EOF'
prompt
type docker run --rm --name fore busybox sh -c 'trap "exit 5" INT; echo up$((1 + 1)); while :; do sleep 0.1; done'
see up2
key ^C
prompt
type echo "status $?"
see status 5
prompt
type printf 'FROM busybox\nRUN echo be""gun; sleep 1000\n' | docker build -t never -
see begun
key ^C
prompt
type docker images -q never | wc -l
see 0
prompt
type sh -c 'echo asleep$((1 + 1)); exec sleep 1000'
see asleep2
key ^C
prompt
key half a line
see half a line
key ^C
prompt
type echo whole$((1 + 1))
see whole2
prompt
never half
type sh -c 'echo run$((1 + 1)); exec sleep 1000'
see run2
key ^Z
see Stopped
prompt
type kill %1; echo killed$((1 + 1))
see killed2
prompt
type quit
end
EOF
is 'nothing of the interrupted build is tagged' "$(inside images -q never | wc -l)" 0

echo one >"$space/poem"
drive 'programs that own the screen; the window has a size' <<'EOF'
prompt
type nano poem
see one
key ^X
prompt
type less poem
see one
key q
prompt
size 30 64
type stty size
see 30 64
prompt
type quit
end
EOF

drive 'the tutor has a word for beginners' <<'EOF'
prompt
type sudo docker ps
see not needed here
prompt
type $ docker ps
see begins with a prompt sign
prompt
type docker build -t my-python-app
see requires exactly 1 argument
see The folder to build from is missing
prompt
type docker run -d busybocks
see Unable to find image 'busybocks:latest' locally
see Did you mean busybox
prompt
type quit
end
EOF

cat >"$space/app.py" <<'EOF'
host = "0.0.0.0"
EOF
drive 'a step is left when it is done, and remembered through kill -9' <<'EOF'
prompt
type next
see Step 2 of 8
prompt
type echo Flask > requirements.txt
see requirements.txt contains Flask
see Step 2 is done
prompt
type next
see Step 3 of 8
prompt
type docker run -d --name stays busybox sleep 1000
prompt
type echo $PPID; sleep 7777
see sleep 7777
kill
EOF
none_like() {
	for p in /proc/[0-9]*; do
		[ "$(tr '\0' ' ' <"$p/cmdline" 2>/dev/null)" != "$1 " ] || return 1
	done
}
t 'nothing that it started in the workstation is left' soon none_like 'sleep 7777'
is 'a detached container stays' "$(inside inspect -f '{{.State.Running}}' stays)" true
drive 'the next shell goes on there' <<'EOF'
see Welcome back
see Step 3 of 8
prompt
type docker ps
see stays
prompt
type progress
see 2 of 8 steps reached
prompt
type quit
end
EOF

mkfifo hold
(python3 "$here/tests/e2e/drive.py" hold "$DRYDOCK_BIN" learn --private --workspace "$space" "$lesson" >first 2>&1) &
first=$!
exec 7>hold
printf 'prompt\ntype touch from-first\nprompt\n' >&7
t 'a first shell is at work' soon test -e "$space/from-first"
drive 'a second shell in the same course works beside it' <<'EOF'
prompt
type ls
see from-first
prompt
type docker rm -f stays
prompt
type quit
end
EOF
printf 'type docker ps -aq | wc -l\nsee 0\nprompt\ntype quit\nend\n' >&7
exec 7>&-
if wait $first; then ok 'and the first goes on'; else nok 'and the first goes on' "$(cat first)"; fi
done_testing
