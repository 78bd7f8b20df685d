/*
 * rows.c - containers as the listing commands see them
 */
#include "sandbox/docker/command.h"
#include <stdlib.h>

void
docker_row_done(struct docker_row *r)
{
	container_config_free(r->config);
	container_state_done(&r->state);
}

void
docker_rows_free(struct docker_row *rows, size_t count)
{
	for (size_t i = 0; i < count; i++)
		docker_row_done(&rows[i]);
	free(rows);
}

ssize_t
docker_rows(struct session *s, struct docker_row **ret, struct err *err)
{
	cleanup_vec struct vec ids = VEC_INIT;
	struct docker_row *rows;
	size_t n = 0;

	if (container_list(s, &ids, err) < 0)
		return -1;
	rows = xcalloc(ids.len + 1, sizeof *rows);
	for (size_t i = 0; i < ids.len; i++) {
		struct docker_row *r = &rows[n];

		/* one that is removed meanwhile is no error */
		if (container_load(s, ids.v[i], &r->config, NULL) < 0)
			continue;
		if (container_state(s, ids.v[i], &r->state, NULL) < 0) {
			container_config_free(take_ptr(r->config));
			continue;
		}
		snprintf(r->id, sizeof r->id, "%s", ids.v[i]);
		n++;
	}
	*ret = rows;
	return (ssize_t)n;
}

const char *
docker_state_word(const struct container_state *s)
{
	switch (s->status) {
	case CONTAINER_CREATED: return "created";
	case CONTAINER_RUNNING: return s->paused ? "paused" : "running";
	case CONTAINER_EXITED: return s->restarting ? "restarting" : "exited";
	}
	return "dead";
}
