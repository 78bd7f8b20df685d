# Dockerfiles that no student writes: each a clear error or a right answer, in bounded time and memory.
. "$(dirname "$0")/../e2e/lib.sh"

# within SECONDS KILOBYTES CMD...: as run, with these limits
within() {
	seconds=$1 memory=$2
	shift 2
	run sh -c 'ulimit -v "$0"; exec timeout "$@"' "$memory" "$seconds" "$@"
}
LINES=${TORTURE_LINES:-1000000}

mkdir empty
python3 - "$LINES" <<'P'
import sys
n = int(sys.argv[1])
write = lambda name, text: open(name, "wb").write(text if isinstance(text, bytes) else text.encode())
write("comments", "# c\n" * n + "FROM scratch\n")
write("instructions", "FROM scratch\n" + "ENV A=1\n" * n)
write("chain", "".join("FROM %s AS s%d\n" % ("scratch" if i == 0 else "s%d" % (i - 1), i) for i in range(n // 100)))
write("long", "FROM scratch\nENV A=" + "x" * 65000 + "\n")
write("bom", b"\xef\xbb\xbfFROM scratch\r\nENV A=b\r\n")
write("body", "FROM scratch\nCOPY <<E /big\n" + "line of text\n" * (n // 2) + "E\n")
write("unended", "FROM scratch\nCOPY <<E /big\n" + "line of text\n" * (n // 2))
write("bomb", "FROM scratch\nENV A=aaaaaaaaaa\n" + "ENV A=$A$A\n" * 40)
write("stars", "FROM scratch\nENV A=" + "a" * 60000 + "\nENV B=${A##*a*a*a*a*a*b} C=${A//*a*b/x} D=${A%%*b*a} E=${A//aaaab/x}\n")
write("deep", "FROM scratch\n" + "ONBUILD " * 6000 + "RUN x\n")
write("onbuilds", "FROM scratch\n" + "ONBUILD \\\n" * n + "RUN x\n")
write("stages", "".join("FROM scratch AS s%d\n" % i for i in range(n // 2)))
write("warned", "FROM scratch\n" + "MAINTAINER a\n" * n)
write("names", "FROM scratch\n" + "".join("ENV A%d=$A%d\n" % (i, i + 1) for i in range(n // 2)))
write("options", "FROM scratch\nRUN pip" + " -q" * 20000 + "\n")
P
big='comments instructions chain long bom body bomb stars options stages warned names'
for file in $big deep onbuilds; do
	within 300 1200000 "$DRYDOCK_BIN" lint --format ast "$file" </dev/null
	[ $code = 0 ] && ok "$file: read" || nok "$file: read" "exit $code" "$(echo "$out" | tail -c 300)"
done
for file in $big; do
	within 300 1200000 "$DRYDOCK_BIN" lint "$file"
	[ $code -le 1 ] && ok "$file: judged" || nok "$file: judged" "exit $code" "$(echo "$out" | tail -c 300)"
	within 300 2400000 "$DRYDOCK_BIN" docker build --check -f "$file" empty
	case "$(echo "$out" | tail -c 300)$out" in
	*'Check complete'* | *'ERROR: failed to solve: an image cannot have more than 1024'* | *'ERROR: failed to solve: failed to process'*) ok "$file: --check says how it is" ;;
	*) nok "$file: --check says how it is" "$(echo "$out" | tail -c 300)" ;;
	esac
done
# what is more than an image can have is refused, not carried on
for file in instructions names warned; do
	within 300 1200000 "$DRYDOCK_BIN" docker build -f "$file" empty
	has "$file: too long for an image" "$(echo "$out" | tail -1)" 'ERROR: failed to solve: an image cannot have more than 1024 instructions'
done
within 300 1200000 "$DRYDOCK_BIN" docker build -f chain empty
is 'chain: is built' $code 0
refused() {
	within 100 1200000 "$DRYDOCK_BIN" lint "$1"
	is "$1: exit code" $code 2
	has "$1: the mistake" "$(echo "$out" | tail -1)" "$2"
}
refused unended 'ERROR: unterminated heredoc'
refused deep "ONBUILD ONBUILD"
refused onbuilds "ONBUILD ONBUILD"
done_testing
