/*
 * pause.c - docker pause, unpause
 */
#include "sandbox/docker/command.h"

static int
pause_one(struct docker *d, struct session *s, const char *name, struct err *err)
{
	char id[65];

	(void)d;
	return container_find(s, name, id, err) < 0 ? -1 : container_pause(s, id, err);
}

static int
unpause_one(struct docker *d, struct session *s, const char *name, struct err *err)
{
	char id[65];

	(void)d;
	return container_find(s, name, id, err) < 0 ? -1 : container_unpause(s, id, err);
}

int
docker_pause(struct docker *d)
{
	return docker_each(d, pause_one, false);
}

int
docker_unpause(struct docker *d)
{
	return docker_each(d, unpause_one, false);
}
