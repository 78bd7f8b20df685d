/* dockerfile_test.c - parsing, expanding, planning, describing and ignoring */
#include "sandbox/dockerfile/dockerfile.h"
#include "tests/unit/test.h"

static struct dockerfile *
parsed(const char *text)
{
	struct dockerfile_range where;
	struct err err = ERR_INIT;
	struct dockerfile *df = dockerfile_parse(text, strlen(text), &where, &err);

	if (df == NULL)
		printf("# %s: %s\n", text, err.text);
	CHECK(df != NULL);
	return df;
}

/* The only stage's instruction number i. */
#define INSTR(df, i) (&(df)->stages[0].instrs[i])

/* ---- errors of the parser ---- */

static void
errors(void)
{
#define AT(n) "dockerfile parse error on line " #n ": "
	static const struct {
		const char *text, *want;
		int first, last;
	} rows[] = {
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
		AT(2) "unknown flag: --chwon (did you mean chown?)", 2, 2},
	    {"FROM b\nCOPY --checksum=1 a b\n", AT(2) "unknown flag: --checksum", 2, 2},
	    {"FROM b\nCOPY --from a b\n", AT(2) "missing a value on flag: --from", 2, 2},
	    {"FROM b\nCOPY --link= a b\n", AT(2) "missing a value on flag: --link", 2, 2},
	    {"FROM b\nCOPY --link=x a b\n",
		AT(2) "expecting boolean value for flag --link, not: x", 2, 2},
	    {"FROM b\nCOPY --from=a --from=b a b\n",
		AT(2) "duplicate flag specified: --from", 2, 2},
	    {"FROM b\nCMD --x y\n", AT(2) "unknown flag: --x", 2, 2},
	    {"FROM b\nRUN --mount=typ=cache x\n",
		AT(2) "unexpected key 'typ' in 'typ=cache' (did you mean type?)", 2, 2},
	    {"FROM b\nRUN --mount=type=tmp,target=/x x\n",
		AT(2) "unsupported mount type \"tmp\" (did you mean tmpfs?)", 2, 2},
	    {"FROM b\nRUN --mount=type=cache,target x\n",
		AT(2) "invalid field 'target' must be a key=value pair", 2, 2},
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
	    {"# escape=x\nFROM b\n", "invalid escape token 'x' does not match ` or \\", 1,
		1},
	    {"# escape=`\n# escape=`\nFROM b\n",
		"only one escape parser directive can be used", 2, 2},
	    /* What cannot be read comes before what makes no sense. */
	    {"FROM b\nNOPE\nENV A\n", "ENV must have two arguments", 3, 3},
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct dockerfile_range where;
		struct err err = ERR_INIT;

		CHECK(dockerfile_parse(
			  rows[i].text, strlen(rows[i].text), &where, &err) == NULL);
		CHECK_STR(err.text, rows[i].want);
		CHECK_INT(where.first, rows[i].first);
		CHECK_INT(where.last, rows[i].last);
	}
}

static void
long_line(void)
{
	struct dockerfile_range where;
	struct err err = ERR_INIT;
	char *text = xmalloc(70001);

	memset(text, 'a', 70000);
	text[70000] = '\0';
	CHECK(dockerfile_parse(text, 70000, &where, &err) == NULL);
	CHECK_STR(err.text, "dockerfile line greater than max allowed size of 65535");
	free(text);
}

/* ---- what lines say ---- */

static void
titles_and_lines(void)
{
	static const struct {
		const char *text, *title;
		int first, last;
	} rows[] = {
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

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		cleanup_dockerfile struct dockerfile *df = parsed(rows[i].text);

		CHECK_STR(INSTR(df, 0)->text, rows[i].title);
		CHECK_INT(INSTR(df, 0)->lines.first, rows[i].first);
		CHECK_INT(INSTR(df, 0)->lines.last, rows[i].last);
	}
}

static void
words(void)
{
	static const struct {
		const char *line, *want; /* words joined by '|' */
		bool json;
	} rows[] = {
	    {"CMD [\"a\", \"b c\"]", "a|b c", true},
	    {"CMD []", "", true},
	    {"CMD [\"a\"] tail", "a", true},
	    {"CMD ['a']", "['a']", false},
	    {"RUN [ -f x ] && y", "[ -f x ] && y", false},
	    {"CMD", "", false},
	    {"COPY a  b\tc", "a|b|c", false},
	    {"COPY \"a b\" c", "\"a|b\"|c", false},
	    {"COPY [\"a b\", \"/c d/\"]", "a b|/c d/", true},
	    {"COPY --from=x --chown=1:2 a b", "a|b", false},
	    {"RUN -- --x", "--x", false},
	    {"EXPOSE 80 443/tcp", "80|443/tcp", false},
	    {"WORKDIR a b", "a b", false},
	    {"HEALTHCHECK --interval=5s CMD curl x", "curl x", false},
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		cleanup_free char *text = xasprintf("FROM b\n%s\n", rows[i].line);
		cleanup_dockerfile struct dockerfile *df = parsed(text);
		cleanup_vec struct vec got = VEC_INIT;
		cleanup_free char *joined = NULL;

		vec_add_all(&got, INSTR(df, 0)->args);
		joined = vec_join(&got, "|");
		CHECK_STR(joined, rows[i].want);
		CHECK_INT(INSTR(df, 0)->is_json, rows[i].json);
	}
}

static void
pairs(void)
{
	cleanup_dockerfile struct dockerfile *df =
	    parsed("ARG TAG=latest\nFROM b:${TAG} as Two\n"
		   "ENV A=1 B=\"x y\" C=a\\ b\nENV OLD style  value\nARG X Y=2\n"
		   "LABEL \"k l\"='v w'\n");
	const struct dockerfile_stage *st = &df->stages[0];

	CHECK_INT(df->n_globals, 1);
	CHECK_STR(df->globals[0].pairs[0].value, "latest");
	CHECK_STR(st->name, "two");
	CHECK_STR(st->written, "Two");
	CHECK_STR(st->base, "b:${TAG}");
	CHECK_INT(st->lines.first, 2);
	CHECK_INT(st->lines.last, 6);
	CHECK_INT(st->instrs[0].n_pairs, 3);
	CHECK_STR(st->instrs[0].pairs[1].value, "\"x y\"");
	CHECK_STR(st->instrs[0].pairs[2].value, "a\\ b");
	CHECK(st->instrs[1].legacy);
	CHECK_STR(st->instrs[1].pairs[0].value, "style  value");
	CHECK(st->instrs[2].pairs[0].value == NULL);
	CHECK_STR(st->instrs[2].pairs[1].value, "2");
	CHECK_STR(st->instrs[3].pairs[0].key, "\"k l\"");
}

static void
flags_and_health(void)
{
	cleanup_dockerfile struct dockerfile *df = parsed(
	    "FROM --platform=linux/amd64 b\n"
	    "COPY --link --parents=false --exclude=a --exclude='b c' x y\n"
	    "HEALTHCHECK --interval=1m30s --timeout=500ms --retries=3 CMD [\"a\"]\n"
	    "HEALTHCHECK CMD a b\nHEALTHCHECK none\n");
	const struct dockerfile_instr *copy = INSTR(df, 0), *health = INSTR(df, 1);

	CHECK_STR(df->stages[0].platform, "linux/amd64");
	CHECK(dockerfile_flag_on(copy, "link"));
	CHECK(!dockerfile_flag_on(copy, "parents"));
	CHECK_INT(copy->n_flags, 4);
	CHECK_STR(dockerfile_flag(copy, "exclude"), "b c");
	CHECK(dockerfile_flag(copy, "from") == NULL);
	CHECK_STR(health->health.test[0], "CMD");
	CHECK_STR(health->health.test[1], "a");
	CHECK(health->health.test[2] == NULL);
	CHECK_INT(health->health.interval, 90000000000LL);
	CHECK_INT(health->health.timeout, 500000000LL);
	CHECK_INT(health->health.retries, 3);
	CHECK_STR(INSTR(df, 2)->health.test[0], "CMD-SHELL");
	CHECK_STR(INSTR(df, 2)->health.test[1], "a b");
	CHECK_STR(INSTR(df, 3)->health.test[0], "NONE");
}

static void
heredocs(void)
{
	cleanup_dockerfile struct dockerfile *df = parsed(
	    "FROM b\nRUN <<EOT\necho one\necho $0\nEOT\n"
	    "COPY <<file.txt <<-\"raw\" /h/\nx $HOME\nfile.txt\n\ta\n\t\tb\n\traw\n"
	    "RUN python3 <<A 3<<B\n1\nA\n2\nB\n"
	    "RUN <<E\n#!/bin/cat\nE\nRUN echo \"<<X\"\nONBUILD RUN <<Z\nz\nZ\nCMD x\n");
	const struct dockerfile_instr *copy = INSTR(df, 1);
	const struct dockerfile_heredoc *script;
	cleanup_buf struct buf title = BUF_INIT(BUF_OURS);
	cleanup_vec struct vec argv = VEC_INIT;

	CHECK_INT(df->stages[0].n_instrs, 7);
	dockerfile_title(&title, df, INSTR(df, 0), NULL);
	CHECK_STR(title.s, "RUN <<EOT (echo one...)");
	dockerfile_run_argv(INSTR(df, 0), NULL, &argv, &script);
	CHECK_STR(argv.v[2], "echo one\necho $0\n");
	CHECK(script == NULL);
	CHECK_INT(copy->n_heredocs, 2);
	CHECK(copy->heredocs[0].expand && !copy->heredocs[1].expand);
	CHECK_STR(copy->heredocs[1].content, "a\nb\n");
	CHECK_STR(dockerfile_source_heredoc(copy, copy->args[0])->content, "x $HOME\n");
	CHECK(dockerfile_source_heredoc(copy, "/h/") == NULL);
	vec_done(&argv);
	dockerfile_run_argv(INSTR(df, 2), NULL, &argv, &script);
	CHECK_STR(argv.v[2], "python3 <<A 3<<B\n1\nA\n2\nB");
	CHECK_INT(INSTR(df, 2)->heredocs[1].fd, 3);
	vec_done(&argv);
	dockerfile_run_argv(INSTR(df, 3), NULL, &argv, &script);
	CHECK_STR(argv.v[0], "/dev/pipes/E");
	CHECK(argv.len == 1 && script == &INSTR(df, 3)->heredocs[0]);
	CHECK_INT(INSTR(df, 4)->n_heredocs, 0);
	CHECK_STR(INSTR(df, 5)->trigger, "RUN <<Z\nz\nZ");
}

static void
triggers(void)
{
	cleanup_dockerfile struct dockerfile *df = parsed("FROM b\n");
	const struct dockerfile_range lines = {7, 7};
	struct dockerfile_instr in;
	struct err err = ERR_INIT;

	CHECK_INT(dockerfile_parse_trigger(df, "RUN <<Z\nz\nZ", lines, &in, &err), 0);
	CHECK_STR(in.heredocs[0].content, "z\n");
	CHECK_INT(in.lines.first, 7);
	CHECK_INT(dockerfile_parse_trigger(df, "FROBNICATE x", lines, &in, &err), -1);
	CHECK_STR(err.text,
	    "dockerfile parse error on line 7: unknown instruction: FROBNICATE");
}

static void
frames(void)
{
	static const char text[] = "FROM busybox\nWORKDIR /app\nCOYP . .\n";
	static const char ten[] = "1\n2\n3\n4\n5\n6\n7\n8\n9\n10";
	cleanup_buf struct buf b = BUF_INIT(BUF_OURS);

	dockerfile_frame(
	    &b, "Dockerfile", text, strlen(text), (struct dockerfile_range){3, 3});
	CHECK_STR(b.s, "Dockerfile:3\n--------------------\n   1 |     FROM busybox\n"
		       "   2 |     WORKDIR /app\n   3 | >>> COYP . .\n   4 |     \n"
		       "--------------------\n");
	buf_clear(&b);
	dockerfile_frame(&b, "D", ten, strlen(ten), (struct dockerfile_range){5, 6});
	CHECK_STR(b.s,
	    "D:5\n--------------------\n   4 |     4\n   5 | >>> 5\n   6 | >>> 6\n"
	    "   7 |     7\n--------------------\n");
	buf_clear(&b);
	dockerfile_frame(&b, "D", ten, strlen(ten), (struct dockerfile_range){0, 0});
	dockerfile_frame(&b, "D", ten, strlen(ten), (struct dockerfile_range){11, 11});
	CHECK_STR(b.s, "");
}

/* ---- variables ---- */

static void
expansion(void)
{
	static const struct {
		const char *word, *want; /* an error when it begins with "!" */
	} rows[] = {
	    {"plain", "plain"},
	    {"$PWD", "/home"},
	    {"${PWD}x", "/homex"},
	    {"a$PWD.b", "a/home.b"},
	    {"he\\$PWD", "he$PWD"},
	    {"he\\\\$PWD", "he\\/home"},
	    {"'he$PWD'", "he$PWD"},
	    {"\"he$PWD\"", "he/home"},
	    {"\"a\\\"b\"", "a\"b"},
	    {"\"a\\xb\"", "a\\xb"},
	    {"a\\", "a"},
	    {"$", "$"},
	    {"$.", "$."},
	    {"$$x", "x"},
	    {"$001aaa", "aaa"},
	    {"${1}b", "b"},
	    {"$NOPE.", "."},
	    {"'a b' c", "a b c"},
	    {"安$PWD", "安/home"},
	    {"$KÖ", "ja"},
	    {"${NOPE:-w}", "w"},
	    {"${NOPE-w}", "w"},
	    {"${EMPTY:-w}", "w"},
	    {"${EMPTY-w}", ""},
	    {"${PWD:-w}", "/home"},
	    {"${NOPE:-\\$PWD:}", "$PWD:"},
	    {"${NOPE:-$PWD:}", "/home:"},
	    {"${NOPE:-${ALSO:-c}}", "c"},
	    {"${PWD:+w}", "w"},
	    {"${EMPTY:+w}", ""},
	    {"${EMPTY+w}", "w"},
	    {"${NOPE+w}", ""},
	    {"${PWD:?m}", "/home"},
	    {"${NOPE:?m}", "!NOPE: m"},
	    {"${NOPE?}", "!NOPE: is not allowed to be unset"},
	    {"${EMPTY:?}", "!EMPTY: is not allowed to be empty"},
	    {"${EMPTY?}", ""},
	    {"${P#*/}", "b/c.tar.gz"},
	    {"${P##*/}", "c.tar.gz"},
	    {"${P%.*}", "a/b/c.tar"},
	    {"${P%%.*}", "a/b/c"},
	    {"${P#x}", "a/b/c.tar.gz"},
	    {"${P%?}", "a/b/c.tar.g"},
	    {"${STAR#\\*}", "b"},
	    {"${P/a/A}", "A/b/c.tar.gz"},
	    {"${P//a/A}", "A/b/c.tAr.gz"},
	    {"${P/\\//_}", "a_b/c.tar.gz"},
	    {"${P//\\//_}", "a_b_c.tar.gz"},
	    {"${P/b*/X}", "a/X"},
	    {"${P/\\/b/\\}}", "a}/c.tar.gz"},
	    {"${NOPE#x}", ""},
	    {"${P:#x}", "!unsupported modifier (:#) in substitution"},
	    {"${P:=x}", "!unsupported modifier (:=) in substitution"},
	    {"${P!x}", "!unsupported modifier (!) in substitution"},
	    {"${", "!syntax error: missing '}'"},
	    {"${P", "!syntax error: missing '}'"},
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
	cleanup_vec struct vec env = VEC_INIT;

	vec_add(&env, "PWD=/home");
	vec_add(&env, "EMPTY=");
	vec_add(&env, "P=a/b/c.tar.gz");
	vec_add(&env, "STAR=*b");
	vec_add(&env, "KÖ=ja");
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct err err = ERR_INIT;
		cleanup_free char *got =
		    dockerfile_expand(NULL, rows[i].word, &env, &err);

		if (rows[i].want[0] != '!') {
			CHECK_STR(got != NULL ? got : err.text, rows[i].want);
			continue;
		}
		if (got != NULL || strstr(err.text, rows[i].want + 1) == NULL)
			printf(
			    "# %s -> %s / %s\n", rows[i].word, got ? got : "", err.text);
		CHECK(got == NULL);
		CHECK(str_starts(err.text, "failed to process \""));
		CHECK(strstr(err.text, rows[i].want + 1) != NULL);
	}
}

static void
expansion_to_words(void)
{
	static const struct {
		const char *word, *want;
	} rows[] = {
	    {"$LIST", "80|81"},
	    {"\"$LIST\"", "80 81"},
	    {"a$LIST\\ b", "a80|81 b"},
	    {"a 'b c' d", "a|b c|d"},
	    {"$NOPE", ""},
	    {"  x  ", "x"},
	    {"${NOPE:-1 2}", "1|2"},
	};
	cleanup_vec struct vec env = VEC_INIT;

	vec_add(&env, "LIST=80 81");
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		cleanup_vec struct vec got = VEC_INIT;
		cleanup_free char *joined = NULL;

		CHECK_INT(
		    dockerfile_expand_words(NULL, rows[i].word, &env, &got, NULL), 0);
		joined = vec_join(&got, "|");
		CHECK_STR(joined, rows[i].want);
	}
}

static void
expansion_options(void)
{
	cleanup_vec struct vec env = VEC_INIT, undefined = VEC_INIT;
	const struct dockerfile_lex run = {.keep_quotes = true, .keep_unset = true};
	const struct dockerfile_lex body = {.no_quotes = true, .undefined = &undefined};
	const struct dockerfile_lex tick = {.escape = '`'};
	cleanup_free char *a = NULL, *b = NULL, *c = NULL, *deep = NULL;
	cleanup_buf struct buf nested = BUF_INIT(BUF_OURS);
	struct err err = ERR_INIT;

	vec_add(&env, "A=1");
	a = dockerfile_expand(&run, "echo \"$A ${B}\" '$A' \\( $C", &env, NULL);
	CHECK_STR(a, "echo \"1 ${B}\" '$A' ( $C");
	b = dockerfile_expand(&body, "it's $A \"$B$B\" ${C:-d} \\$A", &env, NULL);
	CHECK_STR(b, "it's 1 \"\" d $A");
	CHECK_INT(undefined.len, 1);
	CHECK_STR(undefined.v[0], "B");
	c = dockerfile_expand(&tick, "C:\\x`$A$A", &env, NULL);
	CHECK_STR(c, "C:\\x$A1");
	for (int i = 0; i < 5000; i++)
		buf_adds(&nested, "${X:-");
	deep = dockerfile_expand(NULL, nested.s, &env, &err);
	CHECK(deep == NULL && err.kind != ERR_NONE);
}

/* ---- stages ---- */

static const char stages_text[] =
    "ARG V=1\nARG W=${V}-x\nARG E\nFROM busybox:$V AS base\n"
    "FROM base AS Build\nRUN a\n"
    "FROM scratch AS unused\n"
    "FROM --platform=$BUILDPLATFORM alpine:${W}\n"
    "COPY --from=build a b\nCOPY --from=busybox c d\nWORKDIR /\n";

static void
plans(void)
{
	cleanup_dockerfile struct dockerfile *df = parsed(stages_text);
	cleanup_dockerfile_plan struct dockerfile_plan plan = {0};
	cleanup_vec struct vec args = VEC_INIT, platform = VEC_INIT;
	struct dockerfile_input input = {.build_args = &args, .platform_args = &platform};
	struct dockerfile_range where;
	struct err err = ERR_INIT;

	vec_add(&args, "V=9");
	vec_add(&platform, "BUILDPLATFORM=linux/amd64");
	CHECK_INT(dockerfile_plan(df, &input, &plan, &where, &err), 0);
	CHECK_INT(plan.target, 3);
	CHECK_STR(plan.stages[0].base, "busybox:9");
	CHECK_INT(plan.stages[1].base_stage, 0);
	CHECK(plan.stages[2].scratch && !plan.stages[2].needed);
	CHECK_STR(plan.stages[3].base, "alpine:9-x");
	CHECK_STR(plan.stages[3].platform, "linux/amd64");
	CHECK(plan.stages[0].needed && plan.stages[1].needed && plan.stages[3].needed);
	CHECK(vec_env_get(&plan.globals, "E") == NULL);
	CHECK_STR(vec_env_get(&plan.globals, "TARGETSTAGE"), "default");
	CHECK_INT(dockerfile_steps(&df->stages[3], true), 4);
	CHECK_INT(dockerfile_steps(&df->stages[1], false), 1);
	dockerfile_plan_done(&plan);
	input.target = "BUILD";
	CHECK_INT(dockerfile_plan(df, &input, &plan, &where, &err), 0);
	CHECK(plan.target == 1 && !plan.stages[3].needed);
	CHECK_INT(dockerfile_find_stage(df, "3", &err), 3);
	CHECK_INT(dockerfile_find_stage(df, "BASE", &err), 0);
	CHECK_INT(dockerfile_find_stage(df, "nginx", &err), -1);
	CHECK_INT(dockerfile_find_stage(df, "7", &err), -2);
	CHECK_STR(err.text, "invalid stage index 7");
}

static void
plan_errors(void)
{
	static const struct {
		const char *text, *target, *want;
		int line;
	} rows[] = {
	    {"FROM a AS build\n", "nope", "target stage \"nope\" could not be found", 0},
	    {"FROM a AS build\n", "biuld",
		"target stage \"biuld\" could not be found (did you mean build?)", 0},
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

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		cleanup_dockerfile struct dockerfile *df = parsed(rows[i].text);
		struct dockerfile_input input = {.target = rows[i].target};
		struct dockerfile_plan plan;
		struct dockerfile_range where;
		struct err err = ERR_INIT;

		CHECK_INT(dockerfile_plan(df, &input, &plan, &where, &err), -1);
		if (!str_starts(err.text, rows[i].want))
			CHECK_STR(err.text, rows[i].want);
		CHECK_INT(where.first, rows[i].line);
	}
}

/* ---- descriptions ---- */

static void
titles(void)
{
	static const struct {
		const char *line, *want;
	} rows[] = {
	    {"RUN echo \"$G [$PLAIN] [$UNSET]\"", "RUN echo \"hello [a b] [$UNSET]\""},
	    {"RUN find \\( -x \\)", "RUN find ( -x )"},
	    {"RUN [\"/bin/nope\", \"x\"]", "RUN [\"/bin/nope\", \"x\"]"},
	    {"COPY [\"a.txt\", \"/with space/\"]", "COPY [a.txt, /with space/]"},
	    {"workdir /srv/$G", "WORKDIR /srv/hello"},
	    {"COPY --from=x a $UNSET/b", "COPY --from=x a /b"},
	    {"COPY <<\"raw\" /h\nraw", "COPY <<raw /h"},
	    {"RUN echo 'open", "RUN echo 'open"},
	};
	cleanup_vec struct vec env = VEC_INIT;

	vec_add(&env, "G=hello");
	vec_add(&env, "PLAIN=a b");
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		cleanup_free char *text = xasprintf("FROM b\n%s\n", rows[i].line);
		cleanup_dockerfile struct dockerfile *df = parsed(text);
		cleanup_buf struct buf b = BUF_INIT(BUF_OURS);

		dockerfile_title(&b, df, INSTR(df, 0), &env);
		CHECK_STR(b.s, rows[i].want);
	}
}

static void
step_prefixes(void)
{
	cleanup_buf struct buf b = BUF_INIT(BUF_OURS);

	dockerfile_step_prefix(&b, NULL, 2, 4);
	dockerfile_step_prefix(&b, "stage-0", 2, 14);
	CHECK_STR(b.s, "[2/4] [stage-0  2/14] ");
}

static void
histories(void)
{
	static const struct {
		const char *line, *words, *args, *want;
	} rows[] = {
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

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		cleanup_free char *text = xasprintf("FROM b\n%s\n", rows[i].line);
		cleanup_dockerfile struct dockerfile *df = parsed(text);
		cleanup_vec struct vec list = VEC_INIT, args = VEC_INIT;
		struct dockerfile_done done = {.words = &list, .build_args = &args};
		cleanup_buf struct buf b = BUF_INIT(BUF_OURS);

		vec_split(&list, rows[i].words != NULL ? rows[i].words : "", "|");
		vec_split(&args, rows[i].args != NULL ? rows[i].args : "", "|");
		dockerfile_history(&b, INSTR(df, 0), &done);
		CHECK_STR(b.s, rows[i].want);
	}
}

static void
copy_history_flags(void)
{
	cleanup_dockerfile struct dockerfile *df =
	    parsed("FROM b\nCOPY --chmod=640 --chown=1000:1000 a.txt /own/\n");
	cleanup_vec struct vec list = VEC_INIT;
	struct dockerfile_done done = {
	    .words = &list, .chown = "1000:1000", .chmod = "640"};
	cleanup_buf struct buf b = BUF_INIT(BUF_OURS);

	vec_split(&list, "a.txt /own/", " ");
	dockerfile_history(&b, INSTR(df, 0), &done);
	CHECK_STR(b.s, "COPY --chown=1000:1000 --chmod=640 a.txt /own/ # buildkit");
}

static void
ports(void)
{
	static const struct {
		const char *words, *want;
	} rows[] = {
	    {"80", "80/tcp"},
	    {"443 80/UDP 443", "443/tcp|80/udp"},
	    {"80-82/sctp", "80/sctp|81/sctp|82/sctp"},
	    {"127.0.0.1:8080:80", "80/tcp"},
	    {"8080:80", "80/tcp"},
	    {"80/", "80/tcp"},
	    {"[::1]:1:80", "80/tcp"},
	    {"notaport", "!Invalid containerPort: notaport"},
	    {"70000", "!Invalid containerPort: 70000"},
	    {"9-8", "!Invalid containerPort: 9-8"},
	    {"x:80", "!Invalid hostPort: x"},
	    {"80/foo", "!Invalid proto: foo"},
	    {"/tcp", "!No port specified: /tcp<empty>"},
	    {"300.0.0.1:1:80", "!Invalid ip address: 300.0.0.1"},
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		cleanup_vec struct vec list = VEC_INIT, got = VEC_INIT;
		cleanup_free char *joined = NULL;
		struct err err = ERR_INIT;
		int r;

		vec_split(&list, rows[i].words, " ");
		r = dockerfile_ports(&list, &got, &err);
		joined = vec_join(&got, "|");
		CHECK_STR(r < 0 ? err.text : joined, rows[i].want + (r < 0));
	}
}

static void
durations_and_quotes(void)
{
	static const struct {
		const char *in, *out;
	} rows[] = {{"30s", "30s"}, {"90s", "1m30s"}, {"1h", "1h0m0s"},
	    {"1.5h", "1h30m0s"}, {"500ms", "500ms"}, {"1500us", "1.5ms"}, {"0", "0s"},
	    {"2m0.5s", "2m0.5s"}, {"-1s", "-1s"}};
	cleanup_buf struct buf b = BUF_INIT(BUF_OURS);

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		long long ns = 0;

		buf_clear(&b);
		CHECK_INT(dockerfile_duration(rows[i].in, &ns, NULL), 0);
		dockerfile_add_duration(&b, ns);
		CHECK_STR(b.s, rows[i].out);
	}
	buf_clear(&b);
	dockerfile_quote(&b, "a\"b\\\n\t\x01 é\xff");
	CHECK_STR(b.s, "\"a\\\"b\\\\\\n\\t\\x01 é\\xff\"");
}

static void
mounts(void)
{
	cleanup_vec struct vec got = VEC_INIT;
	cleanup_free char *joined = NULL;

	CHECK_INT(
	    dockerfile_mount("type=bind,\"source=a,b\",target=/x,rw", &got, NULL), 0);
	joined = vec_join(&got, "|");
	CHECK_STR(joined, "type=bind|source=a,b|target=/x|rw");
}

/* ---- lint ---- */

static void
lint(void)
{
	static const struct {
		const char *text, *want; /* "Rule line|..." in order */
	} rows[] = {
	    {"FROM b\nCMD [\"a\"]\n", ""},
	    {"FROM b as x\n", "FromAsCasing 1"},
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
	};
	cleanup_ignore struct ignore *ig = ignore_parse(".env\n", 5, NULL);
	const struct dockerfile_lint_input in = {.ignore = ig};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		cleanup_dockerfile struct dockerfile *df = parsed(rows[i].text);
		cleanup_dockerfile_warnings struct dockerfile_warnings w = {0};
		cleanup_vec struct vec got = VEC_INIT;
		cleanup_free char *joined = NULL;

		dockerfile_lint(df, &in, &w);
		for (size_t k = 0; k < w.len; k++)
			vec_addf(&got, "%s %d", w.v[k].rule, w.v[k].lines.first);
		joined = vec_join(&got, "|");
		if (!str_eq(joined, rows[i].want))
			printf("# in: %s\n", rows[i].text);
		CHECK_STR(joined, rows[i].want);
	}
}

static void
lint_texts(void)
{
	cleanup_dockerfile struct dockerfile *df =
	    parsed("# check=error=true\nFROM scratch as Base\nENV OLD value\nENV NAME=1\n"
		   "USER $NAEM\nCOPY $NAME /a\n");
	cleanup_dockerfile_warnings struct dockerfile_warnings w = {0};
	cleanup_buf struct buf b = BUF_INIT(BUF_OURS);
	size_t n = 0;

	while (dockerfile_rules()[n] != NULL)
		n++;
	CHECK_INT(n, 22);
	dockerfile_lint(df, NULL, &w);
	CHECK(w.fatal);
	dockerfile_add_warnings(&b, &w);
	CHECK_STR(b.s,
	    "\n 4 warnings found (use docker --debug to expand):\n"
	    " - FromAsCasing: 'as' and 'FROM' keywords' casing do not match (line 2)\n"
	    " - StageNameCasing: Stage name 'Base' should be lowercase (line 2)\n"
	    " - LegacyKeyValueFormat: \"ENV key=value\" should be used instead of legacy "
	    "\"ENV key value\" format (line 3)\n"
	    " - UndefinedVar: Usage of undefined variable '$NAEM' (did you mean $NAME?) "
	    "(line 5)\n");
}

/* ---- .dockerignore ---- */

static void
ignoring(void)
{
	static const struct {
		const char *patterns, *path;
		bool ignored;
	} rows[] = {
	    {"foo", "foo", true},
	    {"foo", "foo/bar", true},
	    {"foo", "a/foo", false},
	    {"/foo", "foo", true},
	    {"foo/", "foo", true},
	    {"./foo", "foo", true},
	    {"../foo", "foo", false},
	    {"*", "a/b", true},
	    {"*", ".git/config", true},
	    {"*.go", "main.go", true},
	    {"*.go", "pkg/main.go", false},
	    {"*/*.go", "pkg/main.go", true},
	    {"*/*.go", "a/b/c.go", false},
	    {"**/*.go", "main.go", true},
	    {"**/*.go", "a/b/c.go", true},
	    {"**/node_modules", "web/node_modules/x", true},
	    {"**/node_modules", "my_node_modules", false},
	    {"**node_modules", "my_node_modules", true},
	    {"abc/**", "abc", false},
	    {"abc/**", "abc/d/e", true},
	    {"a**/*.txt", "a/d/f.txt", true},
	    {"temp?", "tempa", true},
	    {"temp?", "temp", false},
	    {"[a-c]x", "bx", true},
	    {"[^a-c]x", "bx", false},
	    {"a\\*b", "a*b", true},
	    {"a\\*b", "axb", false},
	    {"*.md\n!README.md", "README.md", false},
	    {"*.md\n!README*.md\nREADME-secret.md", "README-secret.md", true},
	    {"*.md\nREADME-secret.md\n!README*.md", "README-secret.md", false},
	    {"docs\n!docs/a.md", "docs/a.md", false},
	    {"docs\n!docs/a.md", "docs/b.md", true},
	    {"docs/*\n!docs/a.md", "docs/a.md", false},
	    {"**\n!src", "src/x/y.c", false},
	    {"*\n!src/**", "src/x/y.c", false},
	    {"*\n!src/**", "src", true},
	    {"*\n!.env", ".env", false},
	    {"# x", "# x", false},
	    {" # x", "# x", true},
	    {"  foo  ", "foo", true},
	    {"! foo\nfoo", "foo", true},
	    {"foo\n! foo", "foo", false},
	    {".", "x", false},
	    {"/", "x", false},
	    {"a//b/../c", "a/c", true},
	    {".*", ".git/HEAD", true},
	    {".*", "a/.git", false},
	    {"**/.*", "a/.b", true},
	    {"FOO", "foo", false},
	    /* Beyond the table: the oracle's cases, and corners. */
	    {"*\n!src\n!requirements.txt\nsrc/*.tmp", "src/deep/b.tmp", false},
	    {"*\n!src\n!requirements.txt\nsrc/*.tmp", "src/a.tmp", true},
	    {"__pycache__\n*.pyc", "pkg/b.pyc", false},
	    {"*.git\n*.gitignore", ".gitignore", true},
	    {"*", ".", false},
	    {"\xef\xbb\xbf"
	     "foo",
		"foo", true},
	    {"foo\r\n", "foo", true},
	    {"**", "a/b", true},
	    {"a/**/b", "a/b", true},
	    {"a/**/b", "a/x/y/b", true},
	    {"a.b", "axb", false},
	    {"é?", "éü", true},
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		cleanup_ignore struct ignore *ig =
		    ignore_parse(rows[i].patterns, strlen(rows[i].patterns), NULL);

		CHECK(ig != NULL);
		if (ignore_match(ig, rows[i].path) != rows[i].ignored)
			printf("# [%s] on %s\n", rows[i].patterns, rows[i].path);
		CHECK_INT(ignore_match(ig, rows[i].path), rows[i].ignored);
	}
}

static void
pruning_and_bad_patterns(void)
{
	cleanup_ignore struct ignore *plain = ignore_parse("a\n", 2, NULL);
	cleanup_ignore struct ignore *except = ignore_parse("a\n!a/b\n", 7, NULL);
	struct err err = ERR_INIT;

	CHECK(ignore_may_prune(plain, "a") && !ignore_may_prune(plain, "b"));
	CHECK(!ignore_may_prune(except, "a") && ignore_has_exceptions(except));
	CHECK(!ignore_match(NULL, "a"));
	CHECK(ignore_parse("!\n", 2, &err) == NULL);
	CHECK_STR(err.text, "illegal exclusion pattern: \"!\"");
	CHECK(ignore_parse("[a\n", 3, &err) == NULL);
	CHECK_STR(err.text, "syntax error in pattern");
}

static void
globs(void)
{
	CHECK(dockerfile_glob("src/*.py", "src/x.py") &&
	      !dockerfile_glob("src/*.py", "src/d/x.py"));
	CHECK(dockerfile_glob("[a-c]?", "bz") && !dockerfile_glob("[^a-c]?", "bz"));
	CHECK(dockerfile_glob("a\\*", "a*") && !dockerfile_glob("a\\*", "ab"));
	CHECK(!dockerfile_glob("[^a]b", "/b") && !dockerfile_glob("**", "a/b"));
	CHECK(dockerfile_is_glob("a*") && !dockerfile_is_glob("a\\*"));
	CHECK(!dockerfile_glob_is_valid("[]a]") && !dockerfile_glob_is_valid("a\\"));
	CHECK(!dockerfile_glob_is_valid("[a-]") && dockerfile_glob_is_valid("[a-z\\]]"));
}

TEST_MAIN({"every mistake has Docker's words and lines", errors},
    {"a line longer than 64 KiB is refused", long_line},
    {"continuations, comments and escapes make titles", titles_and_lines},
    {"words are cut as each instruction wants", words},
    {"ENV, LABEL and ARG have pairs; FROM has its parts", pairs},
    {"flags and health checks are read", flags_and_health},
    {"here-documents belong to RUN, COPY and ONBUILD", heredocs},
    {"a base image's triggers are parsed", triggers},
    {"the frame around a mistake is BuildKit's", frames},
    {"variables are expanded as the shell lexer does", expansion},
    {"expansion cuts words at unquoted blanks", expansion_to_words},
    {"titles, bodies and other escapes expand their own way", expansion_options},
    {"a plan knows bases, target and what is needed", plans},
    {"stages that cannot be built are refused", plan_errors},
    {"titles of steps are filled in", titles}, {"step numbers are padded", step_prefixes},
    {"history has engine 26.1's texts", histories},
    {"COPY's history shows owner and mode", copy_history_flags},
    {"EXPOSE's ports are read, sorted, refused", ports},
    {"durations and quotes are Go's", durations_and_quotes},
    {"a mount is a line of CSV", mounts}, {"each lint rule finds its line", lint},
    {"lint prints Docker's block", lint_texts},
    {".dockerignore decides as the table says", ignoring},
    {"folders are pruned only without exceptions", pruning_and_bad_patterns},
    {"wildcards of COPY are Go's", globs})
