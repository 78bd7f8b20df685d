/*
 * update.c - docker update
 */
#include "sandbox/docker/command.h"

static int
update_one(struct docker *d, struct session *s, const char *name, struct err *err)
{
	const char *restart = opts_str(&d->opts, "restart");
	char id[65];

	if (container_find(s, name, id, err) < 0)
		return -1;
	return restart == NULL ? 0 : container_set_restart(s, id, restart, err);
}

int
docker_update(struct docker *d)
{
	const char *restart = opts_str(&d->opts, "restart");
	struct err err = ERR_INIT;

	if (d->opts.ngiven == 0) {
		fprintf(stderr, "you must provide one or more flags when using this "
				"command\n");
		return 1;
	}
	if (restart != NULL && container_check_restart_format(restart, &err) < 0)
		return docker_failed(&err);
	return docker_each(d, update_one, false);
}
