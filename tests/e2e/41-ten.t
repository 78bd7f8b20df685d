# ten Dockerfiles that give files away: the same images as root, with subordinate ids and with one id
#
# tests/ten/images has the ids; whoever builds them, in whichever id map, must come to these.  When a base image
# or the packages for apt have changed, `NEW=1 sh tests/e2e/41-ten.t` writes it anew, with DRYDOCK_IDMAP=one.
. "$(dirname "$0")/lib.sh"

ten=$here/tests/ten
if [ ! -f "$DRYDOCK_HOME/apt/bookworm/Packages" ] || [ "$(uname -m)" != x86_64 ]; then
	skip 'the same ten images in all maps' 'the packages for apt were not fetched'
	done_testing
	exit 0
fi
[ -z "${NEW:-}" ] || : >"$ten/images"
for folder in "$ten"/*/; do
	name=$(basename "$folder")
	# the modes of a checkout follow the umask of whoever made it
	cp -r "$folder" "$name" && chmod -R u=rwX,go=rX "$name"
	run env SOURCE_DATE_EPOCH=1700000000 "$DRYDOCK_BIN" docker build --no-cache -t "ten-$name" --iidfile id "$name"
	if [ $code != 0 ]; then
		nok "$name is built" "$(echo "$out" | tail -30)"
		continue
	fi
	# ensurepip compiles pip, and what Python marshals is not the same bytes twice
	[ "$name" != 07-venv ] || continue
	[ -z "${NEW:-}" ] || echo "$name $(cat id)" >>"$ten/images"
	is "$name is the image that it is everywhere" "$name $(cat id)" "$(grep "^$name " "$ten/images")"
done

run docker run --rm ten-01-apt
is 'what was compiled runs' "$code $out" '0 hello'
run docker run --rm ten-07-venv python -c 'import flask; print(flask.__file__)'
is 'what was installed into an environment is found there' "$out" \
	/home/app/venv/lib/python3.9/site-packages/flask/__init__.py
run docker run --rm ten-04-setcap getcap -r /srv
is 'capabilities of files are kept' "$out" '/srv/bound cap_net_bind_service=ep
/srv/copy cap_chown,cap_kill=ei'
run docker run --rm ten-10-user
is 'a file that USER must not be able to write' "$code $out" "2 sh: 1: cannot create /srv/app.conf: Permission denied"
done_testing
