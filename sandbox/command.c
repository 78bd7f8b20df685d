/*
 * command.c - a docker command, run by exec of the drydock program for a client
 */
#include "sandbox/private.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

extern char **environ;

/* What docker reads itself.  Everything else of the client's environment stays data:
 * it may come from a lesson. */
static const char *const client_names[] = {"BUILDKIT_PROGRESS=", "DOCKER_BUILDKIT=",
    "DOCKER_CONFIG=", "DOCKER_DEFAULT_PLATFORM=", "NO_COLOR=", "TERM=", "COLUMNS=",
    "SOURCE_DATE_EPOCH=", "DRYDOCK_STRICT=", "LANG=", "LC_ALL=", "LC_CTYPE="};

static bool
is_client_name(const char *variable)
{
	for (size_t i = 0; i < ARRAY_LEN(client_names); i++)
		if (str_starts(variable, client_names[i]))
			return true;
	return false;
}

/* A file of memory with the client's environment; gives the descriptor. */
static int
env_file(char *const *env, struct err *err)
{
	cleanup_fd int fd = memfd_create("client-env", MFD_CLOEXEC);

	if (fd < 0)
		return err_sys(err, "cannot make a file of memory");
	for (; *env != NULL; env++)
		if (fd_write_all(fd, *env, strlen(*env) + 1) < 0)
			return err_sys(err, "cannot write a file of memory");
	if (lseek(fd, 0, SEEK_SET) < 0)
		return err_sys(err, "cannot rewind a file of memory");
	return take_fd(&fd);
}

static void
make_env(struct sandbox *s, const struct sandbox_client *c, int envfd, struct vec *env)
{
	for (char **v = environ; *v != NULL; v++)
		if (!str_starts(*v, "DRYDOCK_CLIENT") &&
		    (c->env == NULL || !is_client_name(*v)))
			vec_add(env, *v);
	for (char *const *v = c->env; v != NULL && *v != NULL; v++)
		if (is_client_name(*v))
			vec_add(env, *v);
	vec_env_set(env, "DRYDOCK_SESSION", session_name(s->session));
	if (c->root >= 0)
		vec_addf(env, "DRYDOCK_CLIENT=%d:%d:%s", c->root, c->cwd, c->cwd_path);
	if (envfd >= 0)
		vec_addf(env, "DRYDOCK_CLIENT_ENV=%d", envfd);
	if (c->asked)
		vec_env_set(env, "DRYDOCK_ASKED", "1");
	if (c->reads > 0)
		vec_addf(env, "DRYDOCK_CLIENT_INPUT=%d", c->reads);
}

pid_t
sandbox_docker_start(
    struct sandbox *s, const struct sandbox_client *c, char *const *argv, struct err *err)
{
	cleanup_free char *program = sandbox_program("drydock", err);
	cleanup_vec struct vec args = VEC_INIT, env = VEC_INIT;
	cleanup_fd int envfd = -1;
	int keep[4];
	struct proc_spec spec = {
	    .in = c->in, .out = c->out, .errfd = c->errfd, .keep = keep, .group = true};

	if (program == NULL || (c->env != NULL && (envfd = env_file(c->env, err)) < 0))
		return -1;
	make_env(s, c, envfd, &env);
	vec_add(&args, program);
	vec_add(&args, "docker");
	vec_add_all(&args, argv);
	if (c->root >= 0) {
		keep[spec.nkeep++] = c->root;
		keep[spec.nkeep++] = c->cwd;
	}
	if (envfd >= 0)
		keep[spec.nkeep++] = envfd;
	if (c->reads > 0)
		keep[spec.nkeep++] = c->reads;
	spec.argv = args.v;
	spec.env = env.v;
	return proc_start(&spec, err);
}

/* Reads until the writers are gone or the time is over; 0 or -1. */
static int
read_until_end(int fd, int timeout_ms, struct buf *out, struct err *err)
{
	int64_t end = clock_mono() + timeout_ms * (NS_PER_S / 1000);
	char drop[4096];

	for (;;) {
		int64_t left = (end - clock_mono()) / (NS_PER_S / 1000);
		int ready = fd_wait_readable(fd, timeout_ms <= 0 ? -1
						 : left > 0      ? (int)left
								 : 0);
		ssize_t n;

		if (ready == 0)
			return err_set(err, ERR_LIMIT,
			    "docker did not answer within %d s", timeout_ms / 1000);
		if (ready < 0)
			return err_sys(err, "cannot wait for docker");
		n = read(fd, drop, sizeof drop);
		if (n == 0)
			return 0;
		if (n < 0 && errno != EINTR)
			return err_sys(err, "cannot read what docker prints");
		if (n > 0 && out->len < out->max)
			buf_add(out, drop,
			    (size_t)n < out->max - out->len ? (size_t)n
							    : out->max - out->len);
	}
}

int
sandbox_docker_capture(struct sandbox *s, const struct sandbox_client *c,
    char *const *argv, int timeout_ms, struct buf *out, struct err *err)
{
	struct sandbox_client piped = *c;
	int pipes[2], rc;
	pid_t pid;

	if (pipe2(pipes, O_CLOEXEC) < 0)
		return err_sys(err, "cannot make a pipe");
	cleanup_fd int ours = pipes[0], theirs = pipes[1];
	piped.out = piped.errfd = theirs;
	pid = sandbox_docker_start(s, &piped, argv, err);
	if (pid < 0)
		return -1;
	fd_close_p(&theirs);
	rc = read_until_end(ours, timeout_ms, out, err);
	if (rc < 0)
		kill(-pid, SIGKILL);
	return rc < 0 ? (proc_wait(pid), -1) : proc_wait(pid);
}
