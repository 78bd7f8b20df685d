/*
 * lesson.c - what a loaded lesson is asked
 */
#include "src/lesson/lesson.h"
#include "src/lesson/part.h"
#include <ctype.h>

static void
checks_done(struct lesson_check *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		lesson_check_done(&list[i]);
	free(list);
}

static void
part_done(struct lesson_part *p)
{
	for (size_t i = 0; i < p->nactions; i++)
		action_done(&p->actions[i]);
	free(p->actions);
	free(p->title);
	free(p->text);
}

void
step_done(struct lesson_step *s)
{
	free(s->title);
	free(s->anchor);
	free(s->intro);
	free(s->text);
	free(s->url);
	vec_done(&s->path);
	for (size_t i = 0; i < s->nactions; i++)
		action_done(&s->actions[i]);
	free(s->actions);
	checks_done(s->checks, s->nchecks);
	for (size_t i = 0; i < s->nwhens; i++) {
		checks_done(s->whens[i].checks, s->whens[i].nchecks);
		free(s->whens[i].hint);
	}
	free(s->whens);
	for (size_t i = 0; i < s->nparts; i++)
		part_done(&s->parts[i]);
	free(s->parts);
}

void
lesson_free(struct lesson *l)
{
	if (l == NULL)
		return;
	for (size_t i = 0; i < l->nsteps; i++)
		step_done(&l->steps[i]);
	for (size_t i = 0; i < l->nplaceholders; i++) {
		free(l->placeholders[i].name);
		free(l->placeholders[i].text);
	}
	for (size_t i = 0; i < l->nwarnings; i++)
		free(l->warnings[i].text);
	for (size_t i = 0; i < l->nanchors; i++)
		free(l->anchors[i].anchor);
	free(l->steps);
	free(l->placeholders);
	free(l->warnings);
	free(l->anchors);
	free(l->name);
	free(l->title);
	free(l->outro);
	vec_done(&l->settings);
	free(l);
}

void
lesson_free_p(struct lesson **l)
{
	lesson_free(*l);
	*l = NULL;
}

/* Are a and b the same letters and digits, whatever stands between? */
static bool
loosely_equal(const char *a, const char *b)
{
	for (;;) {
		while (*a != '\0' && ispunct((unsigned char)*a))
			a++;
		while (*b != '\0' && ispunct((unsigned char)*b))
			b++;
		if (tolower((unsigned char)*a) != tolower((unsigned char)*b))
			return false;
		if (*a == '\0')
			return true;
		a++;
		b++;
	}
}

int
lesson_find(const struct lesson *l, const char *anchor)
{
	anchor += *anchor == '#';
	for (size_t i = 0; i < l->nanchors; i++)
		if (str_eq(l->anchors[i].anchor, anchor))
			return (int)l->anchors[i].step;
	for (size_t i = 0; i < l->nanchors; i++)
		if (loosely_equal(l->anchors[i].anchor, anchor))
			return (int)l->anchors[i].step;
	return -1;
}

const struct lesson_part *
lesson_part(const struct lesson_step *s, enum lesson_part_kind kind, size_t n)
{
	for (size_t i = 0; i < s->nparts; i++)
		if (s->parts[i].kind == kind && n-- == 0)
			return &s->parts[i];
	return NULL;
}

const char *
lesson_kind_word(enum lesson_kind kind)
{
	static const char *const words[] = {"run", "file", "show"};

	return words[kind];
}

const char *
lesson_where_word(enum lesson_where where)
{
	static const char *const words[] = {"anywhere", "terminal", "editor", "browser"};

	return words[where];
}

const char *
lesson_part_word(enum lesson_part_kind kind)
{
	static const char *const words[] = {"hint", "solution", "notes", "wrong"};

	return words[kind];
}
