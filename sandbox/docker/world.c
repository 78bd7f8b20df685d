/*
 * world.c - the store and session that a command works on
 */
#include "sandbox/docker/command.h"

struct session *
docker_session(struct docker *d, struct err *err)
{
	if (d->session != NULL)
		return d->session;
	if (d->store == NULL && store_open(NULL, &d->store, err) < 0)
		return NULL;
	if (session_open(d->store, NULL, &d->session, err) < 0)
		return NULL;
	/* a program that helps another has no command */
	container_recover(
	    d->session, d->command == NULL || !(d->command->flags & DOCKER_ROWS));
	return d->session;
}
