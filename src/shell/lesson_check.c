/*
 * lesson_check.c - a lesson proves itself: its own solutions are played and judged
 *
 * Every step must fail before and pass after its solution (else its own actions), in a
 * fresh session on a private network; a wrong attempt that it lists must not pass, and
 * the tutor must say to it what the lesson says that he does.
 */
#include "src/shell/private.h"
#include "src/shell/shell.h"
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { TAIL_SHOWN = 4 << 10 };

struct trial {
	const char *path;
	struct lesson *lesson;
	struct sandbox *sandbox;
	struct workstation *workstation;
	struct judge judge;
	char workspace[64];
	char session[64];
	struct vec values; /* for placeholders */
	struct buf output; /* of the step's commands, its end */
	struct buf last;   /* the last command, and how it ended */
	int last_status;
	size_t proven, exempt, wrong;
	struct tally *tally;
};

/* Over all files: TAP's numbers. */
struct tally {
	size_t passed, failed, exempt, answered;
};

static void
complain(struct trial *t, int line, const char *what)
{
	printf("# %s:%d: %s\n", t->path, line, what);
	t->wrong++;
}

static void
keep_output(void *arg, const char *data, size_t len)
{
	struct buf *b = &((struct trial *)arg)->output;

	if (b->len + len > b->max)
		buf_eat(
		    b, b->len + len - b->max < b->len ? b->len + len - b->max : b->len);
	buf_add(b, data, len < b->max ? len : b->max);
}

static void
before_line(void *arg, const char *line, const char *file)
{
	struct trial *t = arg;

	(void)file;
	keep_output(t, "$ ", 2);
	keep_output(t, line, strlen(line));
	keep_output(t, "\n", 1);
}

static void
after_line(void *arg, const struct judge_command *command)
{
	struct trial *t = arg;
	struct judge_command told = *command;

	told.output = t->output.s;
	buf_clear(&t->last);
	buf_adds(&t->last, command->text);
	t->last_status = command->status;
	if (t->judge.ran != NULL)
		t->judge.ran(t->judge.arg, &told);
}

static struct player
player(struct trial *t)
{
	return (struct player){.lesson = t->lesson,
	    .values = &t->values,
	    .workstation = t->workstation,
	    .patient = true,
	    .terminal = -1,
	    .out = keep_output,
	    .before = before_line,
	    .after = after_line,
	    .arg = t};
}

static bool
holds(struct trial *t, const struct lesson_step *s, enum judge_level level,
    struct judge_results *ret)
{
	struct err err = ERR_INIT;

	if (t->judge.judge == NULL) {
		complain(t, s->line, "nobody here can judge");
		return false;
	}
	if (t->judge.judge(
		t->judge.arg, s, workstation_cwd(t->workstation), level, ret, &err) < 0) {
		complain(t, s->line, err.text);
		return false;
	}
	return judge_results_pass(ret);
}

/* As remarks, line by line: what they print must not pass for a result. */
static void
show_output(struct trial *t)
{
	char *rest = t->output.s, *line;

	if (t->output.len > 0)
		printf("#   its commands printed:\n");
	while ((line = strsep(&rest, "\n")) != NULL)
		printf("#     %s\n", line);
	buf_clear(&t->output);
}

static void
explain(struct trial *t, const struct judge_results *r)
{
	static const char *const words[] = {[JUDGE_PASS] = "holds",
	    [JUDGE_FAIL] = "does not hold",
	    [JUDGE_ERROR] = "could not be found out",
	    [JUDGE_SKIPPED] = "was skipped"};

	for (size_t i = 0; i < r->len; i++) {
		const struct judge_result *x = &r->list[i];

		if (x->outcome == JUDGE_PASS || x->optional)
			continue;
		printf("#   %s: %s\n", x->text, words[x->outcome]);
		if (x->expected != NULL)
			printf("#     expected: %s\n", x->expected);
		if (x->actual != NULL)
			printf("#     found: %s\n", x->actual);
	}
	show_output(t);
}

/* ---- wrong attempts ----
 *
 * A part "Wrong: ..." is an attempt that must not pass.  Its quoted text (`> ...`) is
 * what the tutor must say to it; blocks below that put things right again. */

/* The quoted lines, joined by blanks.  Gives. */
static char *
wanted_words(const struct lesson_part *part)
{
	cleanup_vec struct vec lines = VEC_INIT, quoted = VEC_INIT;

	vec_split(&lines, part->text, "\n");
	for (size_t i = 0; i < lines.len; i++)
		if (str_starts(lines.v[i], "> "))
			vec_add(&quoted, lines.v[i] + 2);
	return vec_join(&quoted, " ");
}

/* Does the block stand below the quoted text? */
static bool
mends(const struct lesson_part *part, const struct lesson_action *a)
{
	const char *quote = strstr(part->text, "\n> ");
	cleanup_free char *first = xstrndup(a->text, strcspn(a->text, "\n"));

	return quote != NULL && strstr(quote, first) != NULL;
}

static bool
says(struct trial *t, const struct lesson_step *s, const struct judge_results *r,
    const char *words)
{
	cleanup_buf struct buf said = BUF_INIT(BUF_OURS);
	struct judge_command last = {
	    .text = t->last.s, .output = t->output.s, .status = t->last_status};
	char *advice =
	    t->judge.coach != NULL ? t->judge.coach(t->judge.arg, s, &last, r) : NULL;

	buf_adds(&said, advice != NULL ? advice : "");
	free(advice);
	for (size_t i = 0; i < r->len; i++)
		if (r->list[i].outcome != JUDGE_PASS && r->list[i].hint != NULL)
			buf_addf(&said, "\n%s", r->list[i].hint);
	if (strstr(said.s, words) != NULL)
		return true;
	printf("#   the tutor says: %s\n", said.len > 0 ? said.s : "nothing");
	return false;
}

/* Plays blocks from..to-1 of the part; false when one could not be. */
static bool
play_blocks(struct trial *t, const struct lesson_part *part, size_t from, size_t to,
    struct err *err)
{
	struct player p = player(t);

	for (size_t i = from; i < to; i++)
		if (play_block(&p, &part->actions[i], err) < 0) {
			complain(t, part->actions[i].line, err->text);
			return false;
		}
	return true;
}

static void
judge_wrong(struct trial *t, const struct lesson_step *s, const struct lesson_part *part)
{
	cleanup_judge_results struct judge_results r = {0};
	cleanup_free char *words = wanted_words(part);

	if (holds(t, s, JUDGE_NOW, &r)) {
		complain(t, part->line, "this wrong attempt passes");
	} else if (!says(t, s, &r, words)) {
		complain(t, part->line, "the tutor does not say so to it");
		explain(t, &r);
	} else {
		t->tally->answered++;
	}
}

static void
try_wrong(struct trial *t, const struct lesson_step *s, const struct lesson_part *part,
    struct err *err)
{
	size_t mend = 0;

	while (mend < part->nactions && !mends(part, &part->actions[mend]))
		mend++;
	buf_clear(&t->output);
	if (!play_blocks(t, part, 0, mend, err))
		return;
	judge_wrong(t, s, part);
	play_blocks(t, part, mend, part->nactions, err);
}

static void
try_step(struct trial *t, const struct lesson_step *s, struct err *err)
{
	cleanup_judge_results struct judge_results before = {0}, after = {0};
	bool judged = !verdict_free(s);
	const struct lesson_part *part;
	struct player p;

	buf_clear(&t->output);
	if (t->judge.begin != NULL)
		t->judge.begin(t->judge.arg, s);
	/* What is read from a document's own commands may be so already: not its mistake.
	 */
	if (judged && !s->already && !s->checks[0].inferred &&
	    holds(t, s, JUDGE_NOW, &before)) {
		complain(t, s->line, "this step passes before anything is done");
		judged = false;
	}
	for (size_t i = 0;
	     !t->lesson->assignment && (part = lesson_part(s, LESSON_WRONG, i)) != NULL;
	     i++)
		try_wrong(t, s, part, err);
	buf_clear(&t->output);
	p = player(t);
	if (play_step(&p, s, err) < 0) {
		complain(t, s->line, err->text);
		return;
	}
	if (!judged) {
		t->exempt++;
	} else if (holds(t, s, JUDGE_ALL, &after)) {
		t->proven++;
	} else {
		complain(t, s->line, "this step does not pass after its own solution");
		explain(t, &after);
	}
}

/* One line a step: "ok 3 - lessons/01.md: Build the image". */
static void
report_step(struct trial *t, const struct lesson_step *s, size_t wrong_before,
    size_t exempt_before)
{
	bool wrong = t->wrong > wrong_before, exempt = t->exempt > exempt_before;
	struct tally *sum = t->tally;

	sum->failed += wrong;
	sum->passed += !wrong && !exempt;
	sum->exempt += !wrong && exempt;
	printf("%s %zu - %s: %s%s\n", wrong ? "not ok" : "ok",
	    sum->passed + sum->failed + sum->exempt, t->path, s->title,
	    !wrong && exempt ? " # SKIP nothing in it can be judged" : "");
	fflush(stdout);
}

static int
open_trial(struct trial *t, struct err *err)
{
	struct workstation_opts w = {.plain = true};
	const char *tmp = getenv("TMPDIR");

	snprintf(t->session, sizeof t->session, "check-%d", (int)getpid());
	snprintf(t->workspace, sizeof t->workspace, "%.40s/drydock-check-XXXXXX",
	    tmp != NULL && tmp[0] == '/' ? tmp : "/tmp");
	if (mkdtemp(t->workspace) == NULL)
		return err_sys(err, "cannot make a workspace");
	if (sandbox_open(t->session, SANDBOX_OUTER_PRIVATE, &t->sandbox, err) < 0)
		return -1;
	w.sandbox = t->sandbox;
	w.workspace = t->workspace;
	if (workstation_open(&w, &t->workstation, err) < 0)
		return -1;
	values_invent(t->lesson, &t->values);
	t->judge = judge_open(t->sandbox, t->lesson, t->workspace, &t->values);
	return 0;
}

static void
close_trial(struct trial *t)
{
	cleanup_vec struct vec rm = VEC_INIT;
	struct sandbox_client client = SANDBOX_CLIENT_INIT;
	cleanup_buf struct buf out = BUF_INIT(64 << 10);

	judge_close(&t->judge);
	workstation_free(t->workstation);
	if (t->sandbox != NULL) {
		vec_add(&rm, "rm");
		vec_add(&rm, "--force");
		if (container_list(sandbox_session(t->sandbox), &rm, NULL) == 0 &&
		    rm.len > 2)
			sandbox_docker_capture(
			    t->sandbox, &client, rm.v, 60000, &out, NULL);
		container_networks_leave(sandbox_session(t->sandbox));
		session_remove(sandbox_store(t->sandbox), t->session, NULL);
	}
	sandbox_free(t->sandbox);
	fd_remove_tree(AT_FDCWD, t->workspace);
	vec_done(&t->values);
	buf_done(&t->output);
	buf_done(&t->last);
}

static void
try_lesson(struct trial *t)
{
	struct err err = ERR_INIT;

	for (size_t i = 0; i < t->lesson->nwarnings; i++)
		if (t->lesson->warnings[i].mistake)
			complain(
			    t, t->lesson->warnings[i].line, t->lesson->warnings[i].text);
	if (open_trial(t, &err) < 0)
		complain(t, 1, err.text);
	else
		for (size_t i = 0; i < t->lesson->nsteps; i++) {
			size_t wrong = t->wrong, exempt = t->exempt;

			try_step(t, &t->lesson->steps[i], &err);
			report_step(t, &t->lesson->steps[i], wrong, exempt);
		}
	close_trial(t);
}

/* 0 when it proves itself. */
static int
check_file(const char *path, struct tally *tally)
{
	cleanup_buf struct buf text = BUF_INIT(LESSON_MAX + 1);
	struct trial t = {.path = path,
	    .values = VEC_INIT,
	    .output = BUF_INIT(TAIL_SHOWN),
	    .last = BUF_INIT(BUF_OURS),
	    .tally = tally};
	size_t failed = tally->failed;
	struct err err = ERR_INIT;

	if (fd_read_file(AT_FDCWD, path, &text, &err) < 0) {
		fprintf(stderr, "drydock: %s\n", err.text);
		return 1;
	}
	t.lesson = lesson_load(text.s, text.len, path_base(path));
	if (t.lesson->nsteps == 0)
		complain(&t, 1, "there is no step in it");
	else
		try_lesson(&t);
	if (t.wrong > 0 && tally->failed == failed) { /* the file as a whole */
		tally->failed++;
		printf("not ok - %s\n", path);
	}
	lesson_free(t.lesson);
	return t.wrong > 0;
}

static void
list_files(const char *path, struct vec *files)
{
	cleanup_dir DIR *dir = opendir(path);
	struct dirent *e;

	if (dir == NULL) {
		vec_add(files, path);
		return;
	}
	while ((e = readdir(dir)) != NULL)
		if (str_ends(e->d_name, ".md") && e->d_name[0] != '.' &&
		    !str_eq(e->d_name, "README.md"))
			vec_take(files, path_join(path, e->d_name));
}

int
shell_lesson_check(int argc, char **argv)
{
	cleanup_vec struct vec files = VEC_INIT;
	struct tally tally = {0};
	int failed = 0;

	for (int i = 1; i < argc; i++)
		list_files(argv[i], &files);
	vec_sort(&files);
	if (files.len == 0) {
		fprintf(stderr, "Usage: drydock lesson check FILE-or-FOLDER...\n");
		return 2;
	}
	for (size_t i = 0; i < files.len; i++)
		failed |= check_file(files.v[i], &tally);
	printf("%zu passed, %zu failed, %zu skipped; %zu wrong attempts answered\n",
	    tally.passed, tally.failed, tally.exempt, tally.answered);
	return failed;
}
