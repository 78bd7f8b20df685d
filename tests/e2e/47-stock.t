# what is not in stock fails with pip's and apt's own words, and the tutor names what there is
. "$(dirname "$0")/lib.sh"

command -v python3 >/dev/null || { skip 'the stock in the shell' 'no python3'; done_testing; exit 0; }
if [ ! -f "$DRYDOCK_HOME/apt/bookworm/Packages" ]; then
	skip 'what is not in stock' 'the packages for apt were not fetched'
	done_testing
	exit 0
fi

run "$DRYDOCK_BIN" setup --stock
is 'the stock can be listed' $code 0
has 'what pip finds' "$out" '  flask 3.'
has 'what apt finds' "$out" 'apt, Debian bookworm:'
has 'with versions' "$out" '  gcc 4:12'

name=stock-$$
lesson=$work/$name.md
space=$work/space
mkdir "$space"
cp "$here/lessons/01-your-first-image.md" "$lesson"
trap '"$DRYDOCK_BIN" session rm "lesson-$name" >/dev/null 2>&1; cleanup' EXIT
dockerfile() {
	mkdir "$space/$1"
	printf 'FROM %s\nRUN %s\n' "$2" "$3" >"$space/$1/Dockerfile"
}
dockerfile absent python:3.9-slim 'pip install nosuchthing'
dockerfile version python:3.9-slim 'pip install "flask==0.1"'
dockerfile package debian:bookworm-slim 'apt-get update && apt-get install -y nosuchpkg'
dockerfile misspelt debian:bookworm-slim 'apt-get update && apt-get install -y ngnix'
dockerfile early debian:bookworm-slim 'apt-get install -y gcc'

cat >script <<'EOF'
prompt
type docker build --progress=plain absent
see ERROR: No matching distribution found for nosuchthing
see >>> RUN pip install nosuchthing
see did not complete successfully: exit code: 1
see nosuchthing is not among the packages of this machine.
see gunicorn
see --stock
see --add-wheels
prompt
type docker build --progress=plain version
see ERROR: No matching distribution found for flask==0.1
see flask 3.
prompt
type docker build --progress=plain package
see E: Unable to locate package nosuchpkg
see exit code: 100
see apt-get finds no package nosuchpkg here.
see nginx
see --add-debs
prompt
type docker build --progress=plain misspelt
see E: Unable to locate package ngnix
see near it is: nginx
prompt
type docker build --progress=plain early
see E: Unable to locate package gcc
see The package gcc is here
prompt
type docker run --rm debian:bookworm-slim apt-get install -y gcc
see E: Unable to locate package gcc
see Look at what stands in front of apt-get install
prompt
type docker run -it --rm python:3.9-slim pip install flaks
see ERROR: No matching distribution found for flaks
see near it is: flask 3.
prompt
EOF
t 'pip and apt fail in their own words, and the tutor names what there is' \
	python3 "$here/tests/e2e/drive.py" script "$DRYDOCK_BIN" learn --private --workspace "$space" "$lesson"
done_testing
