/* dockerfile_test.c - parsing, expanding, planning, describing and ignoring */
#include "sandbox/dockerfile/dockerfile.h"
#include "tests/unit/dockerfile_cases.h"
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
	for (size_t i = 0; i < ARRAY_LEN(error_cases); i++) {
		struct dockerfile_range where;
		struct err err = ERR_INIT;

		CHECK(dockerfile_parse(error_cases[i].text, strlen(error_cases[i].text),
			  &where, &err) == NULL);
		CHECK_STR(err.text, error_cases[i].want);
		CHECK_INT(where.first, error_cases[i].first);
		CHECK_INT(where.last, error_cases[i].last);
	}
}

static void
long_line(void)
{
	static const char too_long[] =
	    "dockerfile line greater than max allowed size of 65535";
	struct dockerfile_range where;
	struct err err = ERR_INIT;
	cleanup_buf struct buf text = BUF_INIT(BUF_OURS);

	buf_adds(&text, "FROM b\nRUN ");
	while (text.len < 7 + 65535)
		buf_addc(&text, 'a');
	buf_addc(&text, '\n');
	cleanup_dockerfile struct dockerfile *df =
	    dockerfile_parse(text.s, text.len, &where, &err);
	CHECK(df != NULL);
	text.s[text.len - 1] = 'a';
	CHECK(dockerfile_parse(text.s, text.len, &where, &err) == NULL);
	CHECK_STR(err.text, too_long);
	CHECK_INT(where.first, 1);
	CHECK(dockerfile_parse(text.s + 7, text.len - 7, &where, &err) == NULL);
	CHECK_STR(err.text, too_long);
}

/* ---- what lines say ---- */

static void
titles_and_lines(void)
{
	for (size_t i = 0; i < ARRAY_LEN(title_cases); i++) {
		cleanup_dockerfile struct dockerfile *df = parsed(title_cases[i].text);

		CHECK_STR(INSTR(df, 0)->text, title_cases[i].title);
		CHECK_INT(INSTR(df, 0)->lines.first, title_cases[i].first);
		CHECK_INT(INSTR(df, 0)->lines.last, title_cases[i].last);
	}
}

static void
words(void)
{
	for (size_t i = 0; i < ARRAY_LEN(word_cases); i++) {
		cleanup_free char *text = xasprintf("FROM b\n%s\n", word_cases[i].line);
		cleanup_dockerfile struct dockerfile *df = parsed(text);
		cleanup_vec struct vec got = VEC_INIT;
		cleanup_free char *joined = NULL;

		vec_add_all(&got, INSTR(df, 0)->args);
		joined = vec_join(&got, "|");
		CHECK_STR(joined, word_cases[i].want);
		CHECK_INT(INSTR(df, 0)->is_json, word_cases[i].json);
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
	cleanup_vec struct vec env = VEC_INIT;

	vec_add(&env, "PWD=/home");
	vec_add(&env, "EMPTY=");
	vec_add(&env, "P=a/b/c.tar.gz");
	vec_add(&env, "STAR=*b");
	vec_add(&env, "KÖ=ja");
	for (size_t i = 0; i < ARRAY_LEN(expansion_cases); i++) {
		struct err err = ERR_INIT;
		cleanup_free char *got =
		    dockerfile_expand(NULL, expansion_cases[i].word, &env, &err);

		if (expansion_cases[i].want[0] != '!') {
			CHECK_STR(got != NULL ? got : err.text, expansion_cases[i].want);
			continue;
		}
		if (got != NULL || strstr(err.text, expansion_cases[i].want + 1) == NULL)
			printf("# %s -> %s / %s\n", expansion_cases[i].word,
			    got ? got : "", err.text);
		CHECK(got == NULL);
		CHECK(str_starts(err.text, "failed to process \""));
		CHECK(strstr(err.text, expansion_cases[i].want + 1) != NULL);
	}
}

static void
expansion_to_words(void)
{
	static const struct {
		const char *word, *want;
	} rows[] = {
	    /* clang-format off */
	    {"$LIST", "80|81"}, {"\"$LIST\"", "80 81"}, {"a$LIST\\ b", "a80|81 b"},
	    {"a 'b c' d", "a|b c|d"}, {"$NOPE", ""}, {"  x  ", "x"},
	    {"${NOPE:-1 2}", "1|2"},
	    /* clang-format on */
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
	cleanup_free char *a = NULL, *b = NULL, *c = NULL, *d = NULL, *deep = NULL;
	cleanup_buf struct buf nested = BUF_INIT(BUF_OURS);
	struct err err = ERR_INIT;

	vec_add(&env, "A=1");
	a = dockerfile_expand(&run, "echo \"$A ${B}\" '$A' \\( $C", &env, NULL);
	CHECK_STR(a, "echo \"1 ${B}\" '$A' ( $C");
	b = dockerfile_expand(&body, "it's $A \"$B$B\" ${C:-d} \\$A", &env, NULL);
	CHECK_STR(b, "it's 1 \"\" d $A");
	/* A default does not make a variable known. */
	CHECK_INT(undefined.len, 2);
	CHECK_STR(undefined.v[0], "B");
	CHECK_STR(undefined.v[1], "C");
	d = dockerfile_expand(
	    &run, "echo ${N:-x} ${N##*/} ${N//a/b} ${A:+y}", &env, NULL);
	CHECK_STR(d, "echo ${N:-x} ${N##*/} ${N/a/b} y");
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
	for (size_t i = 0; i < ARRAY_LEN(plan_error_cases); i++) {
		cleanup_dockerfile struct dockerfile *df =
		    parsed(plan_error_cases[i].text);
		struct dockerfile_input input = {.target = plan_error_cases[i].target};
		struct dockerfile_plan plan;
		struct dockerfile_range where;
		struct err err = ERR_INIT;

		CHECK_INT(dockerfile_plan(df, &input, &plan, &where, &err), -1);
		if (!str_starts(err.text, plan_error_cases[i].want))
			CHECK_STR(err.text, plan_error_cases[i].want);
		CHECK_INT(where.first, plan_error_cases[i].line);
	}
}

/* ---- descriptions ---- */

static void
titles(void)
{
	static const struct {
		const char *line, *want;
	} rows[] = {
	    /* clang-format off */
	    {"RUN echo \"$G [$PLAIN] [$UNSET]\"", "RUN echo \"hello [a b] [$UNSET]\""},
	    {"RUN find \\( -x \\)", "RUN find ( -x )"},
	    {"RUN [\"/bin/nope\", \"x\"]", "RUN [\"/bin/nope\", \"x\"]"},
	    {"COPY [\"a.txt\", \"/with space/\"]", "COPY [a.txt, /with space/]"},
	    {"workdir /srv/$G", "WORKDIR /srv/hello"},
	    {"COPY --from=x a $UNSET/b", "COPY --from=x a /b"},
	    {"COPY <<\"raw\" /h\nraw", "COPY <<raw /h"},
	    {"RUN echo 'open", "RUN echo 'open"},
	    /* clang-format on */
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
	for (size_t i = 0; i < ARRAY_LEN(history_cases); i++) {
		cleanup_free char *text =
		    xasprintf("FROM b\n%s\n", history_cases[i].line);
		cleanup_dockerfile struct dockerfile *df = parsed(text);
		cleanup_vec struct vec list = VEC_INIT, args = VEC_INIT;
		struct dockerfile_done done = {.words = &list, .build_args = &args};
		cleanup_buf struct buf b = BUF_INIT(BUF_OURS);

		vec_split(&list,
		    history_cases[i].words != NULL ? history_cases[i].words : "", "|");
		vec_split(&args,
		    history_cases[i].args != NULL ? history_cases[i].args : "", "|");
		dockerfile_history(&b, INSTR(df, 0), &done);
		CHECK_STR(b.s, history_cases[i].want);
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
	for (size_t i = 0; i < ARRAY_LEN(port_cases); i++) {
		cleanup_vec struct vec list = VEC_INIT, got = VEC_INIT;
		cleanup_free char *joined = NULL;
		struct err err = ERR_INIT;
		int r;

		vec_split(&list, port_cases[i].words, " ");
		r = dockerfile_ports(&list, &got, &err);
		joined = vec_join(&got, "|");
		CHECK_STR(r < 0 ? err.text : joined, port_cases[i].want + (r < 0));
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

static void
mount_errors(void)
{
	for (size_t i = 0; i < ARRAY_LEN(mount_error_cases); i++) {
		cleanup_vec struct vec got = VEC_INIT;
		struct err err = ERR_INIT;
		int r = dockerfile_mount(mount_error_cases[i].value, &got, &err);
		if (r == 0)
			r = dockerfile_mount_check(&got, &err);

		CHECK_INT(r, mount_error_cases[i].want != NULL ? -1 : 0);
		if (r < 0)
			CHECK_STR(err.text, mount_error_cases[i].want);
	}
}

static void
modes(void)
{
	for (size_t i = 0; i < ARRAY_LEN(chmod_cases); i++) {
		struct err err = ERR_INIT;
		int r = dockerfile_chmod_check(chmod_cases[i].value, &err);

		CHECK_INT(r, chmod_cases[i].bad ? -1 : 0);
		if (r == 0)
			CHECK_INT(dockerfile_chmod(chmod_cases[i].value,
				      chmod_cases[i].old, chmod_cases[i].is_dir),
			    chmod_cases[i].want);
		else
			CHECK(str_starts(err.text, "invalid chmod parameter: '"));
	}
}

static void
owners_and_addresses(void)
{
	cleanup_free char *user = NULL, *group = NULL, *other = NULL, *none = NULL;

	dockerfile_chown("app:1000", &user, &group);
	CHECK_STR(user, "app");
	CHECK_STR(group, "1000");
	dockerfile_chown("5", &other, &none);
	CHECK_STR(other, "5");
	CHECK(none == NULL);
	CHECK(dockerfile_is_url("https://x.invalid/a.tar"));
	CHECK(!dockerfile_is_url("https://x.invalid/a.git#main"));
	CHECK(dockerfile_is_git("https://x.invalid/a.git#main") &&
	      dockerfile_is_git("git@x:a"));
	CHECK(!dockerfile_is_git("a.git") && !dockerfile_is_url("http"));
}

/* ---- lint ---- */

static void
lint(void)
{
	cleanup_ignore struct ignore *ig = ignore_parse(".env\n", 5, NULL);
	const struct dockerfile_lint_input in = {.ignore = ig};

	for (size_t i = 0; i < ARRAY_LEN(lint_cases); i++) {
		cleanup_dockerfile struct dockerfile *df = parsed(lint_cases[i].text);
		cleanup_dockerfile_warnings struct dockerfile_warnings w = {0};
		cleanup_vec struct vec got = VEC_INIT;
		cleanup_free char *joined = NULL;

		dockerfile_lint(df, &in, &w);
		for (size_t k = 0; k < w.len; k++)
			vec_addf(&got, "%s %d", w.v[k].rule, w.v[k].lines.first);
		joined = vec_join(&got, "|");
		if (!str_eq(joined, lint_cases[i].want))
			printf("# in: %s\n", lint_cases[i].text);
		CHECK_STR(joined, lint_cases[i].want);
	}
}

/* The build-arg is heard instead of the file; --target narrows. */
static void
check_override(const struct dockerfile *df)
{
	cleanup_vec struct vec args = VEC_INIT;
	const struct dockerfile_input input = {.build_args = &args};
	const struct dockerfile_lint_input in = {.input = &input};
	cleanup_dockerfile_warnings struct dockerfile_warnings w = {0};

	vec_add(&args, "BUILDKIT_DOCKERFILE_CHECK=skip=FromAsCasing, StageNameCasing");
	dockerfile_lint(df, &in, &w);
	CHECK(!w.fatal);
	CHECK_INT(w.len, 2);
}

static void
lint_target(void)
{
	cleanup_dockerfile struct dockerfile *df =
	    parsed("FROM scratch AS a\nENV a b\nFROM scratch AS b\nENV c d\n");
	const struct dockerfile_input input = {.target = "b"};
	const struct dockerfile_lint_input in = {.input = &input};
	cleanup_dockerfile_warnings struct dockerfile_warnings w = {0};

	dockerfile_lint(df, &in, &w);
	CHECK_INT(w.len, 1);
	CHECK_INT(w.v[0].lines.first, 4);
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
	check_override(df);
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
	for (size_t i = 0; i < ARRAY_LEN(ignore_cases); i++) {
		cleanup_ignore struct ignore *ig = ignore_parse(
		    ignore_cases[i].patterns, strlen(ignore_cases[i].patterns), NULL);

		CHECK(ig != NULL);
		if (ignore_match(ig, ignore_cases[i].path) != ignore_cases[i].ignored)
			printf("# [%s] on %s\n", ignore_cases[i].patterns,
			    ignore_cases[i].path);
		CHECK_INT(
		    ignore_match(ig, ignore_cases[i].path), ignore_cases[i].ignored);
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

/* ---- advice, rules for Python, the parsed file
 * -------------------------------------------- */

static void
advice_for_all(void)
{
	cleanup_buf struct buf url = BUF_INIT(BUF_OURS);

	for (const char *const *r = dockerfile_rules(); *r != NULL; r++) {
		const struct dockerfile_advice *a = dockerfile_advice(*r);
		CHECK(a != NULL && *a->why != '\0' && *a->fix != '\0');
	}
	CHECK(dockerfile_advice("NoSuchRule") == NULL);
	dockerfile_rule_url(&url, "JSONArgsRecommended");
	CHECK_STR(
	    url.s, "https://docs.docker.com/go/dockerfile/rule/json-args-recommended/");
}

/* "RULE:LINE " of all that the Python rules find. */
static void
check_python(const char *text, const char *want)
{
	cleanup_dockerfile_warnings struct dockerfile_warnings w = {0};
	cleanup_buf struct buf got = BUF_INIT(BUF_OURS);
	struct dockerfile_range where;
	cleanup_dockerfile struct dockerfile *df =
	    dockerfile_parse(text, strlen(text), &where, NULL);

	CHECK(df != NULL);
	dockerfile_lint_python(df, &w);
	dockerfile_sort_warnings(&w);
	for (size_t i = 0; i < w.len; i++) {
		CHECK(dockerfile_advice(w.v[i].rule) != NULL);
		buf_addf(&got, "%s:%d ", w.v[i].rule, w.v[i].lines.first);
	}
	CHECK_STR(got.s, want);
}

static void
python_rules(void)
{
	check_python("FROM python:3.9-slim\nWORKDIR /app\nCOPY requirements.txt .\n"
		     "RUN pip install --no-cache-dir -r requirements.txt\nCOPY . .\n",
	    "");
	check_python(
	    "FROM python\nRUN pip install flask\n", "DL3006:1 DL3042:2 DL3013:2 ");
	check_python("FROM python:latest\nRUN python3 -m pip install --no-cache-dir "
		     "flask==3.0\n",
	    "DL3007:1 ");
	check_python(
	    "FROM a:1\nWORKDIR /x\nCOPY . .\nRUN --mount=type=cache,target=/c pip "
	    "install -r r\n",
	    "DD0001:4 ");
	check_python("FROM a:1\nRUN apt-get update && apt-get -y install "
		     "--no-install-recommends curl && rm -rf /var/lib/apt/lists/*\n",
	    "DL3008:2 ");
	check_python(
	    "FROM a:1\nRUN apt-get update && apt-get -y install -t b "
	    "--no-install-recommends curl=7 $more && rm -rf /var/lib/apt/lists/*\n",
	    "");
	check_python("FROM a:1\nRUN apk add --no-cache -t x curl=8 jq\n", "DL3018:2 ");
	check_python("FROM a:1\nRUN wget x && curl y\n", "DL3047:2 DL4001:2 ");
	check_python("FROM a:1\nRUN useradd -u 1234567 me && ln -sf /bin/bash /bin/sh\n",
	    "DL3046:2 DL4005:2 ");
	check_python("FROM a:1\nENV A=1 B=${A}b\nENV C=1 D=$CC\nEXPOSE 65536/tcp 80\n",
	    "DL3044:2 DL3011:4 ");
	check_python("FROM a:1 AS b\nFROM c:1\nCOPY --from=b /a /b\nCOPY --from=nginx /a "
		     "/b\nRUN vim\n",
	    "DL3022:4 DL3001:5 ");
	check_python(
	    "FROM a:1\n# hadolint ignore = DL3004,DL3059\nRUN sudo x\nRUN sudo y\n",
	    "DL3004:4 DL3059:4 ");
	check_python("# hadolint global ignore=DL3004\nFROM a:1\nRUN sudo x\n", "");
	/* Nothing but options: there is an end to looking behind them. */
	check_python("FROM a:1\nRUN pip -q --no-input\n", "");
	check_python("FROM a:1\nRUN x | y\nUSER 0\n", "DL4006:2 DL3002:3 ");
	check_python("FROM a:1\nRUN x || y\nRUN sudo z\n", "DL3004:3 DL3059:3 ");
	check_python(
	    "# check=skip=DL3006\nFROM a\nADD f /x\nADD f.tar /y\n", "DL3020:3 ");
}

static void
parsed_file(void)
{
	static const char *const members[] = {
	    "instruction", "line", "flags", "args", "json"};

	for (size_t i = 0; i < ARRAY_LEN(ast_cases); i++) {
		struct dockerfile_range where;
		cleanup_json json_t *ast = dockerfile_ast(
		    ast_cases[i].text, strlen(ast_cases[i].text), &where, NULL);
		cleanup_json json_t *rows = json_array();

		for (size_t k = 0; k < json_array_size(ast); k++) {
			json_t *row = json_array(), *o = json_array_get(ast, k);

			for (size_t m = 0; m < ARRAY_LEN(members); m++)
				json_array_append(row, json_object_get(o, members[m]));
			json_array_append_new(rows, row);
		}
		cleanup_free char *got = json_dumps(rows, JSON_COMPACT);
		CHECK_STR(got, ast_cases[i].want);
	}
}

static void
parsed_heredocs(void)
{
	static const char text[] = "COPY <<-'A' 3<<B /x\n\ta\n\tA\n$b\nB\n"
				   "ONBUILD RUN <<\"C\"\nC\n";
	static const char want[] =
	    "[[{\"name\":\"A\",\"content\":\"\\ta\\n\",\"expand\":false,"
	    "\"chomp\":true,\"fd\":0},{\"name\":\"B\",\"content\":\"$b\\n\","
	    "\"expand\":true,\"chomp\":false,\"fd\":3}],"
	    "[{\"name\":\"C\",\"content\":\"\",\"expand\":false,"
	    "\"chomp\":false,\"fd\":0}]]";
	struct dockerfile_range where;
	cleanup_json json_t *ast = dockerfile_ast(text, strlen(text), &where, NULL);
	cleanup_json json_t *rows = json_array();

	for (size_t k = 0; k < json_array_size(ast); k++)
		json_array_append(
		    rows, json_object_get(json_array_get(ast, k), "heredocs"));
	cleanup_free char *got = json_dumps(rows, JSON_COMPACT);
	CHECK_STR(got, want);
	CHECK(dockerfile_ast("ENV A\n", 6, &where, NULL) == NULL);
	CHECK_INT(where.first, 1);
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
    {"a mount is a line of CSV", mounts},
    {"a mount's type decides what it may have", mount_errors},
    {"--chmod is octal or symbolic", modes},
    {"--chown and addresses are told apart", owners_and_addresses},
    {"every rule says why and what to do", advice_for_all},
    {"rules for Python images find their lines", python_rules},
    {"the parsed file is JSON", parsed_file},
    {"so are its here-documents", parsed_heredocs},
    {"each lint rule finds its line", lint}, {"lint prints Docker's block", lint_texts},
    {"lint looks at what the target needs", lint_target},
    {".dockerignore decides as the table says", ignoring},
    {"folders are pruned only without exceptions", pruning_and_bad_patterns},
    {"wildcards of COPY are Go's", globs})
