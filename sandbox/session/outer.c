/*
 * outer.c - the private outer network of a session
 *
 * The network namespace lives as long as its keeper, a process.  The file `net` names
 * it by pid and start time, so that a pid that was given again is not mistaken for it.
 */
#include "sandbox/session/private.h"
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

int
session_outer_netns(const struct session *s)
{
	struct err ignored = ERR_INIT;
	cleanup_json json_t *j = NULL;
	cleanup_free char *path = NULL;
	cleanup_fd int fd = -1;
	long long pid, start;

	if (faccessat(s->dir, "net", F_OK, 0) < 0)
		return -1;
	j = json_read_file(s->dir, "net", &ignored);
	pid = json_get_int(j, "pid", 0);
	start = json_get_int(j, "start_time", 0);
	if (pid <= 0 || start <= 0)
		return -1;
	path = xasprintf("/proc/%lld/ns/net", pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	/* asked after the opening: so what was opened is the keeper's */
	if (fd < 0 || proc_start_time((pid_t)pid) != (unsigned long long)start)
		return -1;
	return take_fd(&fd);
}

int
session_set_outer(struct session *s, pid_t keeper, struct err *err)
{
	cleanup_json json_t *j = json_object();
	unsigned long long start;

	if (keeper == 0) {
		if (unlinkat(s->dir, "net", 0) < 0 && errno != ENOENT)
			return err_sys(err, "cannot forget the session's network");
		return 0;
	}
	start = proc_start_time(keeper);
	if (start == 0)
		return err_set(err, ERR_NOT_FOUND, "the network's keeper has ended");
	json_object_set_new(j, "pid", json_integer(keeper));
	json_object_set_new(j, "start_time", json_integer((json_int_t)start));
	return json_write_file(s->dir, "net", j, 0600, err);
}
