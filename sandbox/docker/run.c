/*
 * run.c - docker run, docker create
 */
#include "sandbox/docker/command.h"
#include <errno.h>
#include <fcntl.h>

/* Creates it and writes --cidfile; on failure all is said and *code set. */
static int
create(struct docker *d, struct container_config *c, int *code)
{
	const char *file = opts_str(&d->opts, "cidfile");
	cleanup_fd int fd = -1;
	struct err err = ERR_INIT;

	if (file != NULL) {
		fd = client_open(&d->client, file, O_WRONLY | O_CREAT | O_EXCL, 0644);
		if (fd < 0 && errno == EEXIST)
			err_set(&err, ERR_CONFLICT,
			    "container ID file found, make sure the other container "
			    "isn't "
			    "running or delete %s",
			    file);
		else if (fd < 0)
			err_sys(&err, "failed to create the container ID file");
		if (fd < 0) {
			*code = docker_run_failed(d, &err);
			return -1;
		}
	}
	if (container_create(d->session, c, &err) < 0) {
		*code = docker_run_refused(d, &err);
		return -1;
	}
	if (fd >= 0)
		(void)fd_write_all(fd, c->id, 64);
	return 0;
}

/* The container ran, or did not: says so and gives the exit code. */
static int
start(struct docker *d, const struct container_config *c)
{
	struct container_attach attach = {
	    .in = c->open_stdin && !c->detach,
	    .out = !c->detach,
	    .rm_wait = c->auto_remove,
	};
	struct err err = ERR_INIT;
	int code;

	attach.keep_signals = !opts_on(&d->opts, "sig-proxy") && !c->tty;
	if (docker_terminal(d, c->tty, &attach, &err) < 0)
		return docker_run_failed(d, &err);
	code = container_start(d->session, c->id, &attach, &err);
	if (code == CONTAINER_DETACHED)
		return 0;
	/* as Docker: the id is printed even when the start then fails */
	if (c->detach) {
		printf("%s\n", c->id);
		fflush(stdout);
	}
	if (code >= 0)
		return c->detach ? 0 : code;
	if (c->auto_remove)
		container_remove(d->session, c->id, true, NULL);
	return docker_run_refused(d, &err);
}

int
docker_run(struct docker *d)
{
	const struct opts *o = &d->opts;
	int code = 125;
	cleanup_container_config struct container_config *c =
	    docker_make_config(d, &code);

	if (c == NULL)
		return code;
	c->detach = opts_on(o, "detach");
	if (c->tty && c->open_stdin && !c->detach && !client_is_tty(&d->client, 'i')) {
		fprintf(stderr, "the input device is not a TTY\n");
		return 1;
	}
	if (create(d, c, &code) < 0)
		return code;
	return start(d, c);
}

int
docker_create(struct docker *d)
{
	int code = 125;
	cleanup_container_config struct container_config *c =
	    docker_make_config(d, &code);

	if (c == NULL || create(d, c, &code) < 0)
		return code;
	printf("%s\n", c->id);
	return 0;
}
