# Dockerfiles that no student means to write: each a clear error or a right image, at once
. "$(dirname "$0")/lib.sh"

mkdir empty
python3 - <<'P'
write = lambda name, text: open(name, "wb").write(text if isinstance(text, bytes) else text.encode())
write("long", "FROM scratch\nENV A=" + "x" * 65000 + "\n")
write("too-long", "FROM scratch\nENV A=" + "x" * 10000000 + "\n")
write("utf16", "FROM scratch\nENV A=b\n".encode("utf-16"))
write("utf16-plain", "FROM scratch\nENV A=b\n".encode("utf-16-le"))
write("bom", b"\xef\xbb\xbfFROM scratch\r\nENV A=b\r\n")
write("nul", b"FROM scratch\n# here \0 it is no harm\nENV A=b\0c\n")
write("nul-body", b"FROM scratch\nCOPY <<E /a\nb\0c\nE\n")
write("unended", "FROM scratch\nCOPY <<E /big\nx\n")
write("args", "ARG X=1\n")
write("empty-file", "")
write("comments", "# nothing\n\n")
write("patterns", "FROM scratch\nENV A=${X#} B=${X##} C=${X%} D=${X%%} E=${X#*}e F=f${X%?}\n")
write("chain", "".join("FROM %s AS s%d\n" % ("scratch" if i == 0 else "s%d" % (i - 1), i) for i in range(10000)) + "LABEL a=b\n")
write("told-chain", "".join("FROM %s AS s%d\nENV A=%d\n" % ("scratch" if i == 0 else "s%d" % (i - 1), i, i) for i in range(10000)))
write("onbuild", "FROM scratch\n" + "ONBUILD \\\n" * 20000 + "RUN x\n")
write("names", "FROM scratch\n" + "".join("ENV A%d=$A%d\n" % (i, i + 1) for i in range(20000)))
P
every() {
	file=$1
	run "$DRYDOCK_BIN" lint "$file"
	is "$file: lint refuses it" $code 2
	has "$file: and says why" "$(echo "$out" | tail -1)" "ERROR: $2"
	run docker build --check -f "$file" empty
	is "$file: --check refuses it" $code 1
	has "$file: and says the same" "$(echo "$out" | tail -1)" "ERROR: failed to solve: $2"
	run docker build -f "$file" empty
	is "$file: so does a build" $code 1
	has "$file: in the same words" "$(echo "$out" | tail -1)" "ERROR: failed to solve: $2"
}
builds() {
	run docker build -t odd -f "$1" empty
	is "$1: is built" "$code" 0
	is "$1: as it is written" "$(docker image inspect -f "$2" odd)" "$3"
	run "$DRYDOCK_BIN" lint --format ast "$1"
	is "$1: is parsed" "$(echo "$out" | python3 -c 'import json, sys; print(len(json.load(sys.stdin)))')" "$4"
}
env='{{json .Config.Env}}'
path='"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"'
every too-long 'dockerfile line greater than max allowed size of 65535'
every utf16 'dockerfile parse error on line 1: unknown instruction: '
has 'utf16: what to do' "$out" 'FROM (the file is UTF-16: save it as UTF-8)'
every utf16-plain 'dockerfile parse error on line 1: NUL bytes cannot be part of an instruction'
every nul 'dockerfile parse error on line 3: NUL bytes cannot be part of an instruction'
has 'nul: the whole line is shown' "$out" '   3 | >>> ENV A=bc'
every nul-body 'dockerfile parse error on line 3: NUL bytes cannot be part of an instruction'
every unended 'unterminated heredoc'
every args 'dockerfile contains no stages to build'
every empty-file 'the Dockerfile cannot be empty'
every comments 'file with no instructions'
every onbuild "dockerfile parse error on line 2: Chaining ONBUILD via \`ONBUILD ONBUILD\` isn't allowed"
builds long '{{len (index .Config.Env 1)}}' 65002 2
builds bom "$env" "[$path,\"A=b\"]" 2
builds patterns "$env" "[$path,\"A=\",\"B=\",\"C=\",\"D=\",\"E=e\",\"F=f\"]" 2
builds chain '{{json .Config.Labels}}' '{"a":"b"}' 10001
run docker build -f told-chain empty
is 'more history than an image can have is no image' $code 1
has 'and the line that is too much is shown' "$out" ">>> ENV A=1024"
run "$DRYDOCK_BIN" lint told-chain
is 'lint can read it' "$code" 0
run "$DRYDOCK_BIN" lint names
has 'twenty thousand names: the first ones are judged' "$out" "names:2 UndefinedVar Usage of undefined variable '\$A1'"
done_testing
