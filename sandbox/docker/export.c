/*
 * export.c - docker export: a container's files as one tar
 */
#include "sandbox/docker/command.h"
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

static int
open_output(struct docker *d, const char *file, struct err *err)
{
	cleanup_free char *clean = path_clean(file), *dir = path_dir(clean);
	cleanup_fd int above = client_open(&d->client, dir, O_PATH | O_DIRECTORY, 0);
	int fd;

	if (above < 0)
		return err_set(err, ERR_NOT_FOUND,
		    "failed to export container: invalid output path: directory \"%s\" "
		    "does not exist",
		    dir);
	fd = client_open(&d->client, file, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	return fd < 0 ? err_set(err, ERR_SYS, "failed to export container: open %s: %s",
			    file, docker_errno_text(errno))
		      : fd;
}

int
docker_export(struct docker *d)
{
	const char *file = opts_str(&d->opts, "output");
	cleanup_vec struct vec chains = VEC_INIT;
	struct err err = ERR_INIT;
	char id[65];

	if (file == NULL && client_is_tty(&d->client, 'o')) {
		fprintf(stderr, "cowardly refusing to save to a terminal. Use the -o "
				"flag or redirect\n");
		return 1;
	}
	if (docker_session(d, &err) == NULL)
		return docker_failed(&err);
	if (container_find(d->session, d->opts.args[0], id, &err) < 0)
		return docker_refused(&err);
	cleanup_fd int out = file != NULL ? open_output(d, file, &err) : -1;
	if (err.kind != ERR_NONE)
		return docker_failed(&err);
	cleanup_fd int dir = container_upper(d->session, id, &chains, &err);
	if (dir < 0 || store_export(d->store, dir, &chains,
			   file != NULL ? out : STDOUT_FILENO, &err) < 0)
		return docker_refused(&err);
	container_note(d->session, id, "export", NULL);
	return 0;
}
