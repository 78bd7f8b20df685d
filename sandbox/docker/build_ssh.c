/*
 * build_ssh.c - --ssh default|ID[=SOCKET]: whose agents RUN --mount=type=ssh may use
 *
 * Facts: buildx, util/buildflags/ssh.go; BuildKit, session/sshforward/sshprovider.
 */
#include "sandbox/docker/build_input.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>

static int
open_agent(const struct docker *d, const char *path, struct err *err)
{
	struct stat st;
	cleanup_fd int fd = client_open(&d->client, path, O_PATH, 0);

	if (fd < 0 || fstat(fd, &st) < 0)
		return err_set(
		    err, ERR_NOT_FOUND, "stat %s: %s", path, docker_errno_text(errno));
	if (!S_ISSOCK(st.st_mode))
		return err_set(err, ERR_UNSUPPORTED,
		    "failed to parse %s: not the socket of an agent: keys are added with "
		    "ssh-add",
		    path);
	return take_fd(&fd);
}

static int
read_agent(struct docker *d, struct build_input *in, const char *text, struct err *err)
{
	size_t len = strcspn(text, "=");
	cleanup_free char *id = xstrndup(text, len);
	const char *path = text[len] == '=' ? text + len + 1 : "";

	for (size_t i = 0; i < in->nagents; i++)
		if (str_eq(in->agents[i].id, id))
			return err_set(err, ERR_INPUT, "invalid duplicate ID %s", id);
	if (*path == '\0')
		path = client_getenv(&d->client, "SSH_AUTH_SOCK");
	if (path == NULL || *path == '\0')
		return err_set(err, ERR_INPUT,
		    "invalid empty ssh agent socket: make sure SSH_AUTH_SOCK is set");
	int fd = open_agent(d, path, err);
	if (fd < 0)
		return -1;
	in->agents = xrealloc(in->agents, (in->nagents + 1) * sizeof *in->agents);
	in->agents[in->nagents++] = (struct build_agent){.id = take_ptr(id), .fd = fd};
	return 0;
}

int
build_input_ssh(struct docker *d, struct build_input *in, struct err *err)
{
	const char *v;

	for (size_t i = 0; (v = opts_next(&d->opts, "ssh", &i)) != NULL;)
		if (read_agent(d, in, v, err) < 0)
			return -1;
	return 0;
}

void
build_input_ssh_done(struct build_input *in)
{
	for (size_t i = 0; i < in->nagents; i++) {
		free((void *)in->agents[i].id);
		fd_close_p(&in->agents[i].fd);
	}
	free(in->agents);
}
