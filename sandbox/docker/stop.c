/*
 * stop.c - docker stop, kill, wait
 */
#include "sandbox/docker/command.h"

int
docker_timeout(const struct docker *d)
{
	const char *name = opts_given(&d->opts, "time") ? "time" : "timeout";

	return opts_given(&d->opts, name) ? (int)opts_int(&d->opts, name) : -1;
}

int
docker_stop_it(struct docker *d, struct session *s, const char *id, struct err *err)
{
	const char *signal = opts_str(&d->opts, "signal");
	int signo = signal != NULL && *signal ? proc_signal_number(signal) : 0;

	if (signal != NULL && *signal && signo == 0)
		return err_set(err, ERR_INPUT, "invalid signal: %s", signal);
	return container_stop_by(s, id, signo, docker_timeout(d), err);
}

static int
stop_one(struct docker *d, struct session *s, const char *name, struct err *err)
{
	char id[65];

	return container_find(s, name, id, err) < 0 ? -1 : docker_stop_it(d, s, id, err);
}

int
docker_stop(struct docker *d)
{
	return docker_each(d, stop_one, false);
}

static int
kill_one(struct docker *d, struct session *s, const char *name, struct err *err)
{
	const char *signal = opts_str(&d->opts, "signal");
	int signo = proc_signal_number(signal != NULL ? signal : "KILL");
	char id[65];

	if (container_find(s, name, id, err) < 0)
		return err_while(err, "cannot kill container: %s", name);
	if (signo == 0)
		return err_set(err, ERR_INPUT,
		    "cannot kill container: %s: invalid signal: %s", name, signal);
	if (container_signal(s, id, signo, err) == 0)
		return 0;
	if (err->kind != ERR_CONFLICT)
		return err_while(err, "cannot kill container: %s", name);
	return err_set(err, ERR_CONFLICT,
	    "cannot kill container: %s: container %s is not running", name, id);
}

int
docker_kill(struct docker *d)
{
	return docker_each(d, kill_one, false);
}

int
docker_wait(struct docker *d)
{
	struct err err = ERR_INIT;
	int failed = 0;

	if (docker_session(d, &err) == NULL)
		return docker_failed(&err);
	for (size_t i = 0; i < d->opts.nargs; i++) {
		char id[65];
		int code = container_find(d->session, d->opts.args[i], id, &err);

		if (code == 0)
			code = container_wait(d->session, id, &err);
		if (code >= 0)
			printf("%d\n", code);
		else
			failed = docker_refused(&err);
		fflush(stdout);
	}
	return failed;
}
