# a lesson from a script: plain text, exit status 0 only when the lesson is complete
. "$(dirname "$0")/lib.sh"
lesson=$work/script-$$.md
space=$work/space
mkdir "$space"
sed 's/my-running-app/my-app-'$$'/g' "$here/lessons/01-your-first-image.md" >"$lesson"

# The commands of the lesson, in its order: a Solution stands for its step's own commands.
commands() {
	awk '/^## / { if (has == "") printf "%s", own; own = has = "" }
	     /<summary>Solution/ { solution = 1 }
	     /<\/details>/ { solution = 0 }
	     /^```bash/ { inside = 1; next }
	     /^```/ { inside = 0 }
	     inside && solution { has = 1; print }
	     inside && !solution { own = own $0 "\n" }
	     END { if (has == "") printf "%s", own }' "$lesson"
}
learn() {
	"$DRYDOCK_BIN" learn --private --workspace "$space" "$lesson"
}
session=lesson-$(basename "$lesson" .md)
trap 'DRYDOCK_SESSION=$session; docker rm -f my-app-$$ >/dev/null 2>&1; "$DRYDOCK_BIN" session rm "$session" >/dev/null 2>&1; cleanup' EXIT

printf 'docker images\necho one; false\nnosuchprogram\n' >incomplete
learn <incomplete >out 2>err
is 'an incomplete script is exit status 1' $? 1
has 'the lesson is printed' "$(cat out)" 'Choose a base image'
has 'each command stands behind a $' "$(cat out)" '$ echo one; false'
has 'and is followed by what it printed' "$(cat out)" 'one'
has 'bash says what it does not know' "$(cat out)" 'nosuchprogram: command not found'
is 'there are no escape codes' "$(grep -c "$(printf '\033')" out)" 0
is 'and no carriage returns' "$(grep -c "$(printf '\r')" out)" 0
is 'standard error is empty' "$(cat err)" ''
learn </dev/null >out 2>err
is 'no commands at all: exit status 1' $? 1

commands | sed 's/docker stop/docker stop -t 1/' >complete
has 'the lesson has its commands' "$(cat complete)" 'docker build -t my-python-app .'
learn <complete >out 2>err
code=$?
is 'the complete script is exit status 0' $code 0
[ $code = 0 ] || sed 's/^/#   /' out
hasnt 'nothing could not be found out' "$(cat out)" '  ? '
has 'the image was built' "$(cat out)" 'naming to docker.io/library/my-python-app done'
has 'the application answered' "$(cat out)" 'Hello from a container!'
has 'the last step is done' "$(cat out)" 'It was the last one'
is 'the files are in the workspace' "$(ls "$space" | tr '\n' ' ')" 'Dockerfile app.py requirements.txt '
t 'they are mine' test -O "$space/Dockerfile"
is 'the image is in the session' \
	"$(DRYDOCK_SESSION=$session docker images -q my-python-app | wc -l)" 1
learn </dev/null >out 2>err
is 'what was reached is kept: the lesson stays complete' $? 0

run "$DRYDOCK_BIN" learn "$work/none.md" </dev/null
is 'a lesson that is not there is exit status 1' $code 1
has 'and is named' "$out" "there is no lesson '$work/none.md'"
printf '# Only words\n\nNothing to do.\n' >words.md
run "$DRYDOCK_BIN" learn words.md </dev/null
has 'a text without commands is one step' "$out" 'Step 1 of 1.'
is 'of which nothing is asked' $code 0
"$DRYDOCK_BIN" session rm lesson-words >/dev/null 2>&1
printf '# T\n\n## Do\n\n```bash\npwd\n```\n' >"$work/unnamed-$$.md"
run sh -c "cd '$space' && echo pwd | '$DRYDOCK_BIN' --here '$work/unnamed-$$.md'"
has 'the word learn may be left out, --here is this folder' "$out" "$space"
"$DRYDOCK_BIN" session rm "lesson-unnamed-$$" >/dev/null 2>&1
done_testing
