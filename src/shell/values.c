/*
 * values.c - what stands for <your_name> and its like
 *
 * What is the student's own (<your_...>, YOUR_..., $NAME) is asked for when a step
 * needs it and remembered; what depends on the moment (<container_id>) is asked for
 * when a typed line has it.  Whoever types something in its place has said it, too.
 */
#include "src/shell/private.h"
#include <ctype.h>
#include <stdlib.h>

enum { VALUE_MAX = 200 };

static bool
is_own(const struct lesson_placeholder *p)
{
	return p->text[0] == '$' || str_starts(p->name, "your");
}

/* {{parameters}} are derived; a $NAME that is typed is bash's business. */
static bool
is_typed(const struct lesson_placeholder *p)
{
	return p->text[0] != '{' && p->text[0] != '$';
}

/* The longest placeholder that begins here, or NULL. */
static const struct lesson_placeholder *
placeholder_here(const struct lesson *l, const char *text)
{
	const struct lesson_placeholder *found = NULL;

	for (size_t i = 0; i < l->nplaceholders; i++)
		if (str_starts(text, l->placeholders[i].text) &&
		    (found == NULL ||
			strlen(l->placeholders[i].text) > strlen(found->text)))
			found = &l->placeholders[i];
	return found;
}

static bool
is_good(const char *value)
{
	for (const char *c = value; *c != '\0'; c++)
		if (iscntrl((unsigned char)*c))
			return false;
	return *value != '\0' && strlen(value) <= VALUE_MAX;
}

static void
set_value(struct shell *sh, const struct lesson_placeholder *p, const char *value)
{
	vec_env_set(&sh->values, p->name, value);
	progress_set_value(&sh->progress, p->name, value, is_own(p));
}

/* Asks on the screen; nothing, Ctrl-C and Ctrl-D leave it as it is. */
static void
ask(struct shell *sh, const struct lesson_placeholder *p)
{
	const char *known = vec_env_get(&sh->values, p->name);
	cleanup_free char *prompt =
	    xasprintf("%s is%s%s%s? ", p->text, known != NULL ? " [" : "",
		known != NULL ? known : "", known != NULL ? "]" : "");
	cleanup_free char *answer = NULL;
	char *value;

	if (sh->edit->read(sh->edit, prompt, &answer) != EDIT_LINE)
		return;
	value = str_trim(answer);
	if (is_good(value) && placeholder_here(sh->lesson, value) == NULL)
		set_value(sh, p, value);
}

void
values_load(struct shell *sh)
{
	vec_done(&sh->values);
	progress_values(&sh->progress, &sh->values);
}

/* Calls fn for each command of the step, its hints and its solution. */
static void
each_command(struct shell *sh, const struct lesson_step *s,
    void (*fn)(struct shell *sh, const char *command, void *arg), void *arg)
{
	for (size_t p = 0; p <= s->nparts; p++) {
		size_t n = p < s->nparts ? s->parts[p].nactions : s->nactions;
		const struct lesson_action *a =
		    p < s->nparts ? s->parts[p].actions : s->actions;

		for (size_t i = 0; i < n; i++)
			for (size_t k = 0; k < a[i].ncommands; k++)
				fn(sh, a[i].commands[k].text, arg);
	}
}

static void
ask_own(struct shell *sh, const char *command, void *arg)
{
	bool *asked = arg;

	for (; *command != '\0'; command++) {
		const struct lesson_placeholder *p =
		    placeholder_here(sh->lesson, command);

		if (p == NULL || !is_own(p) || vec_env_get(&sh->values, p->name) != NULL)
			continue;
		if (*asked)
			return; /* one question that was left is enough */
		view_text(sh, "This step has a place for something of your own (Enter "
			      "alone: later).\n");
		ask(sh, p);
		*asked = vec_env_get(&sh->values, p->name) == NULL;
	}
}

void
values_ask(struct shell *sh, const struct lesson_step *step)
{
	bool asked = false;

	if (sh->terminal >= 0)
		each_command(sh, step, ask_own, &asked);
}

/* Does the line say what the command says, with something for each placeholder?  Blanks
 * count as one. */
static bool
match(const struct lesson *l, const char *want, const char *line, struct vec *found)
{
	while (*want != '\0') {
		const struct lesson_placeholder *p = placeholder_here(l, want);

		if (p != NULL) {
			const char *after = want + strlen(p->text);
			char stop[] = {' ', '\t', '\n', '\'', '"', '<', '>', '|', ';',
			    '&', *after, '\0'};
			size_t n = strcspn(line, stop);
			cleanup_free char *value = xstrndup(line, n);

			if (!is_good(value))
				return false;
			vec_env_set(found, p->name, value);
			want = after;
			line += n;
		} else if (isspace((unsigned char)*want)) {
			if (!isspace((unsigned char)*line))
				return false;
			want += strspn(want, " \t\n");
			line += strspn(line, " \t\n");
		} else if (*want++ != *line++) {
			return false;
		}
	}
	return line[strspn(line, " \t\n")] == '\0';
}

static void
learn_from(struct shell *sh, const char *command, void *arg)
{
	cleanup_vec struct vec found = VEC_INIT;

	if (!match(sh->lesson, command, arg, &found))
		return;
	for (size_t i = 0; i < sh->lesson->nplaceholders; i++) {
		const struct lesson_placeholder *p = &sh->lesson->placeholders[i];
		const char *value = vec_env_get(&found, p->name), *known;

		known = vec_env_get(&sh->values, p->name);
		if (value == NULL || (known != NULL && str_eq(known, value)))
			continue;
		if (known != NULL && sh->terminal >= 0) {
			view_styled(sh, "dim", "(%s is %s from now on.)", p->text, value);
			view_text(sh, "\n");
		}
		set_value(sh, p, value);
	}
}

char *
values_fill(struct shell *sh, const char *line)
{
	const struct lesson *l = sh->lesson;
	struct buf filled = BUF_INIT(BUF_OURS);
	cleanup_vec struct vec asked = VEC_INIT;
	cleanup_free char *copy = xstrdup(line);

	each_command(sh, &l->steps[sh->step], learn_from, str_trim(copy));
	for (const char *s = line; *s != '\0';) {
		const struct lesson_placeholder *p = placeholder_here(l, s);
		const char *value;

		if (p == NULL || !is_typed(p)) {
			buf_addc(&filled, *s++);
			continue;
		}
		value = vec_env_get(&sh->values, p->name);
		if (sh->terminal >= 0 && !vec_has(&asked, p->name) &&
		    (value == NULL || !is_own(p))) {
			ask(sh, p);
			vec_add(&asked, p->name);
			value = vec_env_get(&sh->values, p->name);
		}
		buf_adds(&filled, value != NULL ? value : p->text);
		s += strlen(p->text);
	}
	if (sh->terminal >= 0 && !str_eq(filled.s, line)) {
		view_styled(sh, "dim", "%s", filled.s);
		view_text(sh, "\n");
	}
	return buf_take(&filled);
}

void
values_invent(const struct lesson *l, struct vec *values)
{
	for (size_t i = 0; i < l->nplaceholders; i++)
		if (is_own(&l->placeholders[i]))
			vec_env_set(values, l->placeholders[i].name, "student");
}
