/*
 * judge_open.c - the judge of the real shell: src/check and src/coach behind the port
 */
#include "src/check/check.h"
#include "src/coach/coach.h"
#include "src/shell/judge.h"
#include <poll.h>
#include <stdlib.h>

struct real {
	struct check_world *world;
	const struct lesson *lesson;
	const struct vec *values;
	char *cwd;     /* where the student stood when last judged */
	json_t *scene; /* of the present question to the coach, or NULL */
	char *said;    /* the coach's last advice, and how often in a row */
	int times;
	struct sandbox *sandbox;
	const struct lesson_step *asked; /* a tutor's word asked in it; else NULL */
	bool plain; /* a document that nobody wrote for us: its text may be at fault */
};

/* A container that has just been started may end at once: so long it is watched. */
enum { SETTLE_MS = 600, SETTLE_STEP_MS = 50 };

static void
begin(void *arg, const struct lesson_step *step)
{
	struct real *r = arg;

	(void)step;
	check_world_begin(r->world);
	free(r->said);
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

/* What a person is to judge stands open here, and nobody waits for it. */
static void
leave_to_a_person(const struct lesson_check *c, struct judge_result *to)
{
	free(to->text);
	free(take_ptr(to->actual));
	to->outcome = JUDGE_SKIPPED;
	to->optional = true;
	to->text = xasprintf("a person will judge: %s", lesson_arg(c, "TEXT"));
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
	if (c->verb != NULL && c->verb->id == VERB_REPORT_REVIEW)
		leave_to_a_person(c, to);
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

/* The name as a word of the text. */
static bool
names(const char *text, const char *name)
{
	size_t n = strlen(name);

	for (const char *at = text; n > 0 && (at = strstr(at, name)) != NULL; at++)
		if ((at == text || strchr(" \"'", at[-1]) != NULL) &&
		    (at[n] == '\0' || strchr(" \"'\n", at[n]) != NULL))
			return true;
	return false;
}

/* Is the step about this container? */
static bool
concerns(const struct lesson_step *step, const char *name)
{
	for (size_t i = 0; i < step->nchecks; i++) {
		const struct lesson_check *c = &step->checks[i];

		if (names(c->source, name) ||
		    (c->verb != NULL && c->verb->id == VERB_HTTP))
			return true;
	}
	for (size_t i = 0; i < step->nactions; i++)
		if (names(step->actions[i].text, name))
			return true;
	return false;
}

static void
keep_concerned(const struct lesson_step *step, json_t *containers)
{
	for (size_t i = json_array_size(containers); i > 0; i--)
		if (!concerns(step,
			json_get_str(json_array_get(containers, i - 1), "name", "")))
			json_array_remove(containers, i - 1);
}

/* Is the student's Dockerfile one of the document's? */
static bool
from_document(const struct real *r, const json_t *dockerfile)
{
	for (size_t i = 0; r->plain && i < r->lesson->nsteps; i++)
		for (size_t k = 0; k < r->lesson->steps[i].nactions; k++) {
			const struct lesson_action *a = &r->lesson->steps[i].actions[k];
			cleanup_json json_t *theirs = NULL;

			if (a->kind != LESSON_FILE ||
			    !str_eq(path_base(a->file), "Dockerfile"))
				continue;
			theirs = sandbox_fact_dockerfile(a->text, strlen(a->text));
			if (check_same_dockerfile(theirs, dockerfile))
				return true;
		}
	return false;
}

static const json_t *
scene(void *arg)
{
	struct real *r = arg;

	if (r->scene != NULL)
		return r->scene;
	r->scene = check_world_scene(r->world, r->cwd);
	if (r->asked != NULL)
		keep_concerned(r->asked, json_object_get(r->scene, "containers"));
	if (from_document(r, json_object_get(r->scene, "dockerfile")))
		json_object_set_new(r->scene, "text_dockerfile", json_true());
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

/* Has the text told this line twice by now?  Then what it runs into is its own doing. */
static bool
told_twice(const struct real *r, const struct lesson_step *now, const char *line)
{
	int times = 0;

	for (const struct lesson_step *s = r->lesson->steps; r->plain && s <= now; s++)
		for (size_t i = 0; i < s->nactions; i++)
			for (size_t k = 0; k < s->actions[i].ncommands; k++) {
				cleanup_free char *text =
				    filled(r, s->actions[i].commands[k].text);

				times += str_eq(text, line);
			}
	return times > 1;
}

/* Does a lesson that was made for us tell this line in its step? */
static bool
is_own_line(const struct real *r, const struct lesson_step *step, const char *line)
{
	for (size_t i = 0; !r->plain && i < step->nactions; i++)
		for (size_t k = 0; k < step->actions[i].ncommands; k++) {
			cleanup_free char *text =
			    filled(r, step->actions[i].commands[k].text);

			if (str_eq(text, line))
				return true;
		}
	return false;
}

/* The same mistake again: one level more each time. */
static char *
advise(
    struct real *r, const struct lesson_step *step, const struct judge_command *command)
{
	cleanup_coach_advice struct coach_advice a = {0};
	struct coach_input in = {.line = command->text,
	    .output = command->output,
	    .status = command->status,
	    .text_again = told_twice(r, step, command->text),
	    .scene = scene,
	    .arg = r};

	r->asked = command->text[0] == '\0' ? step : NULL;
	json_decref_p(&r->scene);
	coach_advise(&in, &a);
	json_decref_p(&r->scene);
	if (a.id == NULL)
		return NULL;
	r->times =
	    r->said != NULL && str_eq(a.hint[COACH_FACT], r->said) ? r->times + 1 : 0;
	free(r->said);
	r->said = xstrdup(a.hint[COACH_FACT]);
	if (r->times == 0 && a.text != NULL)
		return take_ptr(a.text);
	if (r->times == 0)
		return xasprintf("%s %s\n", a.hint[COACH_FACT], a.hint[COACH_IDEA]);
	return xasprintf(
	    "%s\n", a.hint[r->times == 1 && a.text == NULL ? COACH_LINE : COACH_ANSWER]);
}

/* `docker run -d` has answered, and the container perhaps ends in this moment. */
static void
settle(const struct real *r, const struct judge_command *command)
{
	if (command->status != 0 || strstr(command->text, "docker") == NULL ||
	    !names(command->text, "run") || strstr(command->text, " -d") == NULL)
		return;
	for (int ms = 0; ms < SETTLE_MS; ms += SETTLE_STEP_MS) {
		cleanup_json json_t *all = sandbox_fact_containers(r->sandbox, NULL);

		if (!str_eq(
			json_get_str(json_array_get(all, 0), "status", ""), "running"))
			return;
		poll(NULL, 0, SETTLE_STEP_MS);
	}
}

static char *
coach(void *arg, const struct lesson_step *step, const struct judge_command *command,
    const struct judge_results *results)
{
	struct real *r = arg;
	bool passed = judge_results_pass(results);
	char *text;

	/* an error that the step is there to show */
	if (passed && is_own_line(r, step, command->text))
		return NULL;
	if (!passed)
		settle(r, command);
	text = passed && command->status == 0 ? NULL : misconception(r, step);
	return text != NULL ? text : advise(r, step, command);
}

/* Nothing in it was written for us: no expectation, no misconception. */
static bool
is_plain(const struct lesson *l)
{
	for (size_t i = 0; i < l->nsteps; i++) {
		const struct lesson_step *s = &l->steps[i];

		if (s->nwhens > 0)
			return false;
		for (size_t k = 0; k < s->nchecks; k++)
			if (!s->checks[k].inferred)
				return false;
	}
	return true;
}

static void
close_real(void *arg)
{
	struct real *r = arg;

	check_world_free(r->world);
	json_decref(r->scene);
	free(r->said);
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
	r->sandbox = s;
	r->plain = is_plain(lesson);
	return (struct judge){.arg = r,
	    .begin = begin,
	    .ran = ran,
	    .tell = tell,
	    .judge = judge,
	    .coach = coach,
	    .free = close_real};
}
