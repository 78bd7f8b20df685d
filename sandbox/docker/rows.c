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

static int
newest_first(const void *a, const void *b)
{
	const struct docker_row *x = a, *y = b;

	return x->config->created < y->config->created   ? 1
	       : x->config->created > y->config->created ? -1
							 : strcmp(x->id, y->id);
}

/* Returns how many; *lost: the monitor of one was killed. */
static size_t
read_rows(struct session *s, const struct vec *ids, struct docker_row *rows, bool *lost)
{
	size_t n = 0;

	*lost = false;
	for (size_t i = 0; i < ids->len; i++) {
		struct docker_row *r = &rows[n];

		/* one that is made or removed meanwhile is no error */
		if (container_look(s, ids->v[i], &r->config, &r->state, NULL) < 0)
			continue;
		snprintf(r->id, sizeof r->id, "%s", ids->v[i]);
		*lost |= r->state.lost;
		n++;
	}
	return n;
}

ssize_t
docker_rows(struct session *s, struct docker_row **ret, struct err *err)
{
	cleanup_vec struct vec ids = VEC_INIT;
	struct docker_row *rows;
	size_t n;
	bool lost;

	if (container_ids(s, &ids) < 0)
		return err_sys(err, "cannot list the containers");
	rows = xcalloc(ids.len + 1, sizeof *rows);
	n = read_rows(s, &ids, rows, &lost);
	if (lost) {
		container_recover(s, true);
		for (size_t i = 0; i < n; i++)
			docker_row_done(&rows[i]);
		n = read_rows(s, &ids, rows, &lost);
	}
	qsort(rows, n, sizeof *rows, newest_first);
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
