# going to another time in the shell: checkpoints, solve, skip, goto, reset, undo; and the other words
. "$(dirname "$0")/lib.sh"
command -v python3 >/dev/null || { skip 'the shell on a terminal' 'no python3'; done_testing; exit 0; }
name=travel-$$
lesson=$work/$name.md
session=lesson-$name
space=$work/space
mkdir "$space"
inside() {
	DRYDOCK_SESSION=$session docker "$@"
}
trap 'inside rm -f $(inside ps -aq) >/dev/null 2>&1; for s in "$session" $("$DRYDOCK_BIN" session list | grep -o "played-[0-9a-f]*"); do "$DRYDOCK_BIN" session rm "$s" >/dev/null 2>&1; done; cleanup' EXIT
cat >"$lesson" <<END
# Travel $$

## Write it

\`\`\`dockerfile
FROM busybox
RUN echo one > /one
\`\`\`

## Build it

\`\`\`bash
docker build -t travel-app .
\`\`\`

## Run it

\`\`\`bash
docker run -d --name travel-web -v "\$PWD:/data" travel-app sleep 1000
\`\`\`

## Look at it

\`\`\`bash
docker exec travel-web cat /one
\`\`\`
END
drive() {
	cat >script
	t "$1" python3 "$here/tests/e2e/drive.py" script \
		"$DRYDOCK_BIN" learn --private --workspace "$space" "$lesson"
}

drive 'goto plays what comes before, once, and says what it keeps' <<'END'
prompt
type echo mine > notes; docker run --name travel-web busybox true
prompt
type goto 4
see This lesson is not one of Drydock's
see Go on (y/N)?
type y
see playing step 3: Run it
see the container travel-web was removed: its name is needed
see Step 4 of 4
see What you had is kept
prompt
type docker ps --format '{{.Names}} {{.Status}}'
see travel-web Up
prompt
type docker exec travel-web ls /data
see Dockerfile
see notes
prompt
type undo
see in step 1
prompt
type ls -x
see notes
never Dockerfile
prompt
type docker ps -a --format '{{.Names}} {{.Status}}'
see travel-web Exited (0)
prompt
type goto 3
see Step 3 of 4
prompt
type docker images -q travel-app | wc -l
see 1
never playing
prompt
type quit
end
END
is 'a container that was brought along uses the folder of the student' \
	"$(inside ps -aq | wc -l)" 1

drive 'solve shows, reset takes back, nothing is lost' <<'END'
see Step 3 of 4
prompt
type docker rm -f travel-web; echo precious > draft
prompt
type solve
see $ docker run -d --name travel-web
see Step 3 is done
prompt
type next
see Step 4 of 4
prompt
type docker rm -f travel-web; rm notes; echo junk > junk
prompt
type reset
see as it was when this step began
prompt
type cat draft notes; ls
see precious
see mine
never junk
prompt
type docker inspect -f 'runs {{.State.Running}}' travel-web
see runs true
prompt
type undo
see as it was before
prompt
type cat junk
see junk
prompt
type back
see stay as they are
prompt
type next
see Step 4 of 4
prompt
type reset
see as it was when this step began
prompt
type skip
prompt
type progress
see 2 of 4 steps reached
prompt
type quit
end
END
kept=$(find "$DRYDOCK_HOME/sessions/$session/checkpoints" -path '*kept-*' -name junk | head -1)
is 'what reset took away lies where it said' "$(cat "$kept" 2>&1)" junk

drive 'the words that show' <<'END'
prompt
type show 2
see Build it
see Step 2 of 4
prompt
type show Dockerfile
see RUN echo one
prompt
type show /etc/passwd
see is not in the workspace
prompt
type explain docker run -d -p 8080:80 --name web nginx
see Create and run a new container
see your prompt comes back
see HOST:CONTAINER
see what you call the container
prompt
type docker rmi nosuchimage
prompt
type explain
see $ docker rmi nosuchimage
see docker images
prompt
type explain pull access denied
see spelled right
prompt
type open http://localhost:8080/
see localhost of its own
prompt
type lessons
see Your first image and your first container
prompt
type help
see with a backslash, is bash
prompt
type \help cd | head -1
see cd: cd
prompt
type transcript report.md
see report.md
prompt
type grep -c '^Played by the tutor' report.md
prompt
type quit
end
END
has 'the transcript tells what was typed' "$(cat "$space/report.md")" '$ docker rmi nosuchimage'
has 'and what the tutor played' "$(cat "$space/report.md")" 'Played by the tutor:'
printf '#!/bin/sh\necho edited >>"$1"\n' >myedit && chmod +x myedit
EDITOR=$work/myedit drive 'edit is the editor of the student, on the file itself' <<'END'
prompt
type edit notes
prompt
type cat notes
see edited
prompt
type quit
end
END

cat >script <<'END'
prompt
type goto 1
see Step 1 of 4
prompt
type solve
prompt
type next
see Step 2 of 4
prompt
type solve
prompt
type goto 4
kill
END
python3 "$here/tests/e2e/drive.py" script "$DRYDOCK_BIN" learn --private --workspace "$space" "$lesson" >out 2>&1
drive 'killed on the way, the next shell is whole' <<'END'
see Welcome back
prompt
type docker ps -a
see CONTAINER ID
prompt
type cat Dockerfile
see FROM busybox
prompt
type quit
end
END
t 'no opening is left half done' test ! -e "$DRYDOCK_HOME/sessions/$session/opening"

printf '%s\n' 'solve' 'next' 'solve' 'next' 'solve' 'next' 'solve' >complete
"$DRYDOCK_BIN" session rm "$session" >/dev/null 2>&1 || inside rm -f travel-web >/dev/null
rm -rf "$space" && mkdir "$space"
"$DRYDOCK_BIN" session rm "$session" >/dev/null 2>&1
run sh -c '"$1" learn --private --workspace "$2" "$3" <complete' sh "$DRYDOCK_BIN" "$space" "$lesson"
is 'a script of solve and next completes a lesson' $code 0
[ $code = 0 ] || printf '%s\n' "$out" | sed 's/^/#   /'
done_testing
