# Every fuzz target from its seeds, FUZZ_SECONDS each: no crash, no hang, no leak, no sanitizer report.
. "$(dirname "$0")/../e2e/lib.sh"

cd "$here" || exit 2
build=${BUILD:-build}
for source in tests/fuzz/*_fuzz.c; do
	name=$(basename "$source" _fuzz.c)
	if ! command -v clang >/dev/null; then
		skip "$name" 'no clang here'
		continue
	fi
	run make -s BUILD="$build" FUZZERS="$name" FUZZ_SECONDS="${FUZZ_SECONDS:-60}" fuzz
	execs=$(echo "$out" | sed -n 's/^stat::number_of_executed_units: //p')
	if [ $code = 0 ]; then
		ok "$name: ${execs:-0} times, nothing found"
	else
		nok "$name: nothing found" "$(echo "$out" | tail -40)"
	fi
done
done_testing
