# docker with -i and -t in the lesson shell: keys, raw mode, window, job control, all through the shim
. "$(dirname "$0")/lib.sh"
command -v python3 >/dev/null || { skip 'docker on a terminal' 'no python3'; done_testing; exit 0; }
name=terminal-$$
lesson=$work/$name.md
session=lesson-$name
space=$work/space
mkdir "$space"
cat >"$lesson" <<'EOF'
# Names

## Tag it

Give it your name, `<your_dockerhub_username>`:

```bash
docker tag busybox <your_dockerhub_username>/busybox
```

## Stop it

```bash
docker stop <container_id>
```
EOF
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

drive 'a placeholder is asked for, shown filled in, and filled in where it is typed' <<'EOF'
see <your_dockerhub_username> is?
type ada
see Give it your name, ada:
see docker tag busybox ada/busybox
prompt
type docker tag busybox <your_dockerhub_username>/busybox
see docker tag busybox ada/busybox
see Step 1 is done
prompt
type echo <container_id>
see <container_id> is?
type web
see echo web
prompt
type quit
end
EOF
t 'the image is tagged with it' inside image inspect ada/busybox
drive 'it is remembered' <<'EOF'
see Give it your name, ada:
prompt
type quit
end
EOF

drive 'docker run -it has the terminal: echo, Ctrl-C, Ctrl-D, window, exit code' <<'EOF'
prompt
type docker run -it --name it busybox sh
see / #
type tty; stty size
see /dev/pts/0
see 40 100
see / #
size 30 70
type while [ "$(stty size)" != "30 70" ]; do sleep 0.1; done; echo si""zed
see sized
see / #
type sh -c 'echo up""1; exec sleep 1000'
see up1
key ^C
see / #
type vi file
see - file 1/1
type iin the editor
see in the editor
key ESC
see - file [Modified]
type :wq
see / #
type cat file; exit 7
see in the editor
prompt
type echo "status $?"; stty -a | grep -c ' icanon'
see status 7
see 1
prompt
type docker run -it --rm busybox sh
see / #
key ^D
prompt
type quit
end
EOF

drive 'detach keys, attach, exec -it, start -ai' <<'EOF'
prompt
type docker run -it --name de busybox sh
see / #
key ^P
key ^Q
prompt
type docker exec -it de sh -c 'stty size; exit 3'
see 40 100
prompt
type echo "status $?"; docker attach de
see status 3
type echo he""re; exit 4
see here
prompt
type docker start -ai de
see / #
type exit 5
prompt
type echo "status $?"
see status 5
prompt
type docker rm de it
prompt
type quit
end
EOF

drive 'docker run -i on a terminal: lines and Ctrl-D, Ctrl-Z and fg' <<'EOF'
prompt
type docker run -i --rm busybox sh -c 'while read x; do echo "<$x>"; done; echo "over<$x>"'
type one
see <one>
key ^Z
see Stopped
prompt
type fg
see docker run
type two
see <two>
key half
key ^D
key 	line
key ^D
key ^D
see over<half	line>
prompt
type docker run -i --rm busybox sh -c 'echo rea""dy; exec cat' | tr a-z A-Z
see READY
key word
key ^D
key ^D
see WORD
prompt
type docker run -it --rm busybox true & while [ -z "$(jobs -s)" ]; do sleep 0.1; done; jobs
see Stopped
prompt
type fg
prompt
type quit
end
EOF

drive 'keys that docker does not ask for are the next line' <<'EOF'
prompt
type docker run --rm busybox sh -c 'echo be""gun; sleep 1; cat'
see begun
type echo the next $((1 + 1))
see the next 2
prompt
type docker create --name old busybox true
prompt
type docker container prune
see [y/N]
type y
see Deleted Containers
see Total reclaimed space
prompt
type quit
end
EOF
is 'prune was told yes' "$(inside ps -aq)" ''

drive 'kill -9 of the docker in the workstation hangs up and gives the terminal back' <<EOF
prompt
type (sleep 3; pkill -9 -f '[n]ame hung$$') & docker run -it --name hung$$ busybox sh
see / #
see Killed
prompt
type stty -a | grep -c ' icanon'
see 1
prompt
type docker rm -f hung$$
see hung
prompt
type quit
end
EOF

drive 'the environment of the workstation is known by name' <<'EOF'
prompt
type export COLOUR=bl""ue
prompt
type docker run --rm -e COLOUR -e NOTHING busybox env
see COLOUR=blue
never NOTHING=
prompt
type quit
end
EOF

mkdir "$space/my folder" && echo inside >"$space/my folder/a b.txt"
drive 'a name with blanks is completed' <<'EOF'
prompt
key cat my	a	
type  
see inside
prompt
key cat 'my	a	
type  
see inside
prompt
type quit
end
EOF
done_testing
