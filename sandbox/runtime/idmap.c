/*
 * idmap.c - user_namespaces(7): who is 0 inside
 *
 * Three cases: real root writes a range of its own choice; an ordinary user with
 * subordinate ids lets newuidmap(1) and newgidmap(1) write it; everybody else has
 * one id.  A line of a child's map must not straddle two lines of its parent's
 * (EPERM), which is why children get "0 0 1" and "1 1 n".
 */
#include "sandbox/runtime/holder.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

enum { ROOT_START = 1879048192, RANGE_MAX = 65536, FILE_MAX = 1 << 20 };

/* /proc files are opened without O_CREAT and written in one go. */
static int
write_proc(pid_t pid, const char *file, const char *text)
{
	char path[64];
	cleanup_fd int fd = -1;

	snprintf(path, sizeof path, "/proc/%d/%s", (int)pid, file);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	return fd < 0 || write(fd, text, strlen(text)) < 0 ? -1 : 0;
}

static int
write_maps(pid_t pid, const char *uids, const char *gids, struct err *err)
{
	if (write_proc(pid, "uid_map", uids) < 0 || write_proc(pid, "gid_map", gids) < 0)
		return err_sys(err, "cannot write the id map");
	return 0;
}

/* The name of uid in /etc/passwd, or NULL.  No getpwuid: a static program must not
 * load name service modules. */
static char *
user_name(uid_t uid)
{
	cleanup_buf struct buf b = BUF_INIT(FILE_MAX);
	char *save = NULL;

	if (fd_read_file(AT_FDCWD, "/etc/passwd", &b, NULL) < 0)
		return NULL;
	for (char *l = strtok_r(b.s, "\n", &save); l; l = strtok_r(NULL, "\n", &save)) {
		char *colon = strchr(l, ':'), *id = colon ? strchr(colon + 1, ':') : NULL;

		if (id != NULL && strtoul(id + 1, NULL, 10) == uid)
			return xstrndup(l, (size_t)(colon - l));
	}
	return NULL;
}

static bool
find_range(const char *file, const char *name, struct idmap_range *ret)
{
	cleanup_buf struct buf b = BUF_INIT(FILE_MAX);
	char *save = NULL, number[16];

	snprintf(number, sizeof number, "%u", geteuid());
	if (fd_read_file(AT_FDCWD, file, &b, NULL) < 0)
		return false;
	for (char *l = strtok_r(b.s, "\n", &save); l; l = strtok_r(NULL, "\n", &save)) {
		char *colon = strchr(l, ':');

		if (colon == NULL)
			continue;
		*colon = '\0';
		if (!str_eq(l, number) && (name == NULL || !str_eq(l, name)))
			continue;
		if (sscanf(colon + 1, "%u:%u", &ret->start, &ret->count) == 2 &&
		    ret->count > 0) {
			if (ret->count > RANGE_MAX)
				ret->count = RANGE_MAX;
			return true;
		}
	}
	return false;
}

bool
idmap_find_ranges(struct idmap_range *uids, struct idmap_range *gids)
{
	cleanup_free char *name = user_name(geteuid());

	if (name == NULL && getenv("USER") != NULL)
		name = xstrdup(getenv("USER"));
	return find_range("/etc/subuid", name, uids) &&
	       find_range("/etc/subgid", name, gids) &&
	       access("/usr/bin/newuidmap", X_OK) == 0;
}

static pid_t
start_helper(
    const char *program, pid_t pid, unsigned own, struct idmap_range r, struct err *err)
{
	char p[16], o[16], s[16], c[16];
	const char *argv[] = {program, p, "0", o, "1", "1", s, c, NULL};
	struct proc_spec spec = {
	    .argv = (char *const *)argv, .in = -1, .out = -1, .errfd = -1};

	snprintf(p, sizeof p, "%d", (int)pid);
	snprintf(o, sizeof o, "%u", own);
	snprintf(s, sizeof s, "%u", r.start);
	snprintf(c, sizeof c, "%u", r.count);
	return proc_start(&spec, err);
}

/* Both set-uid helpers side by side: 3 ms instead of 6. */
static int
write_by_helpers(pid_t pid, unsigned *ret_ids, struct err *err)
{
	struct idmap_range uids, gids;
	pid_t a, b;

	if (!idmap_find_ranges(&uids, &gids))
		return err_set(err, ERR_UNSUPPORTED,
		    "you have no subordinate ids in /etc/subuid and /etc/subgid");
	a = start_helper("newuidmap", pid, geteuid(), uids, err);
	b = a < 0 ? -1 : start_helper("newgidmap", pid, getegid(), gids, err);
	if (a < 0 || b < 0)
		return -1;
	a = proc_wait(a);
	b = proc_wait(b);
	if (a != 0 || b != 0)
		return err_set(
		    err, ERR_UNSUPPORTED, "newuidmap refused your subordinate ids");
	*ret_ids = 1 + (uids.count < gids.count ? uids.count : gids.count);
	return 0;
}

int
idmap_write(enum idmap map, pid_t pid, unsigned *ret_ids, struct err *err)
{
	char uids[64], gids[64];

	if (map == IDMAP_RANGE && geteuid() != 0)
		return write_by_helpers(pid, ret_ids, err);
	if (map == IDMAP_RANGE) {
		snprintf(uids, sizeof uids, "0 %u %u\n", ROOT_START, RANGE_MAX);
		*ret_ids = RANGE_MAX;
		return write_maps(pid, uids, uids, err);
	}
	snprintf(uids, sizeof uids, "0 %u 1\n", geteuid());
	snprintf(gids, sizeof gids, "0 %u 1\n", getegid());
	*ret_ids = 1;
	if (write_proc(pid, "setgroups", "deny") < 0)
		return err_sys(err, "cannot write the id map");
	return write_maps(pid, uids, gids, err);
}

int
idmap_write_child(const struct holder *h, pid_t pid, struct err *err)
{
	char map[64];

	if (h->ids == 1)
		snprintf(map, sizeof map, "0 0 1\n");
	else
		snprintf(map, sizeof map, "0 0 1\n1 1 %u\n", h->ids - 1);
	return write_maps(pid, map, map, err);
}
