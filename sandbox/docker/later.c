/*
 * later.c - commands that are checked as Docker checks them, and then said to be missing
 */
#include "sandbox/docker/command.h"

static int
missing(const char *word)
{
	fprintf(stderr, "docker: %s\n", docker_without(word));
	return 1;
}

int
docker_push(struct docker *d)
{
	(void)d;
	return missing("push");
}
