/*
 * dockerfile_cases.h - the tables of dockerfile_test.c: what goes in, what comes out
 */
#ifndef DRYDOCK_TESTS_DOCKERFILE_CASES_H
#define DRYDOCK_TESTS_DOCKERFILE_CASES_H

#include <stdbool.h>
#include <stddef.h>

/* clang-format off */
#define AT(n) "dockerfile parse error on line " #n ": "
static const struct {
	const char *text, *want;
	int first, last;
} error_cases[] = {
    {"", "the Dockerfile cannot be empty", 0, 0},
    {"# x\n\n", "file with no instructions", 2, 2},
    {"RUN echo hi\n", "no build stage in current context", 1, 1},
    {"ARG A=1\n", "dockerfile contains no stages to build", 0, 0},
    {"FROM b\nWORKDIR /app\nCOYP . .\n",
	AT(3) "unknown instruction: COYP (did you mean COPY?)", 3, 3},
    {"FROM b\nRUNN \\\n a\n",
	AT(2) "unknown instruction: RUNN (did you mean RUN?)", 2, 3},
    {"FROM b\nfrobnicate\n", AT(2) "unknown instruction: frobnicate", 2, 2},
    {"FROM\n", AT(1) "FROM requires either one or three arguments", 1, 1},
    {"FROM a b\n", AT(1) "FROM requires either one or three arguments", 1, 1},
    {"FROM a OF b\n", AT(1) "FROM requires either one or three arguments", 1, 1},
    {"FROM a AS 2x\n",
	AT(1) "invalid name for build stage: \"2x\", name can't start with a "
	      "number or "
	      "contain symbols",
	1, 1},
    {"FROM b\nENV\n", AT(2) "ENV requires at least one argument", 2, 2},
    {"FROM b\nENV A\n", "ENV must have two arguments", 2, 2},
    {"FROM b\nLABEL x\n", "LABEL must have two arguments", 2, 2},
    {"FROM b\nENV a=b c\n",
	"Syntax error - can't find = in \"c\". Must be of the form: name=value",
	2, 2},
    {"FROM b\nENV =b\n", AT(2) "ENV names can not be blank", 2, 2},
    {"FROM b\nARG\n", AT(2) "ARG requires at least one argument", 2, 2},
    {"FROM b\nARG =x\n", AT(2) "ARG names can not be blank", 2, 2},
    {"FROM b\nWORKDIR\n", AT(2) "WORKDIR requires exactly one argument", 2, 2},
    {"FROM b\nUSER\n", AT(2) "USER requires exactly one argument", 2, 2},
    {"FROM b\nSTOPSIGNAL\n", AT(2) "STOPSIGNAL requires exactly one argument", 2,
	2},
    {"FROM b\nEXPOSE\n", AT(2) "EXPOSE requires at least one argument", 2, 2},
    {"FROM b\nVOLUME\n", AT(2) "VOLUME requires at least one argument", 2, 2},
    {"FROM b\nVOLUME [\"\"]\n",
	AT(2) "VOLUME specified can not be an empty string", 2, 2},
    {"FROM b\nCOPY a\n",
	AT(2) "COPY requires at least two arguments, but only one was provided. "
	      "Destination "
	      "could not be determined",
	2, 2},
    {"FROM b\nADD\n",
	AT(2) "ADD requires at least two arguments, but only one was provided. "
	      "Destination "
	      "could not be determined",
	2, 2},
    {"FROM b\nCOPY --chwon=1 a b\n",
	AT(2) "unknown flag: chwon (did you mean chown?)", 2, 2},
    {"FROM b\nCOPY --checksum=1 a b\n", AT(2) "unknown flag: checksum", 2, 2},
    {"FROM b\nCOPY --from a b\n", AT(2) "missing a value on flag: from", 2, 2},
    {"FROM b\nCOPY --link= a b\n", AT(2) "missing a value on flag: link", 2, 2},
    {"FROM b\nCOPY --link=x a b\n",
	AT(2) "expecting boolean value for flag link, not: x", 2, 2},
    {"FROM b\nCOPY --from=a --from=b a b\n",
	AT(2) "duplicate flag specified: from", 2, 2},
    {"FROM b\nCMD --x y\n", AT(2) "unknown flag: x", 2, 2},
    {"FROM b\nRUN --mount=from=$A,target=/x y\n",
	AT(2) "'from' doesn't support variable expansion, define alias stage instead", 2, 2},
    {"FROM b\nRUN --mount= y\n", AT(2) "failed to parse csv mounts: EOF", 2, 2},
    {"FROM b\nRUN --network=x y\n", AT(2) "invalid network mode \"x\"", 2, 2},
    {"FROM b\nSHELL /bin/bash\n",
	AT(2) "SHELL requires the arguments to be in JSON form", 2, 2},
    {"FROM b\nSHELL []\n", AT(2) "SHELL requires at least one argument", 2, 2},
    {"FROM b\nCMD [1]\n",
	"when using JSON array syntax, arrays must be comprised of strings only",
	2, 2},
    {"FROM b\nHEALTHCHECK\n", AT(2) "HEALTHCHECK requires at least one argument",
	2, 2},
    {"FROM b\nHEALTHCHECK nope\n",
	AT(2) "Unknown type \"NOPE\" in HEALTHCHECK (try CMD)", 2, 2},
    {"FROM b\nHEALTHCHECK CMD\n", AT(2) "Missing command after HEALTHCHECK CMD",
	2, 2},
    {"FROM b\nHEALTHCHECK NONE x\n", AT(2) "HEALTHCHECK NONE takes no arguments",
	2, 2},
    {"FROM b\nHEALTHCHECK --interval=1us CMD x\n",
	AT(2) "Interval \"interval\" cannot be less than 1ms", 2, 2},
    {"FROM b\nHEALTHCHECK --interval=soon CMD x\n",
	AT(2) "time: invalid duration \"soon\"", 2, 2},
    {"FROM b\nHEALTHCHECK --timeout=5 CMD x\n",
	AT(2) "time: missing unit in duration \"5\"", 2, 2},
    {"FROM b\nHEALTHCHECK --retries=-1 CMD x\n",
	AT(2) "--retries cannot be negative (-1)", 2, 2},
    {"FROM b\nONBUILD\n", AT(2) "ONBUILD requires at least one argument", 2, 2},
    {"FROM b\nONBUILD ONBUILD RUN x\n",
	AT(2) "Chaining ONBUILD via `ONBUILD ONBUILD` isn't allowed", 2, 2},
    {"FROM b\nONBUILD FROM x\n", AT(2) "FROM isn't allowed as an ONBUILD trigger",
	2, 2},
    {"FROM b\nRUN <<EOF\nx\n", "unterminated heredoc", 2, 3},
    {"FROM b\nCOPY a <<EOF\nEOF\n",
	AT(2) "COPY cannot accept a heredoc as a destination", 2, 3},
    {"# escape=x\nFROM b\n", "invalid escape token 'x' does not match ` or \\", 0,
	0},
    {"# escape=`\n# escape=`\nFROM b\n",
	"only one escape parser directive can be used", 1, 1},
    {"# unknown=1\n# escape=x\nFROM b\nBAD\n",
	AT(4) "unknown instruction: BAD (did you mean ADD?)", 4, 4},
    /* The count comes first, then flags, then the rest. */
    {"FROM b\nCOPY --x a\n",
	AT(2) "COPY requires at least two arguments, but only one was provided. "
	      "Destination could not be determined",
	2, 2},
    {"FROM --x a b\n", AT(1) "FROM requires either one or three arguments", 1, 1},
    {"FROM b\nWORKDIR --x\n", AT(2) "WORKDIR requires exactly one argument", 2, 2},
    {"FROM b\nENV --x =1\n", AT(2) "unknown flag: x", 2, 2},
    {"FROM b\nHEALTHCHECK --x NOPE\n", AT(2) "unknown flag: x", 2, 2},
    {"FROM b\nHEALTHCHECK --x=1 NONE y\n",
	AT(2) "HEALTHCHECK NONE takes no arguments", 2, 2},
    {"FROM b\nCMD [null]\n",
	"when using JSON array syntax, arrays must be comprised of strings only", 2, 2},
    {"FROM b\nRUN [[\"a\"], \"b\"]\n",
	"when using JSON array syntax, arrays must be comprised of strings only", 2, 2},
    {"FROM b\nRUN [123456789012345678901234567890]\n",
	"when using JSON array syntax, arrays must be comprised of strings only", 2, 2},
    {"FROM b\nRUN\xc2\xa0" "a\n", AT(2) "unknown instruction: RUN\xc2\xa0" "a", 2, 2},
    {"FROM b\nRUN cat <<A <<B\na\nA\nb\n", "unterminated heredoc", 2, 5},
    /* What cannot be read comes before what makes no sense. */
    {"FROM b\nNOPE\nENV A\n", "ENV must have two arguments", 3, 3},
};

static const struct {
	const char *text, *title;
	int first, last;
} title_cases[] = {
    {"FROM b\nrun echo a; \\\n    # note\n    echo b\n", "RUN echo a;     echo b",
	2, 4},
    {"FROM b\n  copy a   b\n", "COPY a   b", 2, 2},
    {"FROM b\nRUN a # b\n", "RUN a # b", 2, 2},
    {"FROM b\nRUN a \\\\\nCMD x\n", "RUN a \\\\", 2, 2},
    {"FROM b\nRUN a \\  \n\n b\n", "RUN a  b", 2, 4},
    {"FROM b\nRUN a \\\n", "RUN a ", 2, 2},
    {"FROM b\nRUN \\\n\\\n a\n", "RUN  a", 2, 4},
    {"\xef\xbb\xbf"
     "FROM b\r\nRUN a\r\n",
	"RUN a", 2, 2},
    {"# escape=`\nFROM b\nRUN a `\n b\\\n", "RUN a  b\\", 3, 4},
    {"# a comment\n# escape=`\nFROM b\nRUN a \\\n b\n", "RUN a  b", 4, 5},
};

static const struct {
	const char *line, *want; /* words joined by '|' */
	bool json;
} word_cases[] = {
    {"CMD [\"a\", \"b c\"]", "a|b c", true}, {"CMD []", "", true},
    {"CMD [\"a\"] tail", "a", true}, {"CMD ['a']", "['a']", false},
    {"RUN [ -f x ] && y", "[ -f x ] && y", false}, {"CMD", "", false},
    {"COPY a  b\tc", "a|b|c", false}, {"COPY \"a b\" c", "\"a|b\"|c", false},
    {"COPY [\"a b\", \"/c d/\"]", "a b|/c d/", true},
    {"COPY --from=x --chown=1:2 a b", "a|b", false}, {"RUN -- --x", "--x", false},
    {"EXPOSE 80 443/tcp", "80|443/tcp", false}, {"WORKDIR a b", "a b", false},
    {"HEALTHCHECK --interval=5s CMD curl x", "curl x", false},
};

static const struct {
	const char *word, *want; /* an error when it begins with "!" */
} expansion_cases[] = {
    {"plain", "plain"}, {"$PWD", "/home"}, {"${PWD}x", "/homex"},
    {"a$PWD.b", "a/home.b"}, {"he\\$PWD", "he$PWD"}, {"he\\\\$PWD", "he\\/home"},
    {"'he$PWD'", "he$PWD"}, {"\"he$PWD\"", "he/home"}, {"\"a\\\"b\"", "a\"b"},
    {"\"a\\xb\"", "a\\xb"}, {"a\\", "a"}, {"$", "$"}, {"$.", "$."}, {"$$x", "x"},
    {"$001aaa", "aaa"}, {"${1}b", "b"}, {"$NOPE.", "."}, {"'a b' c", "a b c"},
    {"安$PWD", "安/home"}, {"$KÖ", "ja"}, {"${NOPE:-w}", "w"}, {"${NOPE-w}", "w"},
    {"${EMPTY:-w}", "w"}, {"${EMPTY-w}", ""}, {"${PWD:-w}", "/home"},
    {"${NOPE:-\\$PWD:}", "$PWD:"}, {"${NOPE:-$PWD:}", "/home:"},
    {"${NOPE:-${ALSO:-c}}", "c"}, {"${PWD:+w}", "w"}, {"${EMPTY:+w}", ""},
    {"${EMPTY+w}", "w"}, {"${NOPE+w}", ""}, {"${PWD:?m}", "/home"},
    {"${NOPE:?m}", "!NOPE: m"}, {"${NOPE?}", "!NOPE: is not allowed to be unset"},
    {"${EMPTY:?}", "!EMPTY: is not allowed to be empty"}, {"${EMPTY?}", ""},
    {"${P#*/}", "b/c.tar.gz"}, {"${P##*/}", "c.tar.gz"}, {"${P%.*}", "a/b/c.tar"},
    {"${P%%.*}", "a/b/c"}, {"${P#x}", "a/b/c.tar.gz"}, {"${P%?}", "a/b/c.tar.g"},
    {"${STAR#\\*}", "b"}, {"${P/a/A}", "A/b/c.tar.gz"},
    {"${P//a/A}", "A/b/c.tAr.gz"}, {"${P/\\//_}", "a_b/c.tar.gz"},
    {"${P//\\//_}", "a_b_c.tar.gz"}, {"${P/b*/X}", "a/X"},
    {"${P/\\/b/\\}}", "a\\}/c.tar.gz"}, {"${NOPE#x}", ""},
    {"${P//\\//\\/}", "a\\/b\\/c.tar.gz"}, {"${P/$EMPTY/w}", "wa/b/c.tar.gz"},
    {"${PWD//$EMPTY/-}", "-/-h-o-m-e-"}, {"${EMPTY//*/w}", "w"}, {"${P//*/w}", "w"},
    {"${P#}", "a/b/c.tar.gz"}, {"${P##}", "a/b/c.tar.gz"}, {"${P%}", "a/b/c.tar.gz"},
    {"${P%%}", "a/b/c.tar.gz"}, {"${P#*}", "a/b/c.tar.gz"}, {"${P##*}", ""},
    {"${P%%*}", ""}, {"${P%c*r*}", "a/b/"}, {"${P##*/?}", ".tar.gz"},
    {"${KÖ%a}", "j"}, {"${P///}", "a/b/c.tar.gz"},
    {"${P#\\x}", "!invalid pattern (\\x) in substitution: invalid escape '\\x'"},
    {"${P//ww}", "!syntax error: missing '/' in ${}"},
    {"${P/a/", "!syntax error: missing '}'"},
    {"${P=x}", "!unsupported modifier (=) in substitution"},
    {"${P:=x", "!syntax error: missing '}'"},
    {"${P:#x}", "!unsupported modifier (:#) in substitution"},
    {"${P:=x}", "!unsupported modifier (:=) in substitution"},
    {"${P!x}", "!unsupported modifier (!) in substitution"},
    {"${", "!syntax error: missing '}'"}, 
    {"${P", "!unsupported modifier (\xef\xbf\xbd) in substitution"},
    {"${P:", "!syntax error: missing '}'"},
    {"${P:-x", "!syntax error: missing '}'"},
    {"${}", "!syntax error: bad substitution"},
    {"${:}", "!syntax error: bad substitution"},
    {"${{x}", "!syntax error: bad substitution"},
    {"'x",
	"!unexpected end of statement while looking for matching single-quote"},
    {"\"x",
	"!unexpected end of statement while looking for matching double-quote"},
};

/* [instruction, line, flags, args, json] of each line, as Docker's own parser has them. */
static const struct {
	const char *text, *want;
} ast_cases[] = {
    {"ARG V=1 W\nFROM a AS b\nENV x=1 y=\"2 3\" z='4\\ 5'\nRUN [\"c\", \"d\"]\n",
	"[[\"ARG\",1,[],[\"V=1\",\"W\"],false],[\"FROM\",2,[],[\"a\",\"AS\",\"b\"],false],"
	"[\"ENV\",3,[],[\"x\",\"1\",\"y\",\"\\\"2 3\\\"\",\"z\",\"'4\\\\ 5'\"],false],"
	"[\"RUN\",4,[],[\"c\",\"d\"],true]]"},
    {"HEALTHCHECK\nHEALTHCHECK --grace=4s --x cmd  a b\nHEALTHCHECK CONNECT TCP 7000\n"
     "healthcheck CMD [\"a\"]\nHEALTHCHECK NONE\n",
	"[[\"HEALTHCHECK\",1,[],[],false],"
	"[\"HEALTHCHECK\",2,[\"--grace=4s\",\"--x\"],[\"cmd\",\"a b\"],false],"
	"[\"HEALTHCHECK\",3,[],[\"CONNECT\",\"TCP 7000\"],false],"
	"[\"HEALTHCHECK\",4,[],[\"CMD\",\"a\"],true],[\"HEALTHCHECK\",5,[],[\"NONE\"],false]]"},
    {"ONBUILD\nONBUILD RUN g  h\nonbuild copy --from=x a b\nONBUILD CMD [\"i\"]\nONBUILD ONBUILD ENV a b c\n",
	"[[\"ONBUILD\",1,[],[],false],[\"ONBUILD\",2,[],[\"RUN\",\"g  h\"],false],"
	"[\"ONBUILD\",3,[],[\"copy\",\"a\",\"b\"],false],[\"ONBUILD\",4,[],[\"CMD\",\"i\"],true],"
	"[\"ONBUILD\",5,[],[\"ONBUILD\",\"ENV\",\"a\",\"b c\"],false]]"},
    {"# escape=`\n\n# note\n  RUN a `\n   # in between\n\n\tb ` \n`\n c # d\nENV name  the value `\n",
	"[[\"RUN\",4,[],[\"a \\tb  c # d\"],false],[\"ENV\",10,[],[\"name\",\"the value\"],false]]"},
    {"ADD [ \"a b\" , \"\\u0063\" ]\nCOPY ['a', 'b']\nVOLUME /a   /b\nVOLUME [ ]\nEXPOSE 90 80/tcp\n",
	"[[\"ADD\",1,[],[\"a b\",\"c\"],true],[\"COPY\",2,[],[\"['a',\",\"'b']\"],false],"
	"[\"VOLUME\",3,[],[\"/a\",\"/b\"],false],[\"VOLUME\",4,[],[],true],"
	"[\"EXPOSE\",5,[],[\"90\",\"80/tcp\"],false]]"},
    {"LABEL a=1 'b c'=\"d\" e=f\\ g\nLABEL old  one two=3\nMAINTAINER  a b <c>\nUSER a b\nWORKDIR /a b\nSTOPSIGNAL 9\n",
	"[[\"LABEL\",1,[],[\"a\",\"1\",\"'b c'\",\"\\\"d\\\"\",\"e\",\"f\\\\ g\"],false],"
	"[\"LABEL\",2,[],[\"old\",\"one two=3\"],false],[\"MAINTAINER\",3,[],[\"a b <c>\"],false],"
	"[\"USER\",4,[],[\"a b\"],false],[\"WORKDIR\",5,[],[\"/a b\"],false],"
	"[\"STOPSIGNAL\",6,[],[\"9\"],false]]"},
    {"RUN --mount=type=\"cache\",target=/x --network='none' -- --y\nCMD\nSHELL [\"a\"] b\nFOO bar\n",
	"[[\"RUN\",1,[\"--mount=type=cache,target=/x\",\"--network=none\"],[\"--y\"],false],"
	"[\"CMD\",2,[],[],false],[\"SHELL\",3,[],[\"a\"],true],[\"FOO\",4,[],[],false]]"},
    {"COPY \\conf\\\\\" /.znc\nRUN a \\update && \\\n  b \\\"c\nCMD [ \"\\/x\\\\\\\"/y\", \"-f\" ]\n",
	"[[\"COPY\",1,[],[\"\\\\conf\\\\\\\\\\\"\",\"/.znc\"],false],"
	"[\"RUN\",2,[],[\"a \\\\update &&   b \\\\\\\"c\"],false],"
	"[\"CMD\",4,[],[\"/x\\\\\\\"/y\",\"-f\"],true]]"},
    {"RUN \xff\n\xc2\xa0RUN a\xc2\xa0\nENV A=1\xc2\xa0" "B=2\n",
	"[[\"RUN\",1,[],[\"\xef\xbf\xbd\"],false],[\"RUN\",2,[],[\"a\"],false],"
	"[\"ENV\",3,[],[\"A\",\"1\",\"B\",\"2\"],false]]"},
};

static const struct {
	const char *text, *target, *want;
	int line;
} plan_error_cases[] = {
    {"FROM a AS build\n", "nope", "target stage \"nope\" could not be found", 0},
    {"FROM a AS build\n", "biuld",
	"target stage \"biuld\" could not be found", 0},
    {"ARG X\nFROM ${X}\n", NULL, "base name (${X}) should not be blank", 2},
    {"FROM ${X\n", NULL, "failed to process \"${X\": ", 1},
    {"FROM a\nCOPY --from=$X a b\n", NULL,
	"variable expansion is not supported for --from", 2},
    {"FROM a\nCOPY --from=7 a b\n", NULL, "invalid stage index 7", 2},
    {"FROM a AS x\nCOPY --from=x a b\n", NULL,
	"circular dependency detected on stage: x", 2},
    {"FROM a AS x\nCOPY --from=y a b\nFROM x AS y\n", NULL,
	"circular dependency detected on stage: x", 2},
    {"FROM a AS x\nCOPY --from=y a b\nFROM a AS y\nFROM x\n", NULL,
	"cannot copy from stage \"y\", it needs to be defined before current "
	"stage \"x\"",
	2},
    {"FROM a\nRUN --mount=from=y,target=/m a\nFROM a AS y\nFROM 0\nCOPY --from=0 "
     "a b\n",
	NULL,
	"cannot mount from stage \"y\" to \"/m\", stage needs to be defined "
	"before current "
	"command",
	2},
};

static const struct {
	const char *line, *words, *args, *want;
} history_cases[] = {
    {"CMD [\"cat\", \"app.py\"]", "cat|app.py", NULL, "CMD [\"cat\" \"app.py\"]"},
    {"CMD x", "/bin/sh|-c|echo \"a\"", NULL,
	"CMD [\"/bin/sh\" \"-c\" \"echo \\\"a\\\"\"]"},
    {"EXPOSE 5000", "5000/tcp|80/udp", NULL, "EXPOSE map[5000/tcp:{} 80/udp:{}]"},
    {"RUN x", "/bin/sh|-c|cat a > b", NULL,
	"RUN /bin/sh -c cat a > b # buildkit"},
    {"RUN x", "/bin/sh|-c|x", "A=1|B=2",
	"RUN |2 A=1 B=2 /bin/sh -c x # buildkit"},
    {"COPY . .", ".|.", NULL, "COPY . . # buildkit"},
    {"COPY --from=b /x /y", "/x|/y", NULL, "COPY /x /y # buildkit"},
    {"WORKDIR /app", "/app", NULL, "WORKDIR /app"},
    {"ENV a=1 b=2", "a=1|b=2", NULL, "ENV a=1 b=2"},
    {"VOLUME /a /b", "/a|/b", NULL, "VOLUME [/a /b]"},
    {"SHELL [\"/bin/sh\",\"-ec\"]", "/bin/sh|-ec", NULL, "SHELL [/bin/sh -ec]"},
    {"ARG X=1 Y", "X=1|Y", NULL, "ARG X=1 Y"},
    {"HEALTHCHECK --interval=5m --timeout=3s --retries=3 CMD curl x", NULL, NULL,
	"HEALTHCHECK &{[\"CMD-SHELL\" \"curl x\"] \"5m0s\" \"3s\" \"0s\" \"0s\" "
	"'\\x03'}"},
    {"ONBUILD RUN x", NULL, NULL, ""},
};

static const struct {
	const char *words, *want;
} port_cases[] = {
    {"80", "80/tcp"}, {"443 80/UDP 443", "443/tcp|80/udp"},
    {"80-82/sctp", "80/sctp|81/sctp|82/sctp"}, {"127.0.0.1:8080:80", "80/tcp"},
    {"8080:80", "80/tcp"}, {"80/", "80/tcp"}, {"[::1]:1:80", "80/tcp"},
    {"notaport", "!Invalid containerPort: notaport"},
    {"70000", "!Invalid containerPort: 70000"},
    {"9-8", "!Invalid containerPort: 9-8"}, {"x:80", "!Invalid hostPort: x"},
    {"80/foo", "!Invalid proto: foo"},
    {"/tcp", "!No port specified: /tcp<empty>"},
    {"300.0.0.1:1:80", "!Invalid ip address: 300.0.0.1"},
};

static const struct {
	const char *text, *want; /* "Rule line|..." in order */
} lint_cases[] = {
    {"FROM b\nCMD [\"a\"]\n", ""}, {"FROM b as x\n", "FromAsCasing 1"},
    {"FROM b AS Foo\n", "StageNameCasing 1"},
    {"FROM b AS x\nFROM x AS x\n", "DuplicateStageName 2"},
    {"FROM b AS context\n", "ReservedStageName 1"},
    {"FROM b\nRUN a \\\n\n b\n", "NoEmptyContinuation 4"},
    {"FROM b\nRUN a\nrun b\n", "ConsistentInstructionCasing 3"},
    {"from b\nrun a\nRUN b\n", "ConsistentInstructionCasing 3"},
    {"FROM b\nRun a\n", "ConsistentInstructionCasing 2"},
    {"FROM b\nCMD a\n", "JSONArgsRecommended 2"},
    {"FROM b\nSHELL [\"x\"]\nCMD a\n", ""},
    {"FROM b\nMAINTAINER me\n", "MaintainerDeprecated 2"},
    {"FROM b\nENV A b\n", "LegacyKeyValueFormat 2"},
    {"FROM b\nWORKDIR app\nWORKDIR more\n", "WorkdirRelativePath 2"},
    {"FROM b\nCMD [\"a\"]\nCMD [\"b\"]\n", "MultipleInstructionsDisallowed 2"},
    {"FROM b\nENV DB_PASSWORD=x PUBLIC_KEY=y KEYBOARD=z\nARG TOKEN\n",
	"SecretsUsedInArgOrEnv 2|SecretsUsedInArgOrEnv 3"},
    {"FROM b\nEXPOSE 80/TCP 1:2\n", "ExposeProtoCasing 2|ExposeInvalidFormat 2"},
    {"FROM --platform=$TARGETPLATFORM b\n",
	"RedundantTargetPlatform 1|UndefinedArgInFrom 1"},
    {"FROM --platform=linux/amd64 b\n", "FromPlatformFlagConstDisallowed 1"},
    {"FROM --platform=linux/amd64 b AS build-amd64\n", ""},
    {"ARG TAG=1\nFROM b:$TGA\n",
	"UndefinedArgInFrom 2|InvalidDefaultArgInFrom 2"},
    {"ARG TAG\nFROM b:$TAG\n", "InvalidDefaultArgInFrom 2"},
    {"FROM scratch\nENV A=$B C=1\nENV D=$C$PATH\nARG X\nUSER $X\n",
	"UndefinedVar 2"},
    {"FROM b\nUSER $X\n", ""},
    {"FROM scratch\nCOPY .env a.txt /x/\nCOPY --from=b .env /\n",
	"CopyIgnoredFile 2"},
    {"# check=skip=JSONArgsRecommended,MaintainerDeprecated\nFROM b\nCMD "
     "a\nMAINTAINER b\n",
	""},
    {"FROM b\n# check=skip=JSONArgsRecommended\nCMD a\n", ""},
    {"# check=experimental=all\n# wrong\nARG X=1\nFROM b\n",
	"InvalidDefinitionDescription 3"},
    {"# check=skip=all;experimental=InvalidDefinitionDescription\n# wrong\nARG X=1 Y\n"
     "# Y is fine\nARG X Y\n# c the stage\nFROM b as c\n# d\nFROM b AS e\n",
	"InvalidDefinitionDescription 3|InvalidDefinitionDescription 9"},
    {"# check=skip=ALL\nFROM b as c\n", "FromAsCasing 2"},
    {"From b as x\nFROM c AS y\n", "ConsistentInstructionCasing 1"},
    {"FROM b As x\n", "FromAsCasing 1"}, {"from b AS x\n", "FromAsCasing 1"},
    /* What a stage stands on counts for it ... */
    {"FROM scratch AS a\nWORKDIR /app\nFROM a AS b\nWORKDIR sub\n", ""},
    {"FROM scratch AS a\nSHELL [\"x\"]\nFROM a\nCMD m\n", ""},
    {"FROM scratch AS a\nARG foo=f\nFROM a\nCOPY $foo /\n", ""},
    /* ... but not which commands it has. */
    {"FROM scratch AS a\nCMD [\"a\"]\nFROM a\nCMD [\"b\"]\n", ""},
    {"FROM scratch AS a\nCOPY $foo .\nFROM scratch\nCOPY $bar .\n",
	"UndefinedVar 2|UndefinedVar 4"},
    {"FROM scratch\nCOPY $foo .\nARG foo=bar\n", "UndefinedVar 2"},
    {"FROM scratch\nCOPY <<E <<'F' /x/\n$nope 'q\nE\n$no\nF\n", "UndefinedVar 2"},
    {"FROM scratch\nRUN --mount=type=cache,target=$nope x $y\n", "UndefinedVar 2"},
    {"FROM scratch\nEXPOSE $nope 80/TCP\n", "ExposeProtoCasing 2"},
    {"FROM scratch\nWORKDIR $X\n", "UndefinedVar 2|WorkdirRelativePath 2"},
    {"FROM scratch\nENV X=/a\nWORKDIR $X\n", ""}, {"FROM b\nWORKDIR $X\n", ""},
    {"FROM scratch\nENV A=${B:-x}\n", "UndefinedVar 2"},
    {"ARG TOKEN\nFROM b\nENV file_password=1 x_pword=2\n", "SecretsUsedInArgOrEnv 3"},
    {"ARG IMG=Foo\nFROM $IMG\n", "InvalidDefaultArgInFrom 2"},
    {"ARG IMG=LOCALHOST:5000/foo:Tag\nFROM $IMG\n", ""},
    {"FROM b\nCMD\n", "JSONArgsRecommended 2"},
    {"FROM b\nRUN \\\n\n<<E\nx\nE\n", "NoEmptyContinuation 4"},
    {"FROM --platform=linux/arm64/v8 b AS v8\n", "FromPlatformFlagConstDisallowed 1"},
    {"FROM scratch\nCOPY ./.env /x\n", "CopyIgnoredFile 2"},
};

static const struct {
	const char *patterns, *path;
	bool ignored;
} ignore_cases[] = {
    {"foo", "foo", true}, {"foo", "foo/bar", true}, {"foo", "a/foo", false},
    {"/foo", "foo", true}, {"foo/", "foo", true}, {"./foo", "foo", true},
    {"../foo", "foo", false}, {"*", "a/b", true}, {"*", ".git/config", true},
    {"*.go", "main.go", true}, {"*.go", "pkg/main.go", false},
    {"*/*.go", "pkg/main.go", true}, {"*/*.go", "a/b/c.go", false},
    {"**/*.go", "main.go", true}, {"**/*.go", "a/b/c.go", true},
    {"**/node_modules", "web/node_modules/x", true},
    {"**/node_modules", "my_node_modules", false},
    {"**node_modules", "my_node_modules", true}, {"abc/**", "abc", false},
    {"abc/**", "abc/d/e", true}, {"a**/*.txt", "a/d/f.txt", true},
    {"temp?", "tempa", true}, {"temp?", "temp", false}, {"[a-c]x", "bx", true},
    {"[^a-c]x", "bx", false}, {"a\\*b", "a*b", true}, {"a\\*b", "axb", false},
    {"*.md\n!README.md", "README.md", false},
    {"*.md\n!README*.md\nREADME-secret.md", "README-secret.md", true},
    {"*.md\nREADME-secret.md\n!README*.md", "README-secret.md", false},
    {"docs\n!docs/a.md", "docs/a.md", false},
    {"docs\n!docs/a.md", "docs/b.md", true},
    {"docs/*\n!docs/a.md", "docs/a.md", false}, {"**\n!src", "src/x/y.c", false},
    {"*\n!src/**", "src/x/y.c", false}, {"*\n!src/**", "src", true},
    {"*\n!.env", ".env", false}, {"# x", "# x", false}, {" # x", "# x", true},
    {"  foo  ", "foo", true}, {"! foo\nfoo", "foo", true},
    {"foo\n! foo", "foo", false}, {".", "x", false}, {"/", "x", false},
    {"a//b/../c", "a/c", true}, {".*", ".git/HEAD", true},
    {".*", "a/.git", false}, {"**/.*", "a/.b", true}, {"FOO", "foo", false},
    /* Beyond the table: the oracle's cases, and corners. */
    {"*\n!src\n!requirements.txt\nsrc/*.tmp", "src/deep/b.tmp", false},
    {"*\n!src\n!requirements.txt\nsrc/*.tmp", "src/a.tmp", true},
    {"__pycache__\n*.pyc", "pkg/b.pyc", false},
    {"*.git\n*.gitignore", ".gitignore", true}, {"*", ".", false},
    {"\xef\xbb\xbf"
     "foo",
	"foo", true},
    {"foo\r\n", "foo", true}, {"**", "a/b", true}, {"a/**/b", "a/b", true},
    {"a/**/b", "a/x/y/b", true}, {"a.b", "axb", false}, {"é?", "éü", true},
};
static const struct {
	const char *value;
	unsigned old, want;
	bool is_dir, bad;
} chmod_cases[] = {
    {"640", 0777, 0640, false, false}, {"07777", 0, 07777, false, false},
    {"10000", 0, 0, false, true}, {"64a", 0, 0, false, true}, {"", 0, 0, false, true},
    {"u=rwX,go=rX", 0640, 0644, false, false}, {"u=rwX,go=rX", 0750, 0755, false, false},
    {"u=rwX,go=rX", 0600, 0755, true, false}, {"+x", 0644, 0755, false, false},
    {"go-rwx", 0777, 0700, false, false}, {"u+s,o+t", 0755, 05755, false, false},
    {"g=u", 0740, 0770, false, false}, {"a=", 0777, 0, false, false},
    {"u", 0, 0, false, true}, {"u+q", 0, 0, false, true}, {"u+x,", 0, 0, false, true},
};

static const struct {
	const char *value, *want;
} mount_error_cases[] = {
    {"type=cache", NULL}, {"type=secret,id=a", NULL}, {"target=/x,mode=1",
	"mode not allowed for \"bind\" type mounts"},
    {"type=secret,from=a,id=b", "secret mount should not have a from"},
    {"type=secret,id=a,source=b", "both source and id can't be set"},
    {"type=secret", "invalid secret mount. one of source, target required"},
    {"typ=cache", "unexpected key 'typ' in 'typ=cache' (did you mean type?)"},
    {"type=tmp,target=/x", "unsupported mount type \"tmp\" (did you mean tmpfs?)"},
    {"type=cache,target", "invalid field 'target' must be a key=value pair"},
    {"type=cache,sharing=x", "unsupported sharing value \"x\""},
    {"from=$A,target=/x",
	"'from' doesn't support variable expansion, define alias stage instead"},
};

/* clang-format on */

#endif
