/*
 * words.c - the tutor's own words: one table
 */
#include "src/shell/private.h"
#include <stdlib.h>

struct word {
	const char *name;
	const char *arg; /* shown in help; NULL: takes none, and a line with more words is
			  * bash's */
	const char *summary;
	void (*run)(struct shell *sh, const char *arg);
};

static const struct lesson_step *
current(const struct shell *sh)
{
	return &sh->lesson->steps[sh->step];
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
	if (!passed && !sh->next_anyway && !verdict_full(sh)) {
		sh->next_anyway = true;
		view_text(sh, "Not there yet. `hint` helps; `next` once more goes on "
			      "without it.\n");
		return;
	}
	if (sh->step + 1 < sh->lesson->nsteps)
		shell_enter(sh, sh->step + 1, true);
	else
		finish(sh);
}

static void
run_back(struct shell *sh, const char *arg)
{
	(void)arg;
	if (sh->step == 0)
		view_text(sh, "This is the first step.\n");
	else
		shell_enter(sh, sh->step - 1, true);
}

static void
run_show(struct shell *sh, const char *arg)
{
	(void)arg;
	view_step(sh);
}

static void
run_check(struct shell *sh, const char *arg)
{
	(void)arg;
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

static void
run_progress(struct shell *sh, const char *arg)
{
	(void)arg;
	view_progress(sh);
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
	else
		shell_enter(sh, (size_t)found, true);
}

static void
run_lessons(struct shell *sh, const char *arg)
{
	cleanup_vec struct vec paths = VEC_INIT;

	(void)arg;
	course_list(&paths);
	for (size_t i = 0; i < paths.len; i++) {
		cleanup_free char *name = course_lesson_name(paths.v[i]);

		view_text(sh, "  %zu. %s%s\n", i + 1, name,
		    str_eq(name, sh->course.lesson) ? "   <- open" : "");
	}
	view_text(sh, "`quit`, then `drydock learn NAME` opens another.\n");
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
    {"show", NULL, "show this step again", run_show},
    {"check", NULL, "look at everything this step asks for", run_check},
    {"hint", NULL, "a hint; each time a clearer one", run_hint},
    {"progress", NULL, "the steps, and which are reached", run_progress},
    {"goto", "N", "turn to step N", run_goto},
    {"lessons", NULL, "the lessons that there are", run_lessons},
    {"help", NULL, "this list", run_help},
    {"quit", NULL, "leave; everything is kept", run_quit},
    {"exit", NULL, "the same", run_quit},
};

static void
run_help(struct shell *sh, const char *arg)
{
	(void)arg;
	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		cleanup_free char *left = xasprintf("%s%s%s", words[i].name,
		    words[i].arg ? " " : "", words[i].arg ? words[i].arg : "");

		view_styled(sh, "bold", "  %-10s", left);
		view_text(sh, " %s\n", words[i].summary);
	}
	view_text(sh,
	    "Everything else is a command: `docker` and all that bash knows.\n"
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
