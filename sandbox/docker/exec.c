/*
 * exec.c - docker exec
 */
#include "sandbox/docker/command.h"

/* As the engine: what went wrong after the streams were attached comes out of them. */
static int
failed(const struct container_exec *x, const struct err *err)
{
	if (err->kind == ERR_CONFLICT || err->kind == ERR_SYS || x->detach)
		return docker_refused(err);
	printf("%s\r\n", err->text);
	fflush(stdout);
	return err->kind == ERR_EXEC_MISSING || err->kind == ERR_EXEC_DENIED ||
		       err->kind == ERR_NOT_FOUND
		   ? 126
		   : 1;
}

/* A container that is paused is called as the user did. */
static int
check_paused(struct docker *d, const char *id, struct err *err)
{
	cleanup_container_state struct container_state state = {.pid = 0};

	if (container_state(d->session, id, &state, err) < 0)
		return -1;
	if (!state.paused)
		return 0;
	return err_set(err, ERR_CONFLICT,
	    "Container %s is paused, unpause the container before exec", d->opts.args[0]);
}

int
docker_exec(struct docker *d)
{
	const struct opts *o = &d->opts;
	cleanup_vec struct vec env = VEC_INIT;
	struct container_exec x = {.argv = (const char *const *)o->args + 1,
	    .env = &env,
	    .cwd = opts_str(o, "workdir"),
	    .user = opts_str(o, "user"),
	    .detach = opts_on(o, "detach"),
	    .privileged = opts_on(o, "privileged"),
	    .a = {.out = true, .keep_signals = true}};
	struct err err = ERR_INIT;
	char id[65];
	int code;

	x.a.in = opts_on(o, "interactive") && !x.detach;
	if (docker_read_env(d, &env, &err) < 0 ||
	    docker_terminal(d, opts_on(o, "tty"), &x.a, &err) < 0 ||
	    docker_session(d, &err) == NULL)
		return docker_failed(&err);
	if (container_find(d->session, o->args[0], id, &err) < 0 ||
	    check_paused(d, id, &err) < 0)
		return docker_refused(&err);
	if (x.a.tty && x.a.in && !client_is_tty(&d->client, 'i')) {
		fprintf(stderr, "the input device is not a TTY\n");
		return 1;
	}
	code = container_exec(d->session, id, &x, &err);
	if (code == CONTAINER_DETACHED) {
		fprintf(stderr, "read escape sequence\n");
		return 0;
	}
	return code >= 0 ? code : failed(&x, &err);
}
