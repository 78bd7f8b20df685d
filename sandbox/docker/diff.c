/*
 * diff.c - docker diff: what a container has changed of its image
 */
#include "sandbox/docker/command.h"

int
docker_diff(struct docker *d)
{
	cleanup_vec struct vec chains = VEC_INIT, changes = VEC_INIT;
	struct err err = ERR_INIT;
	char id[65];

	if (d->opts.args[0][0] == '\0') {
		fprintf(stderr, "Container name cannot be empty\n");
		return 1;
	}
	if (docker_session(d, &err) == NULL)
		return docker_failed(&err);
	if (container_find(d->session, d->opts.args[0], id, &err) < 0)
		return docker_refused(&err);
	cleanup_fd int dir = container_upper(d->session, id, &chains, &err);
	if (dir < 0 || store_changes(d->store, dir, &chains, &changes, &err) < 0)
		return docker_refused(&err);
	for (size_t i = 0; i < changes.len; i++)
		printf("%s\n", changes.v[i]);
	return 0;
}
