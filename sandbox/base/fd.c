/*
 * fd.c - descriptors and whole files
 */
#include "sandbox/base/fd.h"
#include "sandbox/base/mem.h"
#include "sandbox/base/path.h"
#include "sandbox/base/str.h"
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

void
fd_close_p(int *fd)
{
	int keep = errno;

	if (*fd >= 0)
		close(*fd);
	*fd = -1;
	errno = keep;
}

void
fd_closedir_p(DIR **dir)
{
	int keep = errno;

	if (*dir != NULL)
		closedir(*dir);
	*dir = NULL;
	errno = keep;
}

void
fd_fclose_p(FILE **file)
{
	int keep = errno;

	if (*file != NULL)
		fclose(*file);
	*file = NULL;
	errno = keep;
}

int
take_fd(int *fd)
{
	int n = *fd;

	*fd = -1;
	return n;
}

int
fd_write_all(int fd, const void *data, size_t len)
{
	const char *p = data;

	while (len > 0) {
		ssize_t n = write(fd, p, len);

		if (n < 0 && errno == EAGAIN) {
			struct pollfd f = {.fd = fd, .events = POLLOUT};
			poll(&f, 1, -1);
			continue;
		}
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		p += n;
		len -= (size_t)n;
	}
	return 0;
}

int
fd_read_all(int fd, void *data, size_t len)
{
	char *p = data;

	while (len > 0) {
		ssize_t n = read(fd, p, len);

		if (n < 0 && errno == EAGAIN) {
			fd_wait_readable(fd, -1);
			continue;
		}
		if (n < 0 && errno == EINTR)
			continue;
		if (n == 0)
			errno = EPIPE;
		if (n <= 0)
			return -1;
		p += n;
		len -= (size_t)n;
	}
	return 0;
}

int
fd_slurp(int fd, const char *name, struct buf *b, struct err *err)
{
	for (;;) {
		size_t room = b->max - b->len;
		ssize_t n;
		char one;

		if (room == 0) {
			do
				n = read(fd, &one, 1);
			while (n < 0 && errno == EINTR);
			if (n == 0)
				return 0;
			return err_set(err, ERR_LIMIT, "'%s' is bigger than %zu bytes",
			    name, b->max);
		}
		n = buf_read(b, fd, room < 65536 ? room : 65536);
		if (n < 0)
			return err_sys(err, "cannot read '%s'", name);
		if (n == 0)
			return 0;
	}
}

int
fd_read_file(int at, const char *path, struct buf *b, struct err *err)
{
	cleanup_fd int fd = openat(at, path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return err_sys(err, "cannot open '%s'", path);
	return fd_slurp(fd, path, b, err);
}

int
fd_write_file(
    int at, const char *path, const void *data, size_t len, mode_t mode, struct err *err)
{
	char tail[13];
	cleanup_free char *temp = NULL;
	cleanup_fd int fd = -1;

	str_random_hex(tail, 12);
	temp = xasprintf("%s.tmp-%s", path, tail);
	fd = openat(at, temp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
	if (fd < 0)
		return err_sys(err, "cannot create '%s'", temp);
	if (fd_write_all(fd, data, len) < 0 || renameat(at, temp, at, path) < 0) {
		err_sys(err, "cannot write '%s'", path);
		unlinkat(at, temp, 0);
		return -1;
	}
	return 0;
}

int
fd_mkdirs(int at, const char *path, mode_t mode, struct err *err)
{
	cleanup_free char *copy = NULL;

	if (mkdirat(at, path, mode) == 0 || errno == EEXIST)
		return 0;
	if (errno != ENOENT)
		return err_sys(err, "cannot create folder '%s'", path);
	copy = xstrdup(path);
	for (char *p = copy + 1; *p != '\0'; p++) {
		if (*p != '/')
			continue;
		*p = '\0';
		if (mkdirat(at, copy, mode) < 0 && errno != EEXIST)
			return err_sys(err, "cannot create folder '%s'", copy);
		*p = '/';
	}
	if (mkdirat(at, path, mode) < 0 && errno != EEXIST)
		return err_sys(err, "cannot create folder '%s'", path);
	return 0;
}

static int
open_how(int root, const char *path, int flags, mode_t mode, uint64_t resolve)
{
	struct open_how how = {
	    .flags = (unsigned)flags | O_CLOEXEC,
	    .mode = (flags & (O_CREAT | __O_TMPFILE)) ? mode : 0,
	    .resolve = resolve,
	};
	long fd;

	/* EAGAIN: something was renamed while the kernel resolved a ".." */
	do
		fd = syscall(SYS_openat2, root, path, &how, sizeof how);
	while (fd < 0 && (errno == EAGAIN || errno == EINTR));
	return (int)fd;
}

int
fd_open_in(int root, const char *path, int flags, mode_t mode)
{
	return open_how(root, path, flags, mode, RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS);
}

int
fd_open_in_nofollow(int root, const char *path, int flags, mode_t mode)
{
	return fd_open_in(root, path, flags | O_NOFOLLOW, mode);
}

int
fd_open_straight(int at, const char *path, int flags)
{
	return open_how(at, path, flags, 0, RESOLVE_NO_SYMLINKS);
}

/* Opens a folder for listing even if its mode forbids it, as overlay's work/work does. */
static int
open_folder(int at, const char *name)
{
	int flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
	int fd = openat(at, name, flags);

	if (fd < 0 && errno == EACCES && fchmodat(at, name, 0700, 0) == 0)
		fd = openat(at, name, flags);
	return fd;
}

static int
remove_entries(int folder)
{
	int rc = 0, first = 0, copy = fcntl(folder, F_DUPFD_CLOEXEC, 0);
	cleanup_dir DIR *d = copy >= 0 ? fdopendir(copy) : NULL;
	struct dirent *e;

	if (d == NULL)
		return -1;
	while ((e = readdir(d)) != NULL) {
		if (!path_is_name(e->d_name))
			continue;
		if (fd_remove_tree(folder, e->d_name) < 0 && rc == 0) {
			rc = -1;
			first = errno;
		}
	}
	errno = first;
	return rc;
}

/* Somebody else may be removing the same tree: what has gone is removed. */
static int
unless_gone(int rc)
{
	return rc >= 0 || errno == ENOENT ? 0 : -1;
}

int
fd_remove_tree(int at, const char *name)
{
	cleanup_fd int folder = -1;

	if (unless_gone(unlinkat(at, name, 0)) == 0)
		return 0;
	if (errno != EISDIR && errno != EPERM && errno != EACCES)
		return -1;
	if (unless_gone(unlinkat(at, name, AT_REMOVEDIR)) == 0)
		return 0;
	folder = open_folder(at, name);
	if (folder < 0)
		return unless_gone(-1);
	if (remove_entries(folder) < 0) {
		int first = errno;
		/* a folder without w cannot be emptied: try once more with it */
		if (first != EACCES || fchmod(folder, 0700) < 0 ||
		    remove_entries(folder) < 0) {
			errno = first;
			return -1;
		}
	}
	return unless_gone(unlinkat(at, name, AT_REMOVEDIR));
}

int
fd_wait_readable(int fd, int timeout_ms)
{
	struct pollfd f = {.fd = fd, .events = POLLIN};
	int n;

	do
		n = poll(&f, 1, timeout_ms);
	while (n < 0 && errno == EINTR && timeout_ms < 0);
	return n > 0 ? 1 : n;
}

enum { PIECE = 65536 };

/* One turn of a direction; false: nothing more comes. */
static bool
carry_some(int from, int to)
{
	char piece[PIECE];
	ssize_t n = read(from, piece, sizeof piece);

	if (n < 0 && (errno == EINTR || errno == EAGAIN))
		return true;
	if (n > 0 && fd_write_all(to, piece, (size_t)n) == 0)
		return true;
	shutdown(to, SHUT_WR);
	return false;
}

void
fd_carry(int a, int b)
{
	struct pollfd p[2] = {{.fd = a, .events = POLLIN}, {.fd = b, .events = POLLIN}};

	while (p[0].fd >= 0 || p[1].fd >= 0) {
		if (poll(p, 2, -1) < 0 && errno != EINTR)
			return;
		if (p[0].fd >= 0 && p[0].revents != 0 && !carry_some(a, b))
			p[0].fd = -1;
		if (p[1].fd >= 0 && p[1].revents != 0 && !carry_some(b, a))
			p[1].fd = -1;
	}
}

enum { MAX_FDS = 8 };

ssize_t
fd_send_fds(int sock, const void *data, size_t len, const int *fds, size_t nfds)
{
	union {
		char space[CMSG_SPACE(MAX_FDS * sizeof(int))];
		struct cmsghdr align;
	} control = {.space = {0}};
	struct iovec iov = {.iov_base = (void *)data, .iov_len = len};
	struct msghdr m = {.msg_iov = &iov, .msg_iovlen = 1};
	ssize_t n;

	if (nfds > MAX_FDS) {
		errno = EINVAL;
		return -1;
	}
	if (nfds > 0) {
		struct cmsghdr *c;

		m.msg_control = control.space;
		m.msg_controllen = CMSG_SPACE(nfds * sizeof(int));
		c = CMSG_FIRSTHDR(&m);
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(nfds * sizeof(int));
		memcpy(CMSG_DATA(c), fds, nfds * sizeof(int));
	}
	do
		n = sendmsg(sock, &m, MSG_NOSIGNAL);
	while (n < 0 && errno == EINTR);
	return n;
}

ssize_t
fd_recv_fds(int sock, void *data, size_t len, int *fds, size_t *ret_nfds)
{
	union {
		char space[CMSG_SPACE(MAX_FDS * sizeof(int))];
		struct cmsghdr align;
	} control;
	struct iovec iov = {.iov_base = data, .iov_len = len};
	struct msghdr m = {.msg_iov = &iov,
	    .msg_iovlen = 1,
	    .msg_control = control.space,
	    .msg_controllen = sizeof control.space};
	ssize_t n;

	*ret_nfds = 0;
	do
		n = recvmsg(sock, &m, MSG_CMSG_CLOEXEC);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return n;
	for (struct cmsghdr *c = CMSG_FIRSTHDR(&m); c != NULL; c = CMSG_NXTHDR(&m, c)) {
		size_t count = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);

		if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
			continue;
		memcpy(fds + *ret_nfds, CMSG_DATA(c), count * sizeof(int));
		*ret_nfds += count;
	}
	return n;
}
