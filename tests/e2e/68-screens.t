# what a student sees, in a real terminal (tmux), held against kept screens in screens/.
# UPDATE=1 writes them anew: look at them before they are committed.
. "$(dirname "$0")/lib.sh"
command -v tmux >/dev/null || { skip 'screens' 'no tmux'; done_testing; exit 0; }
screens=$here/tests/e2e/screens
session=lesson-screens
export TMUX_TMPDIR="$work" LC_ALL=C.UTF-8
trap 'tmux kill-server 2>/dev/null; DRYDOCK_SESSION=$session docker rm -f $(docker ps -aq) >/dev/null 2>&1; "$DRYDOCK_BIN" session rm "$session" >/dev/null 2>&1; cleanup' EXIT
cat >screens.md <<'END'
# A small image

An image is a *folder tree* with instructions. You make one of `busybox`.

## Write the Dockerfile

Create a file named `Dockerfile`:

```dockerfile
FROM busybox
CMD ["echo", "hello"]
```

<details><summary>Hint</summary>

Two lines, the first begins with **FROM**.

</details>

## Build and run it

| option | what it does |
|---|---|
| `-t` | gives the image a name |

```bash
docker build -q -t small .
docker run --rm small
```
END
pane() {
	tmux capture-pane -p $esc -t s | sed 's/[[:space:]]*$//' | sed -e :a -e '/^\n*$/{$d;N;ba' -e '}'
}
# The prompt is the last thing on the screen, with nothing behind it.
ready() {
	pane | sed 's/\x1b\[[0-9;]*m//g' | tail -1 | grep -q '[]] .* \$$'
}
open_screen() { # COLUMNS ROWS ENVIRONMENT...
	x=$1 y=$2
	shift 2
	"$DRYDOCK_BIN" session rm "$session" >/dev/null 2>&1
	rm -rf space && mkdir space
	tmux kill-server 2>/dev/null
	tmux -f /dev/null new-session -d -s s -x "$x" -y "$y" \
		env "$@" "$DRYDOCK_BIN" learn --private --workspace space "$work/screens.md"
	soon ready
}
line() {
	tmux clear-history -t s
	tmux send-keys -t s -l "$1"
	tmux send-keys -t s Enter
	soon quiet "$1"
}
# The line was taken (a prompt stands below it).
quiet() {
	ready && pane | sed 's/\x1b\[[0-9;]*m//g' | tail -1 | grep -qv -F "\$ $1"
}
# Ids and times differ from run to run.
same_always() {
	sed -E 's/sha256:[0-9a-f]{64}/sha256:ID/; s/kept-[0-9-]+/kept-TIME/; s/lesson-screens.*/.../; s,/[^ ]*/space$,FOLDER,'
}
screen() {
	pane | same_always >"got"
	if [ -n "${UPDATE:-}" ]; then
		cp got "$screens/$1"
	fi
	if cmp -s got "$screens/$1"; then ok "the screen is $1"; else nok "the screen is $1" "$(diff "$screens/$1" got)"; fi
}
walk() {
	esc=$2
	screen "$1-first"
	line clear
	line check
	line hint
	screen "$1-check"
	line clear
	line 'printf "FROM busybox\nCMD [\"echo\", \"hello\"]\n" > Dockerfile'
	line next
	screen "$1-next"
	line clear
	line 'docker bild -t small .'
	line 'docker build -q -t small .'
	line 'docker run --rm small'
	line progress
	screen "$1-done"
	line clear
	line help
	screen "$1-help"
	line quit
}
esc=
open_screen 80 24 TERM=xterm-256color NO_COLOR=1
walk plain-80x24 ''
open_screen 200 50 TERM=xterm-256color NO_COLOR=1
walk plain-200x50 ''
# Colours are the terminal's own sixteen: they are as readable on light as on dark.
open_screen 80 24 TERM=xterm-256color
walk colour-80x24 -e
done_testing
