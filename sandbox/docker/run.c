/*
 * run.c - docker run, docker create
 */
#include "sandbox/docker/command.h"
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

/* --cidfile is there before the engine is asked, and goes again when that fails. */
struct cidfile {
	const char *path; /* NULL: none is wanted */
	int fd;
};

static int
cidfile_open(struct docker *d, struct cidfile *f, struct err *err)
{
	const char *path = opts_str(&d->opts, "cidfile");

	*f = (struct cidfile){
	    .path = path != NULL && *path != '\0' ? path : NULL, .fd = -1};
	if (f->path == NULL)
		return 0;
	f->fd = client_open(&d->client, path, O_WRONLY | O_CREAT | O_EXCL, 0644);
	if (f->fd >= 0)
		return 0;
	if (errno == EEXIST)
		return err_set(err, ERR_CONFLICT,
		    "container ID file found, make sure the other container isn't "
		    "running or delete %s",
		    path);
	return err_set(err, ERR_INPUT,
	    "failed to create the container ID file: open %s: %s", path,
	    docker_errno_text(errno));
}

static void
cidfile_close(struct docker *d, struct cidfile *f, const char *id)
{
	if (f->fd < 0)
		return;
	if (id != NULL) {
		(void)fd_write_all(f->fd, id, strlen(id));
	} else {
		cleanup_free char *folder = path_dir(f->path);
		cleanup_fd int at =
		    client_open(&d->client, folder, O_PATH | O_DIRECTORY, 0);

		unlinkat(at, path_base(f->path), 0);
	}
	fd_close_p(&f->fd);
}

/* From options to a created container; NULL when all is said and *code set. */
static struct container_config *
create(struct docker *d, bool detach, int *code)
{
	cleanup_container_config struct container_config *c = NULL;
	struct cidfile file;
	struct err err = ERR_INIT;

	if (cidfile_open(d, &file, &err) < 0) {
		*code = docker_run_stopped(d, &err);
		return NULL;
	}
	c = docker_make_config(d, code);
	if (c != NULL) {
		c->detach = detach;
		if (detach)
			c->attach_in = c->attach_out = c->attach_err = false;
		if (container_create(d->session, c, &err) < 0) {
			*code = docker_run_refused(d, &err);
			container_config_free(take_ptr(c));
		}
	}
	store_let_go(d->store);
	cidfile_close(d, &file, c != NULL ? c->id : NULL);
	return take_ptr(c);
}

/* The container ran, or did not: says so and gives the exit code. */
static int
start(struct docker *d, const struct container_config *c)
{
	struct container_attach attach = {
	    .in = c->attach_in && c->open_stdin,
	    .out = !c->detach,
	    .no_stdout = !c->attach_out,
	    .no_stderr = !c->attach_err,
	    .rm_wait = c->auto_remove,
	};
	struct err err = ERR_INIT;
	bool show_id = !c->attach_out && !c->attach_err;
	int code;

	attach.keep_signals = !opts_on(&d->opts, "sig-proxy") && !c->tty;
	if (docker_terminal(d, c->tty, &attach, &err) < 0)
		return docker_run_failed(d, &err);
	if (!c->detach)
		container_note(d->session, c->id, "attach", NULL);
	code = container_start(d->session, c->id, &attach, &err);
	if (code == CONTAINER_DETACHED)
		return 0;
	/* as Docker: the id is printed even when the start then fails */
	if (show_id) {
		printf("%s\n", c->id);
		fflush(stdout);
	}
	if (code >= 0)
		return show_id ? 0 : code;
	if (c->auto_remove)
		container_remove(d->session, c->id, true, NULL);
	return docker_run_refused(d, &err);
}

/* Beside the program's own output, so not on standard output. */
static void
explain(const struct container_config *c)
{
	cleanup_buf struct buf text = BUF_INIT(BUF_OURS);

	container_explain(c, &text);
	fputs(text.s, stderr);
}

int
docker_run(struct docker *d)
{
	const struct opts *o = &d->opts;
	bool detach = opts_on(o, "detach");
	int code = docker_check_config(d);
	cleanup_container_config struct container_config *c = NULL;

	if (code != 0)
		return code;
	if (detach && opts_given(o, "attach")) {
		fprintf(stderr, "conflicting options: cannot specify both --attach and "
				"--detach\n");
		return 1;
	}
	if (opts_on(o, "tty") && opts_on(o, "interactive") && !detach &&
	    !client_is_tty(&d->client, 'i')) {
		fprintf(stderr, "the input device is not a TTY\n");
		return 1;
	}
	c = create(d, detach, &code);
	if (c != NULL && opts_on(o, "explain"))
		explain(c);
	return c != NULL ? start(d, c) : code;
}

int
docker_create(struct docker *d)
{
	int code = docker_check_config(d);
	cleanup_container_config struct container_config *c =
	    code == 0 ? create(d, false, &code) : NULL;

	if (c == NULL)
		return code;
	printf("%s\n", c->id);
	return 0;
}
