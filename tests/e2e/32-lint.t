# docker build --check and drydock lint
. "$(dirname "$0")/lib.sh"

lint() {
	run "$DRYDOCK_BIN" lint "$@"
}

cat >Dockerfile <<'P'
# check=skip=MaintainerDeprecated
FROM python:3.9-slim
MAINTAINER someone
ENV OLD value
# check=skip=UndefinedVar
ENV A=$nope
COPY . .
RUN pip install -r requirements.txt
CMD echo two
P
run docker build --check .
is 'warnings make an exit code' $code 1
has 'their number' "$out" 'Check complete, 2 warnings have been found!'
has 'a rule with its address' "$out" 'WARNING: JSONArgsRecommended - https://docs.docker.com/go/dockerfile/rule/json-args-recommended/
JSON arguments recommended for CMD to prevent unintended behavior related to OS signals
Dockerfile:9
--------------------'
hasnt 'what the first lines skip is skipped' "$out" MaintainerDeprecated
hasnt 'so is what a comment skips' "$out" 'WARNING: UndefinedVar'
printf 'FROM python:3.9-slim\nRUN echo hi\n' >fine
run docker build --check -f fine .
is 'a file without faults' $code 0
has 'is said to be one' "$out" 'Check complete, no warnings found.'
printf '# check=error=true\nFROM python:3.9-slim\nENV a b\n' >strict
run docker build --check -f strict .
has 'warnings can be errors' "$(echo "$out" | tail -1)" 'ERROR: failed to solve: lint violation found for rules: LegacyKeyValueFormat'

lint
is 'lint: exit code' $code 1
has "a rule that Docker lacks, why, and what to do" "$out" 'Dockerfile:8 DL3042 pip install keeps its cache in the layer
    why: pip'
has 'the order of COPY and pip' "$out" 'Dockerfile:8 DD0001'
lint --format json
is 'as JSON' "$(echo "$out" | python3 -c 'import json,sys; print(sum(w["code"] == "DL3042" and w["line"] == 8 for w in json.load(sys.stdin)))')" 1
lint --format sarif
is 'as SARIF' "$(echo "$out" | python3 -c 'import json,sys; r = json.load(sys.stdin)["runs"][0]; print({x["ruleId"] for x in r["results"]} == {x["id"] for x in r["tool"]["driver"]["rules"]})')" True
is 'SARIF has what its schema asks for' "$(echo "$out" | python3 -c 'import json,sys
d = json.load(sys.stdin); r = d["runs"][0]; rules = r["tool"]["driver"]["rules"]
print(d["version"], "sarif-2.1.0" in d["$schema"], r["tool"]["driver"]["name"], all(rules[x["ruleIndex"]]["id"] == x["ruleId"]
 and x["level"] == "warning" and x["message"]["text"] and x["locations"][0]["physicalLocation"]["region"]["startLine"] > 0
 and x["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "Dockerfile" for x in r["results"]),
 all(x["shortDescription"]["text"] and x["help"]["text"] for x in rules))')" '2.1.0 True drydock lint True True'
printf 'FROM a:1\nWORKDIR x\nENTRYPOINT a\n# hadolint ignore=DL3025\nCMD b\nCMD ["c"]\n' >also
lint also
has "hadolint's numbers stand beside Docker's names" "$out" 'also:2 WorkdirRelativePath (DL3000) '
has 'of rules with several numbers the right one' "$out" 'also:5 MultipleInstructionsDisallowed (DL4003) '
is 'a number silences its rule' "$(echo "$out" | grep -c DL3025)" 1
printf 'FROM scratch\n' >none
lint --format sarif none
is 'no warnings are SARIF too' "$(echo "$out" | python3 -c 'import json,sys; print(json.load(sys.stdin)["runs"][0]["results"])')" '[]'
lint --format json none
is 'and JSON' "$(echo "$out" | python3 -c 'import json,sys; print(json.load(sys.stdin))')" '[]'
printf '# check=skip=all;eror=true\nFROM scratch\n' >wrong
run docker build --check -f wrong .
is 'an option of # check= that is none: exit code' $code 1
has 'and the words' "$(echo "$out" | tail -1)" 'ERROR: failed to solve: failed to parse check options: invalid check option "eror"'
printf '# check=error=maybe\nFROM scratch\n' >wrong
run docker build -f wrong .
has 'a value that is none' "$(echo "$out" | tail -1)" 'ERROR: failed to solve: failed to parse check options: failed to parse check option "error=maybe": strconv.ParseBool: parsing "maybe": invalid syntax'
printf 'FROM a AS b\nENV x=1 y="2 3"\nRUN --mount=target=/x ["a","b"]\nRUN <<E\nhi\nE\n' >ast
is 'the parsed file' "$("$DRYDOCK_BIN" lint --format=ast ast | python3 -c 'import json,sys
for o in json.load(sys.stdin): print(o["instruction"], o["line"], o["flags"], o["args"], o["json"], len(o["heredocs"]))')" 'FROM 1 [] ['"'a', 'AS', 'b'"'] False 0
ENV 2 [] ['"'x', '1', 'y', '\"2 3\"'"'] False 0
RUN 3 ['"'--mount=target=/x'"'] ['"'a', 'b'"'] True 0
RUN 4 [] ['"'<<E'"'] False 1'
printf 'COPYX\n' >broken
lint broken
is 'what is no Dockerfile' $code 2
done_testing
