# any Docker tutorial is a lesson: what the loader makes of the habits of real ones
. "$(dirname "$0")/lib.sh"
for f in "$here"/tests/tutorials/[0-9]*.md; do
	name=$(basename "$f" .md)
	"$DRYDOCK_BIN" lesson show --json "$f" >got.json 2>err
	if cmp -s got.json "${f%.md}.json"; then
		ok "$name is read as it should be"
	else
		nok "$name is read as it should be" "$(diff "${f%.md}.json" got.json | head -20)" "$(cat err)"
	fi
done

awk 'BEGIN { print "# Big\n"; for (i = 0; i < 90000; i++) printf "## Part %d\n\nSome words about containers, and then some.\n\n```bash\ndocker run --rm busybox echo %d\n```\n\n", i, i }' >big.md
t 'ten megabytes open' "$DRYDOCK_BIN" lesson show big.md
has 'with their beginning' "$out" 'Part 0'

printf '# Bad \000\377\376\n\n```bash\n\033[2Jdocker ps\n\n<!-- expect\nimage x exsts\n' >bad.md
run "$DRYDOCK_BIN" lesson show bad.md
is 'a malformed document opens' $code 0
has 'with a warning that has its line' "$out" 'line '
printf '# Two\n\n```bash\ntrue\n```\n\n<!-- expect\nimage x exsts\n-->\n' >mistake.md
run "$DRYDOCK_BIN" lesson show mistake.md
has 'a mistake in an expectation is found when the lesson is loaded' "$out" 'did you mean "exists"?'
run "$DRYDOCK_BIN" lesson show none.md
is 'a file that is not there is an error' $code 1

printf '# Missing\n\n## Run\n\n```bash\ndocker run -d --name n nginx:1.99\ndocker build -t own .\ndocker run --rm own\n```\n\n```dockerfile\nFROM node:99 AS a\nFROM a\n```\n' >missing-$$.md
run "$DRYDOCK_BIN" learn --private --workspace "$work" missing-$$.md </dev/null
"$DRYDOCK_BIN" session rm "lesson-missing-$$" >/dev/null 2>&1
has 'images that are not here are named up front' "$out" 'are not here: nginx:1.99, node:99.'
has 'and how to get one' "$out" 'docker load -i image.tar'
done_testing
