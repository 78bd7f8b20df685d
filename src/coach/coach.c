/*
 * coach.c - the first rule that fits, and its hints with the words filled in
 */
#include "src/coach/private.h"
#include <stdlib.h>

static bool
fits(struct see *s, const struct rule *r)
{
	vec_done(&s->vars);
	if (!s->failed && !r->any_status)
		return false;
	if (r->part != NULL && strstr(s->out, r->part) == NULL)
		return false;
	if (r->var != NULL && !see_take(s, s->out, r->var, r->part, r->stop))
		return false;
	return r->fires == NULL || r->fires(s);
}

/* Values come from outside: no backquote ends their code, no line is broken. */
static void
add_value(struct buf *b, const char *value)
{
	for (; *value != '\0'; value++)
		buf_addc(b, *value == '`'                 ? '\''
			    : (unsigned char)*value < ' ' ? ' '
							  : *value);
}

static char *
fill(const struct see *s, const char *pattern)
{
	struct buf b = BUF_INIT(BUF_OURS);

	while (*pattern != '\0') {
		size_t n = strcspn(pattern, "{");

		buf_add(&b, pattern, n);
		pattern += n;
		if (*pattern != '{')
			continue;
		n = strcspn(pattern, "}");
		cleanup_free char *name = xstrndup(pattern + 1, n - 1);
		if (*name == '!') /* words of our own, with their code */
			buf_adds(&b, see_get(s, name + 1));
		else
			add_value(&b, see_get(s, name));
		pattern += n + (pattern[n] == '}');
	}
	return buf_take(&b);
}

/* Is it the text that the student follows which is wrong? */
static bool
at_fault(struct see *s, const struct rule *r)
{
	if (r->text == NULL)
		return false;
	return r->text_dockerfile ? json_is_true(see_scene(s, "text_dockerfile"))
				  : s->in->text_again;
}

void
coach_advise(const struct coach_input *in, struct coach_advice *ret)
{
	struct see s;

	*ret = (struct coach_advice){0};
	see_open(&s, in);
	for (const struct rule *r = coach_rules; r->id != NULL && ret->id == NULL; r++) {
		if (!fits(&s, r))
			continue;
		ret->id = r->id;
		for (size_t i = 0; i < COACH_LEVELS; i++)
			ret->hint[i] = fill(&s, r->hint[i]);
		if (at_fault(&s, r))
			ret->text = fill(&s, r->text);
	}
	see_done(&s);
}

void
coach_advice_done(struct coach_advice *a)
{
	for (size_t i = 0; i < COACH_LEVELS; i++)
		free(a->hint[i]);
	free(a->text);
	*a = (struct coach_advice){0};
}

const char *
coach_id(size_t n)
{
	return coach_rules[n].id;
}
