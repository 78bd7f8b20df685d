/*
 * travel.c - going to another time, with everything that belongs to it
 *
 * How things were when a step began is kept under a key of the step; what the student
 * had before a travel is kept under the time of day, and never thrown away by us.
 */
#include "src/shell/private.h"
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

/* "layers-3-1a2b3c4d": the beginning of the lesson's third step, as long as it is
 * called so.  Gives. */
static char *
step_key(const struct shell *sh, size_t step)
{
	const char *anchor = sh->lesson->steps[step].anchor;
	char *key = xasprintf("%.80s-%zu-%08x", sh->course.lesson, step + 1,
	    (unsigned)travel_hash(anchor, strlen(anchor), 0));

	for (char *c = key; *c != '\0'; c++)
		if (!isalnum((unsigned char)*c) &&
		    (c == key || strchr("_.-", *c) == NULL))
			*c = 'x';
	return key;
}

static bool
is_kept(struct shell *sh, size_t step)
{
	cleanup_free char *key = step_key(sh, step);
	cleanup_json json_t *about =
	    session_checkpoint_about(sandbox_session(sh->sandbox), key);

	return about != NULL;
}

void
travel_arrived(struct shell *sh, bool anew)
{
	cleanup_free char *key = step_key(sh, sh->step);
	struct err err = ERR_INIT;

	if (sh->sandbox == NULL || (!anew && is_kept(sh, sh->step)))
		return;
	if (sandbox_checkpoint_make(sh->sandbox, key, sh->workspace,
		sh->lesson->steps[sh->step].title, &err) == 0 ||
	    sh->told_keeping)
		return;
	sh->told_keeping = true;
	view_styled(
	    sh, "yellow", "The beginning of this step could not be kept: %s", err.text);
	view_text(sh, "\n");
}

/* ---- before ---- */

/* Puts aside what the student has now; nothing is done without that. */
static int
keep_aside(struct shell *sh, const char *why, struct err *err)
{
	char key[48];
	time_t now = time(NULL);
	struct tm tm;

	localtime_r(&now, &tm);
	strftime(key, sizeof key, "kept-%Y%m%d-%H%M%S", &tm);
	for (int n = 2;; n++) {
		cleanup_json json_t *taken =
		    session_checkpoint_about(sandbox_session(sh->sandbox), key);

		if (taken == NULL)
			break;
		snprintf(key + strlen("kept-00000000-000000"), 12, "-%d", n);
	}
	if (sandbox_checkpoint_make(sh->sandbox, key, sh->workspace, why, err) < 0)
		return err_while(err, "keeping what you have");
	progress_set_undo(&sh->progress, key, sh->lesson->steps[sh->step].anchor);
	return 0;
}

static void
tell_kept(struct shell *sh)
{
	const char *key = progress_undo(&sh->progress, NULL);
	cleanup_free char *path = NULL;

	if (key == NULL)
		return;
	path = session_checkpoint_files(sandbox_session(sh->sandbox), key);
	view_styled(sh, "dim", "What you had is kept: `undo` brings it back. Its files:");
	view_text(sh, "\n");
	view_styled(sh, "dim", "  %s", path);
	view_text(sh, "\n");
}

/* ---- after ---- */

static void
drop(void *arg, const char *data, size_t len)
{
	(void)arg, (void)data, (void)len;
}

/* bash stands in a folder that may be another one now, or none. */
static void
find_folder(struct shell *sh)
{
	cleanup_free char *line = NULL;
	cleanup_buf struct buf quoted = BUF_INIT(BUF_OURS);
	struct workstation_io io = {.terminal = -1, .out = drop};
	struct err err = ERR_INIT;
	int status;

	for (const char *c = sh->workspace; *c != '\0'; c++)
		if (*c == '\'')
			buf_adds(&quoted, "'\\''");
		else
			buf_addc(&quoted, *c);
	line = xasprintf("cd -- \"$PWD\" 2>/dev/null || cd -- '%s'", quoted.s);
	if (workstation_run(sh->workstation, line, &io, &status, &err) < 0)
		view_error(sh, &err);
}

static void
tell_all(struct shell *sh, const struct vec *told)
{
	for (size_t i = 0; i < told->len; i++) {
		cleanup_free char *text = xasprintf("(%s.)", told->v[i]);

		view_wrapped(sh, "yellow", "  ", text);
		record_note(sh, told->v[i]);
	}
}

static int
arrive(struct shell *sh, struct sandbox *from, const char *key, enum session_opening how,
    struct vec *told, struct err *err)
{
	int rc = sandbox_checkpoint_open(
	    sh->sandbox, from, key, how, sh->workspace, told, err);

	find_folder(sh);
	if (!shell_alone(sh))
		vec_add(told, "the other shell of this course sees all of this too");
	tell_all(sh, told);
	return rc;
}

/* ---- the ways ---- */

static int
go(struct shell *sh, size_t step, struct err *err)
{
	cleanup_vec struct vec told = VEC_INIT;
	cleanup_free char *key = step_key(sh, step), *played = NULL;
	cleanup_sandbox struct sandbox *stage = NULL;

	if (is_kept(sh, step))
		return arrive(sh, sh->sandbox, key, SESSION_REPLACE, &told, err);
	if (step == 0)
		return 0;
	if (stage_prepare(sh, step, &told, &stage, &played, err) < 0)
		return -1;
	return arrive(sh, stage, played, SESSION_ADD, &told, err);
}

bool
travel_to(struct shell *sh, size_t step, const char *why)
{
	struct err err = ERR_INIT;
	bool known = sh->sandbox != NULL && is_kept(sh, step);

	if (sh->sandbox == NULL) {
		shell_enter(sh, step, true);
		return true;
	}
	if (keep_aside(sh, why, &err) < 0 || go(sh, step, &err) < 0) {
		view_error(sh, &err);
		return false;
	}
	record_note(sh, why);
	sh->paged = false;
	shell_enter(sh, step, true);
	view_styled(sh, "dim", "%s",
	    known       ? "Everything is as it was when this step began."
	    : step == 0 ? "This is the first step; your files are as they were."
			: "Everything is as the steps before have it, done as their "
			  "solutions do it.");
	view_text(sh, "\n");
	tell_kept(sh);
	if (!known)
		travel_arrived(sh, true);
	return true;
}

void
travel_undo(struct shell *sh)
{
	cleanup_vec struct vec told = VEC_INIT;
	const char *anchor, *last = progress_undo(&sh->progress, &anchor);
	cleanup_free char *key = last != NULL ? xstrdup(last) : NULL;
	struct err err = ERR_INIT;
	int step = last != NULL ? lesson_find(sh->lesson, anchor) : -1;

	if (key == NULL || sh->sandbox == NULL) {
		view_text(sh, "There is nothing to undo: nothing was put aside yet.\n");
		return;
	}
	if (keep_aside(sh, "before undo", &err) < 0 ||
	    arrive(sh, sh->sandbox, key, SESSION_REPLACE, &told, &err) < 0) {
		view_error(sh, &err);
		return;
	}
	record_note(sh, "undo: everything is as it was before");
	sh->paged = false;
	shell_enter(sh, step >= 0 ? (size_t)step : sh->step, false);
	view_text(sh,
	    "Everything is as it was before, in step %zu; `undo` once more takes this "
	    "back.\n",
	    sh->step + 1);
}

/* ---- solving ---- */

static void
show_line(void *arg, const char *line, const char *file)
{
	struct shell *sh = arg;

	buf_clear(&sh->tail);
	if (sh->quiet)
		return;
	if (file != NULL)
		view_styled(sh, "bold", "(writes %s)", file);
	else
		view_styled(sh, "bold", "$ %s", line);
	view_text(sh, "\n");
}

static void
after_line(void *arg, const struct judge_command *command)
{
	struct shell *sh = arg;
	struct judge_command told = *command;

	told.output = sh->tail.s;
	if (!sh->quiet && sh->tail.len > 0 && sh->tail.s[sh->tail.len - 1] != '\n')
		view_text(sh, "\n");
	record_command(sh, &told, "solve");
	if (sh->judge.ran != NULL)
		sh->judge.ran(sh->judge.arg, &told);
}

static void
tell_removed(void *arg, const char *container)
{
	struct shell *sh = arg;
	cleanup_free char *text =
	    xasprintf("the container %s is in the way and is removed first", container);

	view_styled(sh, "yellow", "(%s)", text);
	view_text(sh, "\n");
	record_note(sh, text);
}

/* Does an earlier step of the document change folders?  Then we are where it is. */
static bool
moves(const struct shell *sh)
{
	for (size_t i = 0; i < sh->step; i++)
		for (size_t k = 0; k < sh->lesson->steps[i].nactions; k++)
			if (strstr(sh->lesson->steps[i].actions[k].text, "cd ") != NULL)
				return true;
	return false;
}

/* The folder that the document's own commands would be in now.  Gives, or NULL: it
 * does not matter. */
static char *
own_folder(const struct shell *sh)
{
	const struct lesson_step *s = &sh->lesson->steps[sh->step];

	for (size_t i = 0; i < s->nchecks; i++)
		if (s->checks[i].folder != NULL)
			return path_join(sh->workspace, s->checks[i].folder);
	return moves(sh) ? NULL : xstrdup(sh->workspace);
}

static void
enter_folder(struct shell *sh)
{
	cleanup_free char *folder = own_folder(sh), *line = NULL;
	struct workstation_io io = {.terminal = -1, .out = drop};
	int status;

	if (folder == NULL || strchr(folder, '\'') != NULL ||
	    str_eq(folder, workstation_cwd(sh->workstation)))
		return;
	line = xasprintf("cd -- '%s' 2>/dev/null", folder);
	workstation_run(sh->workstation, line, &io, &status, NULL);
}

static void
drop_quietly(void *arg, const char *data, size_t len)
{
	struct shell *sh = arg;

	if (sh->quiet)
		buf_add(&sh->tail, data, len);
	else
		shell_output(sh, data, len);
}

int
travel_solve(struct shell *sh, bool quiet, struct err *err)
{
	const struct lesson_step *s = &sh->lesson->steps[sh->step];
	struct player p = {.lesson = sh->lesson,
	    .values = &sh->values,
	    .workstation = sh->workstation,
	    .sandbox = sh->sandbox,
	    .make_room = true,
	    .terminal = quiet ? -1 : sh->terminal,
	    .out = drop_quietly,
	    .before = show_line,
	    .after = after_line,
	    .removed = tell_removed,
	    .arg = sh};
	int rc;

	if (sh->sandbox != NULL && keep_aside(sh, "before the tutor's solution", err) < 0)
		return -1;
	sh->quiet = quiet;
	record_note(sh, "From here the tutor plays the step's solution.");
	enter_folder(sh);
	rc = play_step(&p, s, err);
	sh->quiet = false;
	progress_set_solved(&sh->progress, s->anchor);
	return rc;
}
