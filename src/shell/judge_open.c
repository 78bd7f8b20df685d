/*
 * judge_open.c - the judge of the real shell: src/check and src/coach behind the port
 */
#include "src/check/check.h"
#include "src/coach/coach.h"
#include "src/shell/judge.h"
#include <stdlib.h>

struct real {
	struct check_world *world;
	const struct lesson *lesson;
	const struct vec *values;
	char *cwd;        /* where the student stood when last judged */
	json_t *scene;    /* of the present question to the coach, or NULL */
	const char *said; /* the coach's last advice, and how often in a row */
	int times;
};

static void
begin(void *arg, const struct lesson_step *step)
{
	struct real *r = arg;

	(void)step;
	check_world_begin(r->world);
	r->said = NULL;
}

static void
tell(void *arg, void (*waits)(void *shell, const char *what), void *shell)
{
	struct real *r = arg;

	check_world_tell(r->world, waits, shell);
}

static void
ran(void *arg, const struct judge_command *command)
{
	struct real *r = arg;

	check_world_ran(r->world, command->text, command->status);
}

/* Attributes may have placeholders too.  Gives; NULL stays NULL. */
static char *
filled(const struct real *r, const char *text)
{
	struct buf b = BUF_INIT(BUF_OURS);

	if (text == NULL)
		return NULL;
	if (r->values == NULL)
		return xstrdup(text);
	lesson_fill(r->lesson, text, r->values, &b);
	return buf_take(&b);
}

static void
hand_over(const struct real *r, const struct lesson_check *c, struct check_result *from,
    struct judge_result *to)
{
	static const enum judge_outcome outcomes[] = {[CHECK_PASS] = JUDGE_PASS,
	    [CHECK_FAIL] = JUDGE_FAIL,
	    [CHECK_ERROR] = JUDGE_ERROR,
	    [CHECK_SKIPPED] = JUDGE_SKIPPED};

	to->outcome = outcomes[from->outcome];
	to->inferred = c->inferred;
	to->optional = c->optional;
	to->hidden = c->hidden;
	to->text = take_ptr(from->text);
	to->expected = take_ptr(from->expected);
	to->actual = take_ptr(from->actual);
	to->why = filled(r, c->why);
	to->hint = filled(r, c->hint);
}

static int
judge(void *arg, const struct lesson_step *step, const char *cwd, enum judge_level level,
    struct judge_results *ret, struct err *err)
{
	static const enum check_level levels[] = {[JUDGE_CHEAP] = CHECK_CHEAP,
	    [JUDGE_NOW] = CHECK_NOW,
	    [JUDGE_ALL] = CHECK_WAIT};
	cleanup_check_results struct check_results found = {0};
	struct real *r = arg;

	free(r->cwd);
	r->cwd = cwd != NULL ? xstrdup(cwd) : NULL;
	if (check_world_judge(r->world, step->checks, step->nchecks, cwd, levels[level],
		&found, err) < 0)
		return -1;
	for (size_t i = 0; i < found.len; i++)
		hand_over(r, &step->checks[i], &found.list[i], judge_results_add(ret));
	return 0;
}

/* ---- advice ---- */

static const json_t *
scene(void *arg)
{
	struct real *r = arg;

	if (r->scene == NULL)
		r->scene = check_world_scene(r->world, r->cwd);
	return r->scene;
}

/* The first misconception of the step whose state is so now.  Gives, or NULL. */
static char *
misconception(struct real *r, const struct lesson_step *step)
{
	for (size_t i = 0; i < step->nwhens; i++) {
		cleanup_check_results struct check_results found = {0};
		const struct lesson_when *w = &step->whens[i];
		size_t holding = 0;

		if (w->nchecks == 0 || check_world_judge(r->world, w->checks, w->nchecks,
					   r->cwd, CHECK_NOW, &found, NULL) < 0)
			continue;
		while (holding < found.len && found.list[holding].outcome == CHECK_PASS)
			holding++;
		if (holding == found.len && w->hint[0] != '\0')
			return filled(r, w->hint);
	}
	return NULL;
}

/* The same mistake again: one level more each time. */
static char *
advise(struct real *r, const struct judge_command *command)
{
	cleanup_coach_advice struct coach_advice a = {0};
	struct coach_input in = {.line = command->text,
	    .output = command->output,
	    .status = command->status,
	    .scene = scene,
	    .arg = r};

	json_decref_p(&r->scene);
	coach_advise(&in, &a);
	json_decref_p(&r->scene);
	if (a.id == NULL)
		return NULL;
	r->times = a.id == r->said ? r->times + 1 : 0;
	r->said = a.id;
	if (r->times == 0)
		return xasprintf("%s %s\n", a.hint[COACH_FACT], a.hint[COACH_IDEA]);
	return xasprintf("%s\n", a.hint[r->times == 1 ? COACH_LINE : COACH_ANSWER]);
}

static char *
coach(void *arg, const struct lesson_step *step, const struct judge_command *command,
    const struct judge_results *results)
{
	struct real *r = arg;
	bool passed = judge_results_pass(results);
	char *text = passed && command->status == 0 ? NULL : misconception(r, step);

	return text != NULL ? text : advise(r, command);
}

static void
close_real(void *arg)
{
	struct real *r = arg;

	check_world_free(r->world);
	json_decref(r->scene);
	free(r->cwd);
	free(r);
}

struct judge
judge_open(struct sandbox *s, const struct lesson *lesson, const char *workspace,
    const struct vec *values)
{
	struct real *r = xcalloc(1, sizeof *r);

	r->world = check_world_new(s, lesson, workspace, values);
	r->lesson = lesson;
	r->values = values;
	return (struct judge){.arg = r,
	    .begin = begin,
	    .ran = ran,
	    .tell = tell,
	    .judge = judge,
	    .coach = coach,
	    .free = close_real};
}
