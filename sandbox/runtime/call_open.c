/*
 * call_open.c - opens for writing or creating, by who is not root
 *
 * The supervisor opens what it has looked at and puts the descriptor into the caller:
 * a path that is rewritten meanwhile opens nothing else.
 */
#include "sandbox/runtime/supervise.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <time.h>
#include <unistd.h>

enum {
	TRIES = 8,
	TTY_MAJOR = 5, /* /dev/tty is 5:0 */
	PTS_MAJOR = 136,
	PTS_MAJORS = 8,
	WAIT_NS = 10000000,
};

struct opening {
	struct call *c;
	const struct ids *i;
	struct place place;
	int flags;
	mode_t mode;
};

/* ---- giving it to the caller ----------------------------------------------------------
 */

static int64_t
give(struct opening *o, int fd)
{
	struct seccomp_notif_addfd add = {.id = o->c->id,
	    .flags = SECCOMP_ADDFD_FLAG_SEND,
	    .srcfd = (uint32_t)fd,
	    .newfd_flags = (uint32_t)(o->flags & O_CLOEXEC)};
	int made;

	if ((o->flags & O_NONBLOCK) == 0)
		fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) & ~O_NONBLOCK);
	if (ioctl(o->c->s->listener, SECCOMP_IOCTL_NOTIF_ADDFD, &add) >= 0)
		return CALL_ANSWERED;
	if (errno != EINVAL)
		return -errno;
	add.flags = 0; /* before Linux 5.14: in two steps */
	made = ioctl(o->c->s->listener, SECCOMP_IOCTL_NOTIF_ADDFD, &add);
	return made < 0 ? -errno : made;
}

/* A pipe that nobody reads yet: the caller waits, we do not. */
static int64_t
wait_for_reader(struct opening *o, const char *path, int flags)
{
	const struct timespec nap = {.tv_nsec = WAIT_NS};
	pid_t pid;

	signal(SIGCHLD, SIG_IGN); /* nobody waits for the child */
	pid = fork();
	if (pid != 0)
		return pid < 0 ? -EAGAIN : CALL_ANSWERED;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	while (call_valid(o->c)) {
		int fd = open(path, flags);

		if (fd >= 0 && give(o, fd) == CALL_ANSWERED)
			break;
		nanosleep(&nap, NULL);
	}
	_exit(0);
}

/* ---- what is there already ------------------------------------------------------------
 */

/* The terminal that /dev/tty is to the caller. */
static int
open_tty(const struct call *c, int flags)
{
	char path[32], text[512], *at;
	unsigned tty = 0;
	ssize_t n;

	snprintf(path, sizeof path, "%d/stat", (int)c->pid);
	cleanup_fd int fd = open(path, O_RDONLY | O_CLOEXEC);
	n = fd < 0 ? -1 : read(fd, text, sizeof text - 1);
	text[n < 0 ? 0 : n] = '\0';
	at = strrchr(text, ')');
	if (at == NULL || sscanf(at + 1, " %*c %*d %*d %*d %u", &tty) != 1)
		return -ENXIO;
	unsigned hi = tty >> 8 & 0xfff, lo = (tty & 0xff) | (tty >> 12 & 0xfff00);
	if (hi < PTS_MAJOR || hi >= PTS_MAJOR + PTS_MAJORS)
		return -ENXIO;
	snprintf(path, sizeof path, "/dev/pts/%u", (hi - PTS_MAJOR) * 256 + lo);
	int tty_fd = open(path, flags);
	return tty_fd < 0 ? -errno : tty_fd;
}

static int
wanted(int flags)
{
	int want = (flags & O_ACCMODE) == O_WRONLY ? RIGHT_W
		   : (flags & O_ACCMODE) == O_RDWR ? RIGHT_R | RIGHT_W
						   : RIGHT_R;

	return flags & O_TRUNC ? want | RIGHT_W : want;
}

static int
may_open(const struct opening *o, const struct attr *a)
{
	bool terminal = S_ISCHR(a->type) && major(a->st.st_rdev) >= PTS_MAJOR &&
			major(a->st.st_rdev) < PTS_MAJOR + PTS_MAJORS;

	if (S_ISDIR(a->type) && (wanted(o->flags) & RIGHT_W || o->flags & O_CREAT))
		return -EISDIR;
	/* streams that the caller was given are its own */
	if (terminal || (o->place.self && !S_ISREG(a->type) && !S_ISDIR(a->type)))
		return 0;
	return rights_check(o->i, a, wanted(o->flags));
}

static int64_t
open_there(struct opening *o, int file)
{
	int flags = (o->flags & ~(O_CREAT | O_EXCL | O_NOFOLLOW)) | O_NONBLOCK |
		    O_NOCTTY | O_CLOEXEC;
	struct attr a;
	char self[24];
	int rc = owners_read(o->c->s->owners, file, &a);

	if (rc < 0)
		return rc;
	if (S_ISLNK(a.type))
		return -ELOOP;
	rc = may_open(o, &a);
	if (rc < 0)
		return rc;
	own_path(file, self);
	cleanup_fd int fd = -1;
	if (S_ISCHR(a.type) && a.st.st_rdev == makedev(TTY_MAJOR, 0))
		fd = open_tty(o->c, flags);
	else
		fd = open(self, flags);
	if (fd >= 0)
		return give(o, fd);
	if (fd < -1)
		return fd;
	if (errno == ENXIO && S_ISFIFO(a.type) && (o->flags & O_NONBLOCK) == 0)
		return wait_for_reader(o, self, flags);
	return -errno;
}

/* ---- what is new
 * ------------------------------------------------------------------------
 */

/* The new file is only the caller's once it is recorded. */
static int64_t
open_new(struct opening *o, int dir, const struct attr *folder, const char *base)
{
	int flags = (o->flags & ~O_TMPFILE) | (o->flags & (O_TMPFILE & ~O_DIRECTORY)) |
		    O_NONBLOCK | O_NOCTTY | O_CLOEXEC;
	mode_t mode = o->mode & ~tracee_umask(o->c) & 07777;
	int rc;

	if ((o->flags & O_TMPFILE) == O_TMPFILE)
		flags |= O_DIRECTORY;
	else
		flags |= O_CREAT | O_EXCL | O_NOFOLLOW;
	cleanup_fd int fd = openat(dir, base, flags, mode);
	if (fd < 0)
		return -errno;
	rc = rights_made(o->c, o->i, folder, fd);
	return rc < 0 ? rc : give(o, fd);
}

/* The link base of dir leads to nothing: go on with what it names. */
static bool
follow_dangling(struct opening *o, int dir, const char *base, const char *parent)
{
	char text[PATH_MAX];
	ssize_t n = o->place.follow ? readlinkat(dir, base, text, sizeof text - 1) : -1;

	if (n <= 0)
		return false;
	text[n] = '\0';
	if (text[0] == '/')
		parent = "";
	return snprintf(o->place.path, sizeof o->place.path, "%s%s%s", parent,
		   *parent ? "/" : "", text) < (int)sizeof o->place.path;
}

static int64_t
create(struct opening *o, bool *again)
{
	struct place parent = o->place;
	char base[NAME_MAX + 1];
	struct attr folder;
	bool slash;
	cleanup_fd int dir = tracee_place_open_parent(o->c, &parent, base, &slash);

	if (dir < 0)
		return dir == -EEXIST ? -EISDIR : dir;
	if (slash)
		return -EISDIR;
	if (follow_dangling(o, dir, base, parent.path)) {
		*again = true;
		return 0;
	}
	int rc = rights_in_folder(o->c, o->i, dir, &folder);
	if (rc < 0)
		return rc;
	int64_t made = open_new(o, dir, &folder, base);
	*again = made == -EEXIST && (o->flags & O_EXCL) == 0;
	return made;
}

static int64_t
temporary(struct opening *o)
{
	cleanup_fd int dir = tracee_place_open(o->c, &o->place);
	struct attr folder;
	int rc = dir < 0 ? dir : rights_in_folder(o->c, o->i, dir, &folder);

	return rc < 0 ? rc : open_new(o, dir, &folder, ".");
}

static int64_t
open_or_create(struct opening *o)
{
	int64_t rc = -ELOOP;
	bool again = true;

	for (int n = 0; n < TRIES && again; n++) {
		cleanup_fd int file = tracee_place_open(o->c, &o->place);

		again = false;
		if (file >= 0)
			return (o->flags & O_CREAT) && (o->flags & O_EXCL)
				   ? -EEXIST
				   : open_there(o, file);
		if (file != -ENOENT || (o->flags & O_CREAT) == 0)
			return file;
		rc = create(o, &again);
	}
	return rc;
}

/* Looked at only: the kernel opens it then, with all that is particular to the caller
 * (/proc/self, a pipe that waits).  Another thread may win a race to read. */
static int64_t
may_read(struct opening *o)
{
	struct attr a;
	cleanup_fd int file = tracee_place_open(o->c, &o->place);

	if (file < 0 || owners_read(o->c->s->owners, file, &a) < 0 ||
	    may_open(o, &a) == 0)
		return CALL_CONTINUE;
	return -EACCES;
}

int64_t
call_open(struct call *c)
{
	struct opening o = {.c = c, .i = call_who(c)};
	const uint64_t *rest = c->args + c->row->rest;
	int rc;

	if (ids_root(o.i))
		return CALL_CONTINUE;
	o.flags = (int)rest[0];
	o.mode = (mode_t)rest[1];
#ifdef SYS_creat
	if (c->nr == SYS_creat) {
		o.flags = O_CREAT | O_WRONLY | O_TRUNC;
		o.mode = (mode_t)rest[0];
	}
#endif
	rc = tracee_place_of(c, &o.place);
	if (rc < 0)
		return rc;
	if ((o.flags & O_NOFOLLOW) ||
	    (o.flags & (O_CREAT | O_EXCL)) == (O_CREAT | O_EXCL))
		o.place.follow = false;
	if ((o.flags & (O_ACCMODE | O_CREAT | O_TRUNC | __O_TMPFILE)) == O_RDONLY)
		return o.flags & O_PATH ? CALL_CONTINUE : may_read(&o);
	return (o.flags & O_TMPFILE) == O_TMPFILE ? temporary(&o) : open_or_create(&o);
}

int64_t
call_truncate(struct call *c)
{
	const struct ids *i = call_who(c);
	struct place p;
	struct attr a;
	char self[24];
	int rc;

	if (ids_root(i))
		return CALL_CONTINUE;
	rc = tracee_place_of(c, &p);
	if (rc < 0)
		return rc;
	cleanup_fd int fd = tracee_place_open(c, &p);
	rc = fd < 0 ? fd : owners_read(c->s->owners, fd, &a);
	if (rc == 0)
		rc = rights_check(i, &a, RIGHT_W);
	if (rc < 0)
		return rc;
	own_path(fd, self);
	return truncate(self, (off_t)c->args[1]) < 0 ? -errno : 0;
}
