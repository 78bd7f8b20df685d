/*
 * logs.c - docker logs
 */
#include "sandbox/docker/command.h"
#include <stdlib.h>
#include <unistd.h>

static bool
print_piece(void *arg, int stream, const char *text, size_t len)
{
	(void)arg;
	return fd_write_all(stream == 2 ? STDERR_FILENO : STDOUT_FILENO, text, len) == 0;
}

static int
read_opts(const struct opts *o, struct container_log_opts *ret, struct err *err)
{
	const char *tail = opts_str(o, "tail");
	uint64_t n;

	*ret = (struct container_log_opts){
	    .follow = opts_on(o, "follow"),
	    .timestamps = opts_on(o, "timestamps"),
	    /* as the daemon: what is no number means all of it */
	    .tail = str_to_u64(tail, INT64_MAX, &n) ? (long long)n : -1,
	};
	if (docker_when("since", opts_str(o, "since"), &ret->since, err) < 0)
		return -1;
	return docker_when("until", opts_str(o, "until"), &ret->until, err);
}

int
docker_logs(struct docker *d)
{
	struct container_log_opts o;
	struct err err = ERR_INIT;
	struct session *s;
	char id[65];

	if (read_opts(&d->opts, &o, &err) < 0)
		return docker_failed(&err);
	s = docker_session(d, &err);
	if (s == NULL)
		return docker_failed(&err);
	if (container_find(s, d->opts.args[0], id, &err) < 0 ||
	    container_logs(s, id, &o, print_piece, NULL, &err) < 0)
		return docker_refused(&err);
	return 0;
}
