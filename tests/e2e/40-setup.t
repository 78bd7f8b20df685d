# setup: from packages that are there, from a mirror, interrupted, damaged, gone; and away again
. "$(dirname "$0")/lib.sh"
prepared=$DRYDOCK_HOME
export DRYDOCK_HOME="$work/home" DRYDOCK_SESSION=default
nowhere=http://127.0.0.1:1

# Packages that the prepared home fetched; without links, so that the tests may damage them.
stock() {
	mkdir -p "$DRYDOCK_HOME/debs" && cp "$prepared"/debs/[0-9a-f]* "$DRYDOCK_HOME/debs/"
}
library() {
	python3 -c 'import json, sys; print(sorted(json.load(open(sys.argv[1] + "/store/library.json")).items()))' "$1"
}
# The lock line of a package, as "SHA256 PATH".
line_of() {
	awk -v name="$1" '$1 == name { print $5, $6; exit }' "$here"/assets/locks/busybox
}

stock
run env DRYDOCK_MIRROR=$nowhere "$DRYDOCK_BIN" setup
is 'with all packages there no mirror is needed' $code 0
is 'the same images come out' "$(library "$DRYDOCK_HOME")" "$(library "$prepared")"
run "$DRYDOCK_BIN" setup
is 'a second time there is nothing to do' "$out" "Everything is set up in $DRYDOCK_HOME."
run docker run --rm python:3.9-slim python -c 'import ssl, sqlite3, ctypes; print(1)'
is 'its Python works' "$out" 1
run docker run --rm python:3.9-slim dpkg --audit
is 'dpkg finds nothing wrong' "$code$out" 0
run docker run --rm python:3.9-slim sh -c 'pip install flask gunicorn requests >/dev/null 2>&1 && pip check'
is 'pip installs from the wheels' "$out" 'No broken requirements found.'
run docker run --rm python:3.9-slim sh -c 'python -m venv /v && /v/bin/pip --version | cut -d" " -f1-2'
is 'a virtual environment gets pip' "$out" 'pip 23.0.1'
run docker run --rm debian:bookworm-slim sh -c 'dpkg --audit; apt-get check >/dev/null && readlink /bin /var/run'
is 'debian:bookworm-slim is whole, with /usr merged' "$out" 'usr/bin
/run'
run docker images
has 'it is listed' "$out" bookworm-slim
hasnt 'the workstation is not listed' "$out" workstation
run "$DRYDOCK_BIN" setup --usage
has '--usage counts the layers' "$out" 'MB  store/layers'
has 'and the packages for apt' "$out" 'MB  apt'
rm -r "$DRYDOCK_HOME/apt" "$DRYDOCK_HOME/debs/$(awk '$1 == "gcc" { print $5 }' "$here"/assets/locks/pool-bullseye)"
run env DRYDOCK_MIRROR=$nowhere "$DRYDOCK_BIN" setup
is 'packages for apt that cannot be fetched are an error' $code 1
run env DRYDOCK_MIRROR=$nowhere "$DRYDOCK_BIN" setup --images
is 'but not for who wants images only' "$code$out" "0Everything is set up in $DRYDOCK_HOME."
run docker run --rm python:3.9-slim apt-get install -y gcc
has 'apt then has nothing to install' "$out" 'E: Unable to locate package gcc'
run "$DRYDOCK_BIN" setup --remove </dev/null
is '--remove says so' "$out" "Removed $DRYDOCK_HOME."
t 'and it is gone' test ! -e "$DRYDOCK_HOME"

set -- $(line_of busybox-static)
sum=$1 path=$2
stock
rm "$DRYDOCK_HOME/debs/$sum"
run env DRYDOCK_MIRROR=file://$work/mirror "$DRYDOCK_BIN" setup
is 'a package that is gone stops it' $code 1
has 'with its name' "$out" 'the package busybox-static'
has 'and the ways out' "$out" DRYDOCK_MIRROR
run env DRYDOCK_MIRROR=$nowhere "$DRYDOCK_BIN" setup
is 'a mirror that does not answer stops it' $code 1
hasnt 'and is not called gone' "$out" 'not on the mirror any more'

mkdir -p "$work/mirror/$(dirname "$path")"
head -c 928188 /dev/zero >"$work/mirror/$path"
run env DRYDOCK_MIRROR=file://$work/mirror "$DRYDOCK_BIN" setup
is 'a damaged package is refused' $code 1
has 'by its sum' "$out" SHA-256
t 'and not kept' test ! -e "$DRYDOCK_HOME/debs/$sum"

# The main archive has it not, the security archive has: packages move.
rm "$work/mirror/$path"
moved=$work/mirror/debian-security/${path#debian/}
mkdir -p "$(dirname "$moved")" && cp "$prepared/debs/$sum" "$moved"
head -c 1000 "$moved" >"$DRYDOCK_HOME/debs/$sum.part"
run env DRYDOCK_MIRROR=file://$work/mirror "$DRYDOCK_BIN" setup
is 'one that moved is found, what was interrupted goes on' $code 0
has 'and only that is fetched' "$out" 'fetching 1 package for images,'
"$DRYDOCK_BIN" setup --remove </dev/null >/dev/null 2>&1
done_testing
