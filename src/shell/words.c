/*
 * words.c - the tutor's own words: one table
 */
#include "src/shell/private.h"
#include <stdlib.h>

struct word {
	const char *name;
	const char *arg; /* shown in help; NULL: takes none, and a line with more words is
			  * bash's */
	const char *summary; /* NULL: not listed */
	void (*run)(struct shell *sh, const char *arg);
};

static const struct lesson_step *
current(const struct shell *sh)
{
	return &sh->lesson->steps[sh->step];
}

/* What a foreign lesson's own checks run is asked for once; what we read from its
 * commands ourselves is not. */
static bool
ask_checks(struct shell *sh)
{
	const struct lesson_step *s = current(sh);

	for (size_t i = 0; i < s->nchecks; i++)
		if (!s->checks[i].inferred)
			return ask_consent(sh, "Its checks ask docker and web addresses");
	return true;
}

static void
finish(struct shell *sh)
{
	if (!shell_complete_lesson(sh)) {
		view_text(sh, "This was the last step, but not all are reached:\n");
		view_progress(sh);
		return;
	}
	view_text(sh, "\n");
	if (sh->lesson->outro[0] != '\0')
		view_markdown(sh, sh->lesson->outro);
	view_styled(sh, "green", "The lesson is complete.");
	view_text(sh, " `quit` leaves; `lessons` lists the others.\n");
}

static void
run_next(struct shell *sh, const char *arg)
{
	bool passed = progress_passed(&sh->progress, current(sh)->anchor);

	(void)arg;
	if (!passed && verdict_free(current(sh))) {
		progress_set_passed(&sh->progress, current(sh)->anchor);
		passed = true;
	}
	if (!passed && !sh->next_anyway && (!ask_checks(sh) || !verdict_full(sh))) {
		sh->next_anyway = true;
		view_text(sh, "Not there yet. `hint` helps; `next` once more goes on "
			      "without it.\n");
		return;
	}
	if (sh->step + 1 < sh->lesson->nsteps) {
		shell_enter(sh, sh->step + 1, true);
		travel_arrived(sh, !sh->paged);
	} else {
		finish(sh);
	}
}

static void
run_back(struct shell *sh, const char *arg)
{
	(void)arg;
	if (sh->step == 0) {
		view_text(sh, "This is the first step.\n");
		return;
	}
	sh->paged = true;
	shell_enter(sh, sh->step - 1, true);
	view_styled(sh, "dim",
	    "Your files, images and containers stay as they are; `reset` makes them as "
	    "they were when this step began.");
	view_text(sh, "\n");
}

static void
run_check(struct shell *sh, const char *arg)
{
	(void)arg;
	if (ask_checks(sh))
		verdict_full(sh);
}

/* Hint number n in the order of help: the author's hints, hints of checks that fail,
 * the solution. */
static const char *
find_hint(struct shell *sh, size_t n, bool *solution)
{
	const struct lesson_part *part;
	size_t i = 0;

	*solution = false;
	while ((part = lesson_part(current(sh), LESSON_HINT, i)) != NULL)
		if (i++ == n)
			return part->text;
	for (size_t k = 0; k < sh->seen.len; k++)
		if (sh->seen.list[k].outcome != JUDGE_PASS &&
		    sh->seen.list[k].hint != NULL && i++ == n)
			return sh->seen.list[k].hint;
	part = lesson_part(current(sh), LESSON_SOLUTION, 0);
	*solution = part != NULL && i == n;
	return *solution ? part->text : NULL;
}

static void
run_hint(struct shell *sh, const char *arg)
{
	const char *anchor = current(sh)->anchor;
	size_t n = (size_t)progress_hints(&sh->progress, anchor);
	bool solution;
	const char *text = find_hint(sh, n, &solution);

	(void)arg;
	if (text == NULL && n > 0)
		text = find_hint(sh, n - 1, &solution); /* no more: the last again */
	else if (text != NULL)
		progress_add_hint(&sh->progress, anchor);
	if (text == NULL) {
		view_text(sh, "There is no hint for this step. `check` says what is "
			      "missing, `show` shows the step again.\n");
		return;
	}
	view_styled(sh, "bold", solution ? "Solution" : "Hint %zu", n + 1);
	view_text(sh, "\n");
	view_markdown(sh, text);
}

/* "answer layers 4" answers the question `layers` of this step; without a question of
 * that name all of it is the answer. */
static void
run_answer(struct shell *sh, const char *arg)
{
	static const struct judge_command none = {.text = "", .output = ""};
	const struct lesson_step *s = current(sh);
	size_t n = strcspn(arg, " \t");
	cleanup_free char *name = xstrdup("answer:");

	if (*arg == '\0') {
		view_text(sh, "`answer` takes the answer: `answer 4`.\n");
		return;
	}
	for (size_t i = 0; i < s->nchecks; i++) {
		const char *asked = lesson_arg(&s->checks[i], "NAME");

		if (s->checks[i].verb == NULL ||
		    s->checks[i].verb->id != VERB_ANSWER_IS || asked == NULL ||
		    strlen(asked) != n || strncmp(asked, arg, n) != 0)
			continue;
		free(name);
		name = xasprintf("answer:%s", asked);
		arg += n + strspn(arg + n, " \t");
		break;
	}
	vec_env_set(&sh->values, name, arg);
	progress_set_value(&sh->progress, name, arg, false);
	verdict_after(sh, &none);
}

static void
run_progress(struct shell *sh, const char *arg)
{
	(void)arg;
	view_progress(sh);
}

/* Only the page; everything else stays. */
static void
turn_to(struct shell *sh, size_t step)
{
	sh->paged = true;
	shell_enter(sh, step, true);
}

static void
run_goto(struct shell *sh, const char *arg)
{
	uint64_t n;
	int found = -1;

	if (str_to_u64(arg, sh->lesson->nsteps, &n) && n > 0)
		found = (int)n - 1;
	else if (arg[0] != '\0')
		found = lesson_find(sh->lesson, arg);
	if (found < 0)
		view_text(sh, "`goto` takes the number of a step, 1 to %zu.\n",
		    sh->lesson->nsteps);
	else if (ask_consent(sh, "To get there the commands of its steps are run"))
		travel_to(sh, (size_t)found, "goto: another step");
	else
		turn_to(sh, (size_t)found);
}

static void
run_reset(struct shell *sh, const char *arg)
{
	(void)arg;
	if (ask_consent(sh, "To get there the commands of its steps are run"))
		travel_to(sh, sh->step, "reset: the beginning of the step");
}

static void
run_undo(struct shell *sh, const char *arg)
{
	(void)arg;
	travel_undo(sh);
}

/* Plays the solution; true when something was played. */
static bool
solve(struct shell *sh, bool quiet)
{
	static const struct judge_command none = {.text = "", .output = ""};
	const struct lesson_action *actions;
	struct err err = ERR_INIT;

	if (play_actions(current(sh), &actions) == 0) {
		if (!quiet)
			view_text(sh, "There is nothing to run or write in this step.\n");
		return false;
	}
	if (!ask_consent(sh, "Its commands are run"))
		return false;
	if (travel_solve(sh, quiet, &err) < 0) {
		view_error(sh, &err);
		return false;
	}
	if (!quiet)
		verdict_after(sh, &none);
	return true;
}

static void
run_solve(struct shell *sh, const char *arg)
{
	(void)arg;
	if (!solve(sh, false))
		return;
	if (verdict_free(current(sh)) ||
	    progress_passed(&sh->progress, current(sh)->anchor))
		view_text(sh, "`undo` takes this back.\n");
	else
		verdict_full(sh);
}

static void
run_skip(struct shell *sh, const char *arg)
{
	bool played, last = sh->step + 1 == sh->lesson->nsteps;

	(void)arg;
	if (verdict_holds(sh)) {
		run_next(sh, "");
		return;
	}
	played = solve(sh, true);
	if (played)
		view_text(sh, "The tutor has done this step for you; `undo` takes it "
			      "back.\n");
	if (verdict_free(current(sh)) || (played && verdict_full(sh))) {
		run_next(sh, "");
	} else if (last) {
		view_text(sh, "This is the last step.\n");
	} else if (played) {
		travel_to(sh, sh->step + 1, "skip: the next step");
	} else {
		shell_enter(sh, sh->step + 1, true);
		travel_arrived(sh, true);
	}
}

static void run_help(struct shell *sh, const char *arg);

static void
run_quit(struct shell *sh, const char *arg)
{
	(void)arg;
	sh->quit = true;
}

static const struct word words[] = {
    {"next", NULL, "go to the next step (when this one is done)", run_next},
    {"back", NULL, "turn back a page", run_back},
    {"show", "[N|FILE]", "show this step again, another one, or a file", look_show},
    {"check", NULL, "look at everything this step asks for", run_check},
    {"hint", NULL, "a hint; each time a clearer one", run_hint},
    {"explain", "[COMMAND]", "what a command or a message means, in plain words",
	look_explain},
    {"faq", "[N|WORD]", "questions that everybody asks, and answers", pages_faq},
    {"glossary", "[WORD]", "what a word means", pages_glossary},
    {"edit", "FILE", "your $EDITOR, else nano", look_edit},
    {"open", "[URL]", "what the container serves, in your browser", look_open},
    {"solve", NULL, "watch the tutor do this step", run_solve},
    {"skip", NULL, "have it done, and go on", run_skip},
    {"goto", "N", "go to step N, with everything as it is there", run_goto},
    {"reset", NULL, "everything as it was when this step began", run_reset},
    {"undo", NULL, "as it was before the last solve, skip, goto or reset", run_undo},
    {"answer", "[NAME] TEXT", "say what a question of this step asks for", run_answer},
    {"progress", NULL, "the steps, and which are reached", run_progress},
    {"lessons", NULL, "the lessons that there are", look_lessons},
    {"transcript", "[FILE]", "write down what was done, in Markdown", look_transcript},
    {"help", "[WORD]", "this list", run_help},
    {"quit", NULL, "leave; everything is kept", run_quit},
    {"exit", NULL, NULL, run_quit},
};

static void
run_help(struct shell *sh, const char *arg)
{
	size_t found = 0;

	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		cleanup_free char *left = xasprintf("%s%s%s", words[i].name,
		    words[i].arg ? " " : "", words[i].arg ? words[i].arg : "");
		cleanup_free char *first = NULL;

		if (words[i].summary == NULL ||
		    (arg[0] != '\0' && !str_eq(arg, words[i].name)))
			continue;
		first = xasprintf("  %-18s ", left);
		view_wrapped(sh, "", first, words[i].summary);
		found++;
	}
	if (found == 0) {
		view_text(sh,
		    "`%s` is no word of the tutor's; bash's own help is "
		    "`\\help %s`.\n",
		    arg, arg);
		return;
	}
	view_text(sh,
	    "All else is for docker and bash. \\reset, with a backslash, is bash's "
	    "reset.\n"
	    "Your files are in %s\n",
	    sh->workspace);
}

bool
words_obey(struct shell *sh, const char *line)
{
	cleanup_free char *copy = xstrdup(line);
	char *word = str_trim(copy), *arg = word + strcspn(word, " \t");

	if (*arg != '\0') {
		*arg++ = '\0';
		arg = str_trim(arg);
	}
	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		if (!str_eq(words[i].name, word) ||
		    (words[i].arg == NULL && *arg != '\0'))
			continue;
		words[i].run(sh, arg);
		return true;
	}
	return false;
}

void
words_complete(const char *prefix, struct vec *ret)
{
	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (str_starts(words[i].name, prefix))
			vec_add(ret, words[i].name);
}
