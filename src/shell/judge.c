/*
 * judge.c - lists of results
 */
#include "src/shell/judge.h"
#include <stdlib.h>

void
judge_results_done(struct judge_results *r)
{
	for (size_t i = 0; i < r->len; i++) {
		free(r->list[i].text);
		free(r->list[i].expected);
		free(r->list[i].actual);
		free(r->list[i].why);
		free(r->list[i].hint);
	}
	free(r->list);
	*r = (struct judge_results){0};
}

struct judge_result *
judge_results_add(struct judge_results *r)
{
	r->list = xrealloc(r->list, (r->len + 1) * sizeof *r->list);
	r->list[r->len] = (struct judge_result){0};
	return &r->list[r->len++];
}

bool
judge_results_pass(const struct judge_results *r)
{
	size_t required = 0;

	for (size_t i = 0; i < r->len; i++) {
		if (r->list[i].optional)
			continue;
		required++;
		if (r->list[i].outcome != JUDGE_PASS)
			return false;
	}
	return required > 0;
}

void
judge_close(struct judge *j)
{
	if (j->free != NULL)
		j->free(j->arg);
	*j = (struct judge){0};
}
