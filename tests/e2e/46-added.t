# setup --add-wheels, --add-debs, --online: what is added lasts, what cannot be had is named
. "$(dirname "$0")/lib.sh"

# A home of its own: the stock of the others stays as it is.  The packages are lent.
home=$work/home
mkdir "$home"
cp -al "$DRYDOCK_HOME/debs" "$home/debs" 2>/dev/null || cp -a "$DRYDOCK_HOME/debs" "$home/debs"
export DRYDOCK_HOME="$home"
setup() {
	"$DRYDOCK_BIN" setup "$@"
}
trap 'setup --remove --force >/dev/null 2>&1; cleanup' EXIT
run setup --images
is 'images for a home of its own' $code 0
has 'and how much they take' "$out" 'Images and packages take '

# A package index on this machine's loopback, with one project that needs another.
cat >index.py <<'END'
import functools, http.server, os, sys, zipfile
def wheel(name, version, needs):
    folder = 'index/simple/' + name.replace('_', '-')
    os.makedirs(folder)
    info = f'{name}-{version}.dist-info/'
    with zipfile.ZipFile(f'{folder}/{name}-{version}-py3-none-any.whl', 'w') as z:
        z.writestr(name + '.py', 'word = "added"\n')
        z.writestr(info + 'METADATA', f'Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n' + needs)
        z.writestr(info + 'WHEEL', 'Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n')
        z.writestr(info + 'RECORD', f'{name}.py,,\n{info}METADATA,,\n{info}WHEEL,,\n{info}RECORD,,\n')
wheel('first_thing', '1.2', 'Requires-Dist: second-thing\n')
wheel('second_thing', '3', '')
wheel('later_thing', '4', '')
handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory='index')
server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), handler)
open('port', 'w').write(str(server.server_address[1]))
server.serve_forever()
END
python3 index.py 2>index.log &
server=$!
trap 'kill $server; setup --remove --force >/dev/null 2>&1; cleanup' EXIT
soon test -s port
unset PIP_EXTRA_INDEX_URL PIP_FIND_LINKS PIP_NO_INDEX http_proxy https_proxy
export PIP_INDEX_URL="http://127.0.0.1:$(cat port)/simple" PIP_RETRIES=1

printf 'first-thing>=1\n' >requirements.txt
run setup --add-wheels requirements.txt
is 'wheels are added' $code 0
has 'what was asked for' "$out" 'added first_thing-1.2-py3-none-any.whl'
has 'and what it needs' "$out" 'added second_thing-3-py3-none-any.whl'
run setup --add-wheels requirements.txt
has 'once' "$out" 'All of it is there already.'
printf 'first-thing\nno-such-thing==9\n' >absent.txt
run setup --add-wheels absent.txt
is 'what the index does not have' $code 1
has 'is named' "$out" "no-such-thing==9 cannot be had for python:3.9-slim: this machine's package index does not have it"
run env PIP_INDEX_URL=http://127.0.0.1:9/simple "$DRYDOCK_BIN" setup --add-wheels requirements.txt
has 'an index that cannot be reached is told' "$code $out" "1 asking"
has 'as that' "$out" 'first-thing>=1 cannot be had for python:3.9-slim: this machine'\''s package index cannot be reached'

mkdir app
printf 'FROM python:3.9-slim\nRUN pip install first-thing && python -c "import first_thing; print(first_thing.word)"\n' >app/Dockerfile
# as if a newer version brought other wheels
rm -f "$home/wheels.json"
run setup --images
is 'setup keeps it' $code 0
run docker build --no-cache app
is 'pip has it without a network' $code 0
has 'and it runs' "$out" ' added'
run setup --usage
t 'its size is told' sh -c 'echo "$1" | grep -q "[1-9].* added  *what was added"' - "$out"

# ---- apt
run env DRYDOCK_MIRROR=http://127.0.0.1:9 "$DRYDOCK_BIN" setup --online on
is 'online is chosen' "$code $out" "0 pip and apt of a build ask this machine's package index and mirror."
printf 'FROM python:3.9-slim\nRUN pip install later-thing && python -c "import later_thing; print(later_thing.word)"\n' >app/Dockerfile
run docker build --no-cache app
is 'pip of a build then asks the index of this machine' $code 0
has 'by its address' "$out" "Downloading $PIP_INDEX_URL/later-thing/later_thing-4"
printf 'FROM debian:bookworm-slim\nRUN cat /etc/apt/drydock.list; apt-get update; apt-get install -y jq\n' >app/Dockerfile
run docker build --no-cache app
has 'and apt the mirror' "$out" 'deb http://127.0.0.1:9/debian bookworm main'
has 'in its own words, where it is not there' "$out" 'E: Unable to locate package jq'
run setup --online off
printf 'FROM python:3.9-slim\nRUN pip install later-thing\n' >app/Dockerfile
run docker build --no-cache app
is 'off again' $code 1
has 'it is not found' "$out" 'No matching distribution found for later-thing'
run "$DRYDOCK_BIN" setup --online maybe
is 'nothing between' $code 2

if [ ! -f "$DRYDOCK_TEST_HOME/apt/bookworm/Packages" ]; then
	skip 'packages that no mirror has' 'the packages for apt were not fetched'
	done_testing
	exit 0
fi
setup >/dev/null 2>&1
run env DRYDOCK_MIRROR=http://127.0.0.1:9 "$DRYDOCK_BIN" setup --add-debs no-such-package,curl
is 'packages that no mirror has' $code 1
has 'are named, and why' "$out" "no-such-package cannot be had: the mirror of this machine's apt could not be asked: "
run setup --add-debs 'a;b'
has 'a name is a name' "$out" 'a;b is no name of a Debian package'

# What --add-debs gets lies there; a pool that is made anew takes it in.
cat >deb.py <<'END'
import io, sys, tarfile, time
def tar(files):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode='w:gz') as t:
        for name, text in files:
            i = tarfile.TarInfo(name); i.size = len(text); i.mode = 0o755
            t.addfile(i, io.BytesIO(text))
    return out.getvalue()
control = b'Package: added-thing\nVersion: 2.5\nArchitecture: all\nMaintainer: n <n@n>\nDescription: added\n'
parts = [(b'debian-binary', b'2.0\n'), (b'control.tar.gz', tar([('./control', control)])),
         (b'data.tar.gz', tar([('./usr/bin/added-thing', b'#!/bin/sh\necho it is added\n')]))]
with open(sys.argv[1], 'wb') as f:
    f.write(b'!<arch>\n')
    for name, data in parts:
        f.write(b'%-16s%-12d%-6d%-6d%-8o%-10d`\n' % (name, 0, 0, 0, 0o100644, len(data)) + data + b'\n' * (len(data) % 2))
END
mkdir -p "$home/added/apt/bookworm"
python3 deb.py "$home/added/apt/bookworm/added-thing_2.5_all.deb"
rm "$home/apt/bookworm/pool.json"
run setup
is 'the pool is made anew' $code 0
printf 'FROM debian:bookworm-slim\nRUN apt-get update && apt-get install -y added-thing && added-thing\n' >app/Dockerfile
run docker build --no-cache app
has 'with what was added' "$out" 'it is added'
done_testing
