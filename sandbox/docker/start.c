/*
 * start.c - docker start, docker restart
 */
#include "sandbox/docker/command.h"

static bool
has_ended(struct session *s, const char *id)
{
	cleanup_container_state struct container_state now = {.pid = 0};

	return container_state(s, id, &now, NULL) == 0 && now.status == CONTAINER_EXITED;
}

/* -a or -i: one container, its streams, its exit code. */
static int
start_attached(struct docker *d)
{
	cleanup_container_config struct container_config *c = NULL;
	cleanup_container_state struct container_state state = {.pid = 0};
	struct container_attach a = {.out = true};
	struct err err = ERR_INIT;
	char id[65];
	int code;

	if (d->opts.nargs > 1) {
		fprintf(
		    stderr, "you cannot start and attach multiple containers at once\n");
		return 1;
	}
	if (docker_session(d, &err) == NULL)
		return docker_failed(&err);
	if (container_find(d->session, d->opts.args[0], id, &err) < 0 ||
	    container_load(d->session, id, &c, &err) < 0 ||
	    container_state(d->session, id, &state, &err) < 0)
		return docker_refused(&err);
	a.in = opts_on(&d->opts, "interactive") && c->open_stdin;
	if (docker_terminal(d, c->tty, &a, &err) < 0)
		return docker_failed(&err);
	container_note(d->session, id, "attach", NULL);
	code = -1;
	if (state.status == CONTAINER_RUNNING)
		code = container_attach(d->session, id, &a, &err);
	/* one that has ended since we looked is one that does not run */
	if (state.status != CONTAINER_RUNNING || (code < 0 && has_ended(d->session, id)))
		code = container_start(d->session, id, &a, &err);
	if (code == CONTAINER_DETACHED)
		return 0;
	return code >= 0 ? code : docker_refused(&err);
}

static int
start_one(struct session *s, const char *name, struct err *err)
{
	cleanup_container_state struct container_state state = {.pid = 0};
	struct container_attach attach = {.out = false};
	char id[65];

	if (container_find(s, name, id, err) < 0 ||
	    container_state(s, id, &state, err) < 0)
		return -1;
	if (state.paused)
		return err_set(err, ERR_CONFLICT,
		    "cannot start a paused container, try unpause instead");
	if (state.status == CONTAINER_RUNNING)
		return 0;
	return container_start(s, id, &attach, err) < 0 ? -1 : 0;
}

int
docker_start(struct docker *d)
{
	cleanup_vec struct vec failed = VEC_INIT;
	cleanup_free char *names = NULL;
	struct err err = ERR_INIT;

	if (opts_on(&d->opts, "attach") || opts_on(&d->opts, "interactive"))
		return start_attached(d);
	if (docker_session(d, &err) == NULL)
		return docker_failed(&err);
	for (size_t i = 0; i < d->opts.nargs; i++) {
		const char *name = d->opts.args[i];

		err_clear(&err);
		if (start_one(d->session, name, &err) == 0) {
			printf("%s\n", name);
			continue;
		}
		docker_refused(&err);
		vec_add(&failed, name);
	}
	fflush(stdout);
	if (failed.len == 0)
		return 0;
	names = vec_join(&failed, ", ");
	fprintf(stderr, "Error: failed to start containers: %s\n", names);
	return 1;
}

static int
restart_one(struct docker *d, struct session *s, const char *name, struct err *err)
{
	char id[65];

	if (container_find(s, name, id, err) < 0 || docker_stop_it(d, s, id, err) < 0)
		return -1;
	if (start_one(s, id, err) < 0)
		return -1;
	container_note(s, id, "restart", NULL);
	return 0;
}

int
docker_restart(struct docker *d)
{
	return docker_each(d, restart_one, false);
}
