/*
 * rm.c - docker rm, rename
 */
#include "sandbox/docker/command.h"

static int
remove_one(struct docker *d, struct session *s, const char *name, struct err *err)
{
	bool force = opts_on(&d->opts, "force");
	char id[65];

	if (container_find(s, name, id, err) < 0)
		return -1;
	return opts_on(&d->opts, "volumes") ? container_remove_all(s, id, force, err)
					    : container_remove(s, id, force, err);
}

int
docker_rm(struct docker *d)
{
	return docker_each(d, remove_one, opts_on(&d->opts, "force"));
}

int
docker_rename(struct docker *d)
{
	struct err err = ERR_INIT;
	struct session *s = docker_session(d, &err);
	char id[65];

	if (s == NULL)
		return docker_failed(&err);
	if (container_find(s, d->opts.args[0], id, &err) < 0 ||
	    container_rename(s, id, d->opts.args[1], &err) < 0) {
		/* the client puts its own words below the daemon's */
		docker_refused(&err);
		fprintf(stderr, "Error: failed to rename container named %s\n",
		    d->opts.args[0]);
		return 1;
	}
	return 0;
}
