# what lessons can check, in the real shell: each verb fails before and holds after
. "$(dirname "$0")/lib.sh"
name=checks-$$
space=$work/space
mkdir "$space"
session=lesson-$name
trap 'DRYDOCK_SESSION=$session; docker rm -f $(docker ps -aq) >/dev/null 2>&1; "$DRYDOCK_BIN" session rm "$session" >/dev/null 2>&1; cleanup' EXIT
# proves 'sentence' 'checks' 'commands': the checks fail before the commands and hold after them
proves() {
	printf '# Checks\n\n## Do\n\n```bash\n%s\n```\n\n<!-- expect\n%s\n-->\n' "$3" "$2" >$name.md
	run "$DRYDOCK_BIN" lesson check $name.md
	if [ $code = 0 ]; then ok "$1"; else nok "$1" "$out"; fi
}
proves 'a volume' 'volume data exists' 'docker volume create data'
proves 'no layer has a file' 'image good file /secret absent from every layer' \
	"printf 'FROM busybox\nRUN echo a > /a\n' | docker build -t good -"
proves 'a layer below has it still' 'image bad file /secret absent
image bad not file /secret absent from every layer' \
	"printf 'FROM busybox\nRUN echo s > /secret\nRUN rm /secret\n' | docker build -t bad -"
proves 'a rebuild keeps what it can' 'rebuild after edit app.py keeps "RUN *slow*" cached
rebuild not after edit app.py keeps "COPY . *" cached' \
	"echo 1 > app.py; printf 'FROM busybox\nRUN echo slow\nCOPY . /app\n' > Dockerfile; docker build -t app ."
# whatever id the workstation's root has on this machine
proves 'what docker writes is the student'"'"'s' 'file saved.tar exists
file exported.tar exists
file iid exists
file cid exists
file out/greeting exists
file back/greeting contains "hello"
container writer logs contains "00 00 00"' "echo hello > greeting; printf 'FROM scratch\nCOPY greeting /\n' > Dockerfile
docker build -q --iidfile iid -t files . && docker build -q -o out .
docker save -o saved.tar files
docker create --cidfile cid --name writer -v \"\$PWD:/w\" busybox sh -c 'echo \$(stat -c %u%g /in/greeting /w/iid /w/back/greeting)'
mkdir in && cp greeting in/ && docker cp in writer:/ && docker cp writer:/in back
docker export -o exported.tar writer
docker start -a writer"
proves 'one of several' 'any of
   image one exists
   image two exists' 'docker tag busybox two'
proves 'what needs another is skipped, not failed' 'image first exists
   id: first
image first same as busybox
   needs: first' 'docker tag busybox first'
proves 'it may come true a little later' 'file later exists
   within: 10s' '(sleep 2; touch later) &'
proves 'a command and its exit status' 'run "docker run*busybox*" exits 3' \
	"docker run --rm busybox sh -c 'exit 3'"

cat >$name.md <<'END'
# Questions

## Ask

How many layers has busybox?

<!-- expect
answer layers = 1
   hint: count them
-->

## Ask again

<!-- expect
answer != none
-->
END
learn() {
	"$DRYDOCK_BIN" learn --private --workspace "$space" $name.md
}
printf 'check\nanswer layers 7\n' >script
run learn <script
has 'a question is open first' "$out" 'it is not answered yet'
has 'a wrong answer is one' "$out" 'the answer 7'
hasnt 'and the right one is not given away' "$out" 'layers = 1'
printf 'answer layers 1\nnext\nanswer some words\n' >script
run learn <script
is 'right answers complete the lesson' $code 0
[ $code = 0 ] || printf '%s\n' "$out" | sed 's/^/#   /'
done_testing
