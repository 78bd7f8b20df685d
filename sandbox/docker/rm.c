/*
 * rm.c - docker rm, rename
 */
#include "sandbox/docker/command.h"

/* "/web/db": what web calls db.  The name of a container itself is no such link. */
static int
remove_link(struct session *s, const char *name, struct err *err)
{
	const char *path = name + (*name == '/'), *slash = strchr(path, '/');
	cleanup_free char *parent = xstrndup(path, strcspn(path, "/"));
	char id[65];

	if (slash == NULL) {
		if (container_find(s, path, id, err) < 0)
			return -1;
		return err_set(err, ERR_CONFLICT,
		    "Conflict, cannot remove the default link name of the container");
	}
	if (container_find(s, parent, id, NULL) < 0 ||
	    container_unlink(s, id, slash + 1, NULL) < 0)
		return err_set(err, ERR_NOT_FOUND, "No such container: %s", name);
	return 0;
}

static int
remove_one(struct docker *d, struct session *s, const char *name, struct err *err)
{
	bool force = opts_on(&d->opts, "force");
	char id[65];

	if (opts_on(&d->opts, "link"))
		return remove_link(s, name, err);
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
