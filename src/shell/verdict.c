/*
 * verdict.c - has the step judged, and tells what matters of it
 *
 * After a command only what changed is told: a check that holds now, one that holds no
 * longer, one whose failure looks different.  `check` and `next` tell all of it.
 */
#include "src/shell/private.h"
#include <stdlib.h>

static bool
same_text(const char *a, const char *b)
{
	return a == b || (a != NULL && b != NULL && str_eq(a, b));
}

void
verdict_waits(void *shell, const char *what)
{
	struct shell *sh = shell;

	view_styled(sh, "dim", "  waiting for %s (Ctrl-C stops waiting)", what);
	view_text(sh, "\n");
}

static const struct lesson_step *
current(const struct shell *sh)
{
	return &sh->lesson->steps[sh->step];
}

bool
verdict_free(const struct lesson_step *step)
{
	for (size_t i = 0; i < step->nchecks; i++)
		if (!step->checks[i].optional)
			return false;
	return true;
}

/* False with a message when nobody could judge. */
static bool
judge_now(struct shell *sh, enum judge_level level, struct judge_results *ret)
{
	const char *cwd =
	    sh->workstation ? workstation_cwd(sh->workstation) : sh->workspace;
	struct err err = ERR_INIT;

	if (sh->judge.judge == NULL)
		return false;
	if (sh->judge.judge(sh->judge.arg, current(sh), cwd, level, ret, &err) == 0)
		return true;
	view_error(sh, &err);
	return false;
}

static void
tell_reason(struct shell *sh, const struct judge_result *r)
{
	const struct {
		const char *label, *text;
	} lines[] = {{"expected", r->expected}, {"found", r->actual}, {"why", r->why}};

	for (size_t i = 0; i < ARRAY_LEN(lines); i++) {
		if (lines[i].text == NULL || lines[i].text[0] == '\0')
			continue;
		cleanup_free char *first = xasprintf("      %s: ", lines[i].label);

		view_wrapped(sh, "dim", first, lines[i].text);
	}
}

static void
tell(struct shell *sh, const struct judge_result *r)
{
	static const struct {
		const char *mark, *style;
	} look[] = {[JUDGE_PASS] = {"✓", "green"},
	    [JUDGE_FAIL] = {"✗", "red"},
	    [JUDGE_ERROR] = {"?", "yellow"},
	    [JUDGE_SKIPPED] = {"·", "dim"}};

	if (r->hidden)
		return;
	cleanup_free char *mark = xasprintf("  %s ", look[r->outcome].mark);
	cleanup_free char *text =
	    xasprintf("%s%s", r->text, r->optional ? " (optional)" : "");
	view_wrapped(sh, look[r->outcome].style, mark, text);
	if (r->outcome == JUDGE_FAIL || r->outcome == JUDGE_ERROR)
		tell_reason(sh, r);
}

/* waited: somebody had to wait for this answer, so a failure is told too. */
static bool
changed(const struct judge_results *before, size_t i, const struct judge_result *now,
    bool waited)
{
	const struct judge_result *old = i < before->len ? &before->list[i] : NULL;

	if (now->outcome == JUDGE_SKIPPED)
		return false;
	if (waited && now->outcome == JUDGE_FAIL)
		return true;
	if (old == NULL || old->outcome == JUDGE_SKIPPED)
		return now->outcome == JUDGE_PASS;
	return old->outcome != now->outcome || !same_text(old->actual, now->actual);
}

static void
keep(struct shell *sh, struct judge_results *now)
{
	judge_results_done(&sh->seen);
	sh->seen = *now;
	*now = (struct judge_results){0};
}

/* Everything that was asked cheaply holds: what is left are the dear ones. */
static bool
only_dear_left(const struct judge_results *r)
{
	bool skipped = false;

	for (size_t i = 0; i < r->len; i++) {
		skipped |= r->list[i].outcome == JUDGE_SKIPPED;
		if (!r->list[i].optional && r->list[i].outcome != JUDGE_PASS &&
		    r->list[i].outcome != JUDGE_SKIPPED)
			return false;
	}
	return skipped;
}

static void
tell_done(struct shell *sh, bool on_entry)
{
	bool last = sh->step + 1 == sh->lesson->nsteps;

	progress_set_passed(&sh->progress, current(sh)->anchor);
	record_reached(sh);
	if (on_entry)
		view_styled(sh, "green", "This is already so.");
	else
		view_styled(sh, "green", "Step %zu is done.", sh->step + 1);
	view_text(sh, last ? " It was the last one: `next` ends the lesson.\n"
			   : " `next` goes on.\n");
}

/* Only what starts or changes containers is worth waiting for; else one look will do. */
static enum judge_level
worth(const struct judge_command *command)
{
	static const char *const words[] = {
	    "run", "start", "restart", "create", "compose", "unpause", "exec"};
	const char *line = command->text;

	if (command->status != 0 || strstr(line, "docker") == NULL)
		return JUDGE_NOW;
	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		size_t n = strlen(words[i]);

		for (const char *at = line; (at = strstr(at, words[i])) != NULL; at++)
			if (at > line && at[-1] == ' ' && (at[n] == ' ' || at[n] == '\0'))
				return JUDGE_ALL;
	}
	return JUDGE_NOW;
}

/* The coach has the last word, after Docker's own message. */
static void
tell_advice(struct shell *sh, const struct judge_command *command)
{
	cleanup_free char *advice = NULL;

	if (sh->judge.coach != NULL)
		advice = sh->judge.coach(sh->judge.arg, current(sh), command, &sh->seen);
	if (advice != NULL && advice[0] != '\0')
		view_advice(sh, advice);
}

void
verdict_after(struct shell *sh, const struct judge_command *command)
{
	cleanup_judge_results struct judge_results now = {0};
	bool was = progress_passed(&sh->progress, current(sh)->anchor);
	enum judge_level level = JUDGE_CHEAP;

	if (command != NULL && sh->judge.ran != NULL)
		sh->judge.ran(sh->judge.arg, command);
	if (!judge_now(sh, JUDGE_CHEAP, &now))
		return;
	if (!was && command != NULL && only_dear_left(&now)) {
		judge_results_done(&now);
		level = worth(command);
		if (!judge_now(sh, level, &now))
			return;
	}
	for (size_t i = 0; command != NULL && i < now.len; i++)
		if (changed(&sh->seen, i, &now.list[i], level == JUDGE_ALL))
			tell(sh, &now.list[i]);
	keep(sh, &now);
	if (!was && judge_results_pass(&sh->seen))
		tell_done(sh, command == NULL);
	if (command != NULL)
		tell_advice(sh, command);
}

bool
verdict_full(struct shell *sh)
{
	static const struct judge_command none = {.text = "", .output = ""};
	cleanup_judge_results struct judge_results now = {0};

	if (verdict_free(current(sh))) {
		view_text(sh, "Nothing is checked in this step: `next` goes on.\n");
		progress_set_passed(&sh->progress, current(sh)->anchor);
		return true;
	}
	if (!judge_now(sh, JUDGE_ALL, &now)) {
		view_text(sh, "The checks of this step could not be judged.\n");
		return false;
	}
	for (size_t i = 0; i < now.len; i++)
		tell(sh, &now.list[i]);
	keep(sh, &now);
	if (judge_results_pass(&sh->seen)) {
		if (!progress_passed(&sh->progress, current(sh)->anchor))
			tell_done(sh, false);
		return true;
	}
	tell_advice(sh, &none);
	return false;
}

bool
verdict_holds(struct shell *sh)
{
	cleanup_judge_results struct judge_results now = {0};

	if (verdict_free(current(sh)) || !judge_now(sh, JUDGE_NOW, &now) ||
	    !judge_results_pass(&now))
		return false;
	progress_set_passed(&sh->progress, current(sh)->anchor);
	return true;
}
