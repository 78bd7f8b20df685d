/*
 * tracee.c - memory and paths of the process that waits for an answer
 */
#include "sandbox/runtime/supervise.h"
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

enum { PAGE = 4096, LINKS_MAX = 8 };

int
tracee_read(const struct call *c, uint64_t from, void *to, size_t len)
{
	struct iovec local = {to, len}, remote = {(void *)(uintptr_t)from, len};

	return process_vm_readv(c->pid, &local, 1, &remote, 1, 0) == (ssize_t)len
		   ? 0
		   : -EFAULT;
}

int
tracee_write(const struct call *c, uint64_t to, const void *from, size_t len)
{
	struct iovec local = {(void *)(uintptr_t)from, len},
		     remote = {(void *)(uintptr_t)to, len};

	if (!call_valid(c))
		return -EFAULT;
	return process_vm_writev(c->pid, &local, 1, &remote, 1, 0) == (ssize_t)len
		   ? 0
		   : -EFAULT;
}

/* Page by page: what follows the string may not be there. */
int
tracee_string(const struct call *c, uint64_t from, char *to, size_t size, int too_long)
{
	size_t have = 0;

	while (have < size) {
		size_t want = PAGE - (size_t)((from + have) % PAGE);

		if (want > size - have)
			want = size - have;
		if (tracee_read(c, from + have, to + have, want) < 0)
			return -EFAULT;
		if (memchr(to + have, '\0', want) != NULL)
			return 0;
		have += want;
	}
	return too_long;
}

/* ---- paths --------------------------------------------------------------------------
 */

void
own_path(int fd, char ret[24])
{
	snprintf(ret, 24, "self/fd/%d", fd);
}

void
tracee_place_fd(const struct call *c, int fd, struct place *ret)
{
	snprintf(ret->path, sizeof ret->path, "%d/fd/%d", (int)c->pid, fd);
	ret->follow = true;
	ret->self = true;
}

/* What means the caller itself: /proc/self is not the caller's to us. */
static const struct {
	const char *begin, *instead;
} selves[] = {{"/proc/self/", ""}, {"/proc/thread-self/", ""}, {"/dev/fd/", "fd/"},
    {"/dev/stdin", "fd/0"}, {"/dev/stdout", "fd/1"}, {"/dev/stderr", "fd/2"}};

static void
place_text(const struct call *c, const char *text, struct place *p)
{
	p->self = false;
	for (size_t i = 0; i < ARRAY_LEN(selves); i++) {
		const char *rest = str_after(text, selves[i].begin);

		if (rest == NULL || (!str_ends(selves[i].begin, "/") && *rest != '\0'))
			continue;
		snprintf(p->path, sizeof p->path, "%d/%s%s", (int)c->pid,
		    selves[i].instead, rest);
		p->self = true;
		return;
	}
	snprintf(p->path, sizeof p->path, "%s", text);
}

int
tracee_place_read(
    const struct call *c, int dirfd, uint64_t pointer, int flags, struct place *ret)
{
	char text[PATH_MAX];
	int rc = 0;

	text[0] = '\0';
	if (pointer != 0 || (flags & AT_EMPTY_PATH) == 0)
		rc = tracee_string(c, pointer, text, sizeof text, -ENAMETOOLONG);
	if (rc < 0)
		return rc;
	ret->follow = (flags & AT_SYMLINK_NOFOLLOW) == 0;
	ret->self = false;
	if (text[0] == '/') {
		if (ret->follow)
			place_text(c, text, ret);
		else
			str_copy(ret->path, sizeof ret->path, text);
		return 0;
	}
	if (text[0] == '\0' && (flags & AT_EMPTY_PATH) == 0)
		return -ENOENT;
	if (dirfd == AT_FDCWD)
		snprintf(ret->path, sizeof ret->path, "%d/cwd%s%s", (int)c->pid,
		    text[0] ? "/" : "", text);
	else
		snprintf(ret->path, sizeof ret->path, "%d/fd/%d%s%s", (int)c->pid, dirfd,
		    text[0] ? "/" : "", text);
	if (text[0] == '\0') {
		ret->follow = true; /* the magic link itself */
		ret->self = dirfd != AT_FDCWD;
	}
	return 0;
}

int
tracee_place_of(const struct call *c, struct place *ret)
{
	const struct call_row *r = c->row;
	int dir = r->dir < 0 ? AT_FDCWD : (int)c->args[r->dir];
	int flags = r->fixed | (r->flags < 0 ? 0 : (int)c->args[r->flags]);

	if (r->path >= 0)
		return tracee_place_read(c, dir, c->args[r->path], flags, ret);
	tracee_place_fd(c, dir, ret);
	return 0;
}

/* Below the caller's own root, once somebody has called chroot. */
static int
open_chrooted(const struct call *c, const char *path, int flags)
{
	char root[32];
	struct open_how how = {
	    .flags = (uint64_t)flags, .resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS};

	snprintf(root, sizeof root, "%d/root", (int)c->pid);
	cleanup_fd int at = open(root, O_PATH | O_DIRECTORY | O_CLOEXEC);
	return at < 0 ? -1 : (int)syscall(SYS_openat2, at, path, &how, sizeof how);
}

static int
open_path(const struct call *c, const char *path, bool follow)
{
	int flags = O_PATH | O_CLOEXEC | (follow ? 0 : O_NOFOLLOW);

	if (c->s->chrooted && path[0] == '/')
		return open_chrooted(c, path, flags);
	return open(path, flags);
}

/* A link that leads to the caller itself (log -> /dev/stdout) leads nowhere for us: take
 * its text and go on from there. */
static bool
step_over_link(const struct call *c, struct place *p)
{
	char text[PATH_MAX];
	cleanup_fd int link = open_path(c, p->path, false);
	ssize_t n = link < 0 ? -1 : readlinkat(link, "", text, sizeof text - 1);

	if (n <= 0 || text[0] != '/')
		return false;
	text[n] = '\0';
	place_text(c, text, p);
	return true;
}

int
tracee_place_open(const struct call *c, struct place *p)
{
	for (int i = 0; i < LINKS_MAX; i++) {
		int fd = open_path(c, p->path, p->follow);

		if (fd >= 0)
			return fd;
		if (errno != ENOENT || !p->follow || !step_over_link(c, p))
			return -errno;
	}
	return -ELOOP;
}

int
tracee_place_open_parent(
    const struct call *c, struct place *p, char base[NAME_MAX + 1], bool *slash)
{
	size_t len = strlen(p->path);
	char *name;
	int fd;

	*slash = false;
	while (len > 0 && p->path[len - 1] == '/') {
		p->path[--len] = '\0';
		*slash = true;
	}
	if (len == 0 || p->self)
		return -EEXIST;
	name = strrchr(p->path, '/');
	name = name != NULL ? name + 1 : p->path;
	if (!path_is_name(name))
		return -EEXIST;
	if (strlen(name) > NAME_MAX)
		return -ENAMETOOLONG;
	str_copy(base, NAME_MAX + 1, name);
	/* "/x" keeps its slash; "12/cwd/x" has more before it */
	*name = '\0';
	fd = open_path(c, p->path, true);
	return fd < 0 ? -errno : fd;
}

/* ---- /proc/PID/status ----------------------------------------------------------------
 */

enum { STATUS_MAX = 2048 };

/* The text of it; false: the caller has gone. */
static bool
read_status(const struct call *c, char text[STATUS_MAX])
{
	char path[32];
	ssize_t n;

	snprintf(path, sizeof path, "%d/status", (int)c->pid);
	cleanup_fd int fd = open(path, O_RDONLY | O_CLOEXEC);
	n = fd < 0 ? -1 : read(fd, text, STATUS_MAX - 1);
	text[n > 0 ? n : 0] = '\0';
	return n > 0;
}

static long
status_field(const struct call *c, const char *name, int base)
{
	char text[STATUS_MAX];
	const char *at = read_status(c, text) ? strstr(text, name) : NULL;

	return at == NULL ? -1 : strtol(at + strlen(name), NULL, base);
}

bool
tracee_creds(const struct call *c, struct tracee_creds *ret)
{
	char text[STATUS_MAX];
	const char *u, *g, *caps;

	if (!read_status(c, text))
		return false;
	u = strstr(text, "\nUid:");
	g = strstr(text, "\nGid:");
	caps = strstr(text, "\nCapEff:");
	return u != NULL && g != NULL && caps != NULL &&
	       sscanf(u, "\nUid: %*u %*u %*u %u", &ret->uid) == 1 &&
	       sscanf(g, "\nGid: %*u %*u %*u %u", &ret->gid) == 1 &&
	       sscanf(caps, "\nCapEff: %" SCNx64, &ret->caps) == 1;
}

mode_t
tracee_umask(const struct call *c)
{
	long mask = status_field(c, "\nUmask:", 8);

	return mask < 0 ? 022 : (mode_t)mask;
}

pid_t
tracee_process(const struct call *c)
{
	long pid = status_field(c, "\nTgid:", 10);

	return pid <= 0 ? c->pid : (pid_t)pid;
}
