/*
 * shown.c - a container's mounts, opened for a start
 *
 * Everything is opened on the host's side, before the monitor enters the holder.  For
 * real root a folder of the host's becomes a mount of its own (runtime_tree), which
 * serves one start only and which nobody inside can make again; so a process stays
 * behind that makes them anew when the container is restarted by its policy.
 */
#include "sandbox/container/shown.h"
#include "sandbox/container/private.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

/* mkdir -p that goes through no link. */
static int
make_straight(const char *path, struct err *err)
{
	cleanup_fd int at = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	cleanup_vec struct vec parts = VEC_INIT;

	vec_split(&parts, path, "/");
	for (size_t i = 0; i < parts.len; i++) {
		mkdirat(at, parts.v[i], 0755);
		int next = fd_open_straight(at, parts.v[i], O_PATH | O_DIRECTORY);
		fd_close_p(&at);
		at = next;
		if (at < 0)
			return err_sys(err, "cannot create folder '%s'", path);
	}
	return take_fd(&at);
}

static int
open_source(const struct container_mount *m)
{
	return m->straight ? fd_open_straight(AT_FDCWD, m->source, O_PATH)
			   : open(m->source, O_PATH | O_CLOEXEC);
}

static int
open_bind(const struct container_mount *m, struct err *err)
{
	int fd = open_source(m);

	if (fd >= 0 || errno != ENOENT)
		return fd < 0 ? err_sys(err, "cannot open '%s'", m->source) : fd;
	if (!m->make)
		return err_set(err, ERR_NOT_FOUND,
		    "invalid mount config for type \"bind\": bind source path does not "
		    "exist: %s",
		    m->source);
	if (m->straight)
		return make_straight(m->source, err);
	if (fd_mkdirs(AT_FDCWD, m->source, 0755, err) < 0)
		return err_while(
		    err, "error while creating mount source path '%s'", m->source);
	fd = open_source(m);
	return fd < 0 ? err_sys(err, "cannot open '%s'", m->source) : fd;
}

/* Some file systems (/proc, /dev) have no idmapped mounts: shown as they are. */
static int
bind_tree(const struct holder *h, const struct container_mount *m, bool *detached,
    struct err *err)
{
	cleanup_fd int fd = open_bind(m, err);
	int tree;

	if (fd < 0)
		return -1;
	tree = runtime_tree(h, fd, true, detached, NULL);
	return tree >= 0 ? tree : runtime_tree(h, fd, false, detached, err);
}

/* The options that mount(2) is to be told; the others are flags. */
static char *
tmpfs_data(const char *options)
{
	cleanup_vec struct vec all = VEC_INIT, data = VEC_INIT;

	vec_split(&all, options != NULL ? options : "", ",");
	for (size_t i = 0; i < all.len; i++)
		if (strchr(all.v[i], '=') != NULL)
			vec_add(&data, all.v[i]);
	return vec_join(&data, ",");
}

static int
open_one(const struct shown *v, struct shown_mount *one, struct err *err)
{
	const struct container_mount *m = one->mount;
	struct runtime_mount *r = one->out;

	*r = (struct runtime_mount){.kind = MOUNT_BIND,
	    .source = -1,
	    .target = m->target,
	    .readonly = m->readonly,
	    .exec = m->exec};
	if (m->kind == CONTAINER_TMPFS) {
		r->kind = MOUNT_TMPFS;
		r->options = one->data = tmpfs_data(m->options);
		return 0;
	}
	r->fill = m->copy;
	if (m->kind == CONTAINER_VOLUME)
		r->source = volume_open(v->session, m->source, err);
	else
		r->source = bind_tree(v->holder, m, &r->detached, err);
	return r->source < 0 ? -1 : 0;
}

/* ---- for a restart --------------------------------------------------------------- */

static _Noreturn void
keep_making(struct shown *v, int sock)
{
	char which;
	size_t none = 0;
	int unused[8];

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	while (fd_recv_fds(sock, &which, 1, unused, &none) == 1) {
		struct shown_mount *one = &v->list[(unsigned char)which];
		bool detached;
		cleanup_fd int tree = bind_tree(v->holder, one->mount, &detached, NULL);

		if (fd_send_fds(sock, &which, 1, &tree, tree >= 0) < 0)
			break;
	}
	_exit(0);
}

static int
start_maker(struct shown *v, struct err *err)
{
	int pair[2];
	pid_t pid;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
		return err_sys(err, "cannot make a socket");
	cleanup_fd int ours = pair[0], theirs = pair[1];
	pid = fork();
	if (pid < 0)
		return err_sys(err, "cannot fork");
	if (pid == 0) {
		close(ours);
		keep_making(v, theirs);
	}
	v->maker = take_fd(&ours);
	return 0;
}

int
shown_again(struct shown *v, struct err *err)
{
	for (size_t i = 0; i < v->len; i++) {
		struct runtime_mount *r = v->list[i].out;
		char which = (char)i;
		int fds[8];
		size_t n = 0;

		if (!r->detached)
			continue;
		if (fd_send_fds(v->maker, &which, 1, NULL, 0) < 0 ||
		    fd_recv_fds(v->maker, &which, 1, fds, &n) != 1 || n != 1)
			return err_set(
			    err, ERR_SYS, "cannot show '%s' once more", r->target);
		fd_close_p(&r->source);
		r->source = fds[0];
	}
	return 0;
}

/* ---- the start ------------------------------------------------------------------- */

static size_t
depth(const char *path)
{
	size_t n = 0;

	for (; *path; path++)
		n += *path == '/' && path[1] != '\0';
	return n;
}

/* A folder before what lies below it. */
static int
by_depth(const void *a, const void *b)
{
	const struct shown_mount *x = a, *y = b;
	size_t p = depth(x->mount->target), q = depth(y->mount->target);

	if (p != q)
		return p < q ? -1 : 1;
	return strcmp(x->mount->target, y->mount->target);
}

int
shown_open(struct shown *v, struct session *s, const struct holder *h,
    const struct container_config *c, struct runtime_mount *out, struct err *err)
{
	bool detached = false;

	*v = (struct shown){.session = s, .holder = h, .maker = -1};
	if (c->nmounts == 0)
		return 0;
	v->list = xcalloc(c->nmounts, sizeof *v->list);
	for (size_t i = 0; i < c->nmounts; i++)
		v->list[i].mount = &c->mounts[i];
	qsort(v->list, c->nmounts, sizeof *v->list, by_depth);
	for (size_t i = 0; i < c->nmounts; i++) {
		v->list[i].out = &out[i];
		if (open_one(v, &v->list[i], err) < 0)
			return -1;
		v->len++;
		detached |= out[i].detached;
	}
	return detached ? start_maker(v, err) : 0;
}

void
shown_done(struct shown *v)
{
	for (size_t i = 0; i < v->len; i++)
		free(v->list[i].data);
	free(v->list);
	v->list = NULL;
	v->len = 0;
	fd_close_p(&v->maker);
}
