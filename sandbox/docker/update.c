/*
 * update.c - docker update
 */
#include "sandbox/docker/command.h"
#include <stdlib.h>

static int
update_one(struct docker *d, struct session *s, const char *name, struct err *err)
{
	const char *restart = opts_str(&d->opts, "restart");
	struct container_limits set = {.memory = 0};
	char id[65];
	int rc;

	if (container_find(s, name, id, err) < 0)
		return -1;
	if (restart != NULL && container_set_restart(s, id, restart, err) < 0)
		return -1;
	rc = docker_read_limits(&d->opts, &set, err);
	if (rc == 0 && d->opts.ngiven > (size_t)(restart != NULL))
		rc = container_set_limits(s, id, &set, err);
	free(set.cpuset);
	return rc;
}

int
docker_update(struct docker *d)
{
	const char *restart = opts_str(&d->opts, "restart");
	struct container_limits probe = {.memory = 0};
	struct err err = ERR_INIT;
	int rc;

	if (d->opts.ngiven == 0) {
		fprintf(stderr, "you must provide one or more flags when using this "
				"command\n");
		return 1;
	}
	rc = docker_read_limits(&d->opts, &probe, &err);
	free(probe.cpuset);
	if (rc < 0)
		return docker_wrong_flag(d, &err);
	if (restart != NULL && container_check_restart_format(restart, &err) < 0)
		return docker_failed(&err);
	return docker_each(d, update_one, false);
}
