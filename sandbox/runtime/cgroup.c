/*
 * cgroup.c - control groups for a container
 *
 * Files and their meaning: Documentation/admin-guide/cgroup-v2.rst and cgroup-v1/ of the
 * kernel.
 */
#include "sandbox/runtime/cgroup_files.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { GROUP_TEXT_MAX = 65536 };
#define OURS "drydock" /* the folder that holds all our groups */

/* ---- where we may make groups -------------------------------------------------------
 */

/* Path of our own group for a controller ("": v2's) in /proc/self/cgroup's text. */
static char *
own_path(const char *text, const char *controller)
{
	cleanup_vec struct vec lines = VEC_INIT;

	vec_split(&lines, text, "\n");
	for (size_t i = 0; i < lines.len; i++) {
		char *names = strchr(lines.v[i], ':'),
		     *path = names != NULL ? strchr(names + 1, ':') : NULL;
		cleanup_vec struct vec list = VEC_INIT;

		if (path == NULL)
			continue;
		*path++ = '\0';
		vec_split(&list, names + 1, ",");
		if (*controller == '\0' ? names[1] == '\0' : vec_has(&list, controller))
			return xstrdup(path[0] == '/' ? path + 1 : path);
	}
	return NULL;
}

static int
open_at(int root, const char *path, const char *more)
{
	cleanup_free char *full = root == AT_FDCWD
				      ? xasprintf("/sys/fs/cgroup/%s/%s", path, more)
				      : xasprintf("./%s/%s", path, more);

	return openat(root, full, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

/* Our folder below dir, where the map's root may remove what is in it. */
static int
make_ours(int dir, uid_t owner)
{
	if (mkdirat(dir, OURS, 0755) == 0 && owner != geteuid() &&
	    fchownat(dir, OURS, owner, (gid_t)-1, 0) < 0)
		return -1;
	return openat(dir, OURS, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

/* A v1 controller's folder that we may write: our own group's. */
static int
v1_folder(int root, const char *text, unsigned kind)
{
	cleanup_free char *path = own_path(text, limits_controller(kind));

	if (path == NULL)
		return -1;
	cleanup_fd int dir = open_at(root, limits_controller(kind), path);
	return dir >= 0 && faccessat(dir, ".", W_OK, AT_EACCESS) == 0 ? take_fd(&dir)
								      : -1;
}

/* Hands these controllers down to the groups below dir; says which are. */
static unsigned
enable(int dir, unsigned kinds)
{
	cleanup_buf struct buf have = BUF_INIT(4096);
	cleanup_vec struct vec list = VEC_INIT;
	unsigned got = 0;

	for (unsigned k = 1; k <= LIMIT_PIDS; k <<= 1) {
		cleanup_free char *plus = xasprintf("+%s", limits_controller(k));

		if (kinds & k)
			(void)limits_write_file(dir, "cgroup.subtree_control", plus);
	}
	if (fd_read_file(dir, "cgroup.subtree_control", &have, NULL) < 0)
		return 0;
	vec_split(&list, have.s, " \n+");
	for (unsigned k = 1; k <= LIMIT_PIDS; k <<= 1)
		if ((kinds & k) && vec_has(&list, limits_controller(k)))
			got |= k;
	return got;
}

/* With v2 a group that has processes hands nothing down: the nearest one above ours that
 * is ours to write and does.  Processes may be moved within what we may write only. */
static int
v2_folder(int root, const char *text, unsigned kinds, unsigned *ret)
{
	cleanup_free char *path = own_path(text, "");

	*ret = 0;
	while (path != NULL) {
		cleanup_fd int dir = open_at(root, ".", path);

		if (dir < 0 || faccessat(dir, "cgroup.procs", W_OK, AT_EACCESS) < 0)
			break;
		*ret = enable(dir, kinds);
		if (*ret != 0)
			return take_fd(&dir);
		if (*path == '\0')
			break;
		char *slash = strrchr(path, '/');
		*(slash != NULL ? slash : path) = '\0';
	}
	return -1;
}

static char *
own_cgroup(const char *given)
{
	cleanup_buf struct buf b = BUF_INIT(GROUP_TEXT_MAX);

	if (given == NULL && fd_read_file(AT_FDCWD, "/proc/self/cgroup", &b, NULL) < 0)
		return xstrdup("");
	return xstrdup(given != NULL ? given : b.s);
}

/* ---- a container's groups -----------------------------------------------------------
 */

static bool
add_group(struct limits *g, int folder, const struct runtime_limits *l, unsigned kinds,
    uid_t owner)
{
	cleanup_fd int ours = make_ours(folder, owner), dir = -1, procs = -1;

	if (ours < 0 || (g->v2 && enable(ours, kinds) == 0))
		return false;
	mkdirat(ours, g->name, 0755);
	dir = openat(ours, g->name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir < 0)
		return false;
	if (!g->v2 && (kinds & LIMIT_CPUSET)) { /* v1: nothing is inherited */
		cleanup_buf struct buf mems = BUF_INIT(4096), cpus = BUF_INIT(4096);

		fd_read_file(folder, "cpuset.mems", &mems, NULL);
		fd_read_file(folder, "cpuset.cpus", &cpus, NULL);
		(void)limits_write_file(ours, "cpuset.mems", mems.s);
		(void)limits_write_file(ours, "cpuset.cpus", cpus.s);
		(void)limits_write_file(dir, "cpuset.mems", mems.s);
	}
	procs = openat(dir, "cgroup.procs", O_WRONLY | O_CLOEXEC);
	unsigned held = procs < 0 ? 0 : limits_write_files(dir, l, kinds, g->v2);
	if (held == 0) {
		unlinkat(ours, g->name, AT_REMOVEDIR);
		return false;
	}
	g->held |= held;
	g->groups[g->len] = take_fd(&dir);
	g->procs[g->len] = take_fd(&procs);
	g->parents[g->len++] = take_fd(&ours);
	return true;
}

void
limits_open(struct limits *g, int root, const char *cgroup, const char *name,
    const struct runtime_limits *l, uid_t owner)
{
	unsigned wanted = limits_wanted(l), got;

	*g = (struct limits)LIMITS_INIT;
	if (wanted == 0)
		return;
	snprintf(g->name, sizeof g->name, "%s", name);
	cleanup_free char *text = own_cgroup(cgroup);
	cleanup_fd int v2 = v2_folder(root, text, wanted, &got);
	g->v2 = v2 >= 0;
	if (g->v2) {
		add_group(g, v2, l, got, owner);
		return;
	}
	for (unsigned k = 1; k <= LIMIT_PIDS; k <<= 1) {
		cleanup_fd int v1 = wanted & k ? v1_folder(root, text, k) : -1;

		if (v1 >= 0)
			add_group(g, v1, l, k, owner);
	}
}

/* v1's groups lie in a folder for each kind, v2's one group holds all. */
static void
find_group(struct limits *g, int root, const char *cgroup, unsigned kind)
{
	const char *controller = kind != 0 ? limits_controller(kind) : "";
	cleanup_free char *path = own_path(cgroup, controller);
	cleanup_free char *end = xasprintf(OURS "/%s", g->name);

	if (path == NULL || !str_ends(path, end))
		return;
	cleanup_fd int dir = open_at(root, *controller ? controller : ".", path);
	cleanup_fd int procs =
	    dir >= 0 ? openat(dir, "cgroup.procs", O_WRONLY | O_CLOEXEC) : -1;
	if (procs < 0)
		return;
	g->held |=
	    kind != 0 ? kind : LIMIT_MEMORY | LIMIT_CPU | LIMIT_CPUSET | LIMIT_PIDS;
	g->v2 = kind == 0;
	g->groups[g->len] = take_fd(&dir);
	g->procs[g->len] = take_fd(&procs);
	g->parents[g->len++] = -1;
}

void
limits_find(struct limits *g, int root, const char *cgroup, const char *name)
{
	*g = (struct limits)LIMITS_INIT;
	snprintf(g->name, sizeof g->name, "%s", name);
	find_group(g, root, cgroup, 0);
	for (unsigned k = 1; !g->v2 && k <= LIMIT_PIDS; k <<= 1)
		find_group(g, root, cgroup, k);
}

int
limits_write(const struct limits *g, const struct runtime_limits *l)
{
	unsigned wanted = limits_wanted(l), got = 0;

	for (size_t i = 0; i < g->len; i++)
		got |= limits_write_files(g->groups[i], l, wanted, g->v2);
	return (wanted & ~got) != 0 ? -1 : 0;
}

unsigned
limits_offered(int root, const char *cgroup, unsigned wanted)
{
	cleanup_free char *text = wanted != 0 ? own_cgroup(cgroup) : xstrdup("");
	unsigned got = 0;
	cleanup_fd int v2 = wanted != 0 ? v2_folder(root, text, wanted, &got) : -1;

	for (unsigned k = 1; v2 < 0 && k <= LIMIT_PIDS; k <<= 1) {
		cleanup_fd int v1 = wanted & k ? v1_folder(root, text, k) : -1;

		got |= v1 >= 0 ? k : 0;
	}
	return got;
}

int
limits_join(const struct limits *g, pid_t pid)
{
	char text[16];
	int n = snprintf(text, sizeof text, "%d", (int)pid);

	for (size_t i = 0; i < g->len; i++)
		if (write(g->procs[i], text, (size_t)n) != n)
			return -1;
	return 0;
}

unsigned long long
limits_oom_kills(const struct limits *g)
{
	const char *file = g->v2 ? "memory.events" : "memory.oom_control";

	for (size_t i = 0; i < g->len; i++) {
		cleanup_buf struct buf b = BUF_INIT(4096);
		const char *at;

		if (fd_read_file(g->groups[i], file, &b, NULL) == 0 &&
		    (at = strstr(b.s, "oom_kill ")) != NULL)
			return strtoull(at + strlen("oom_kill "), NULL, 10);
	}
	return 0;
}

void
limits_remove(struct limits *g)
{
	for (size_t i = 0; i < g->len; i++)
		(void)unlinkat(g->parents[i], g->name, AT_REMOVEDIR);
	limits_done(g);
}

void
limits_done(struct limits *g)
{
	for (size_t i = 0; i < g->len; i++) {
		fd_close_p(&g->groups[i]);
		fd_close_p(&g->procs[i]);
		fd_close_p(&g->parents[i]);
	}
	g->len = 0;
}
