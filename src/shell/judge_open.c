/*
 * judge_open.c - the judge of the real shell
 *
 * Without functions the shell says that it cannot judge; nothing passes then.
 */
#include "src/shell/judge.h"

struct judge
judge_open(struct sandbox *s, const struct lesson *lesson, const char *workspace,
    const struct vec *values)
{
	(void)s, (void)lesson, (void)workspace, (void)values;
	return (struct judge){0};
}
