/*
 * remote.c - from a name to an open registry
 *
 * "localhost" is the session's outer network: where that is a private one, sockets are
 * made there by a child that enters it and hands them out.
 */
#include "sandbox/docker/remote.h"
#include "sandbox/hub/hub.h"
#include "sandbox/runtime/runtime.h"
#include <errno.h>
#include <sched.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#define HUB_HOST "registry-1.docker.io"

/* ---- sockets of the outer network -----------------------------------------------------
 */

struct outer {
	const struct holder *holder;
	int netns;
};

_Noreturn static void
make_socket(const struct outer *o, int out, int family, int type, int protocol)
{
	struct err ignored = ERR_INIT;
	int fd = -1;
	char byte = 0;

	if (holder_enter(o->holder, false, &ignored) == 0 &&
	    setns(o->netns, CLONE_NEWNET) == 0)
		fd = socket(family, type | SOCK_CLOEXEC, protocol);
	fd_send_fds(out, &byte, 1, &fd, fd >= 0);
	_exit(0);
}

static int
dial_outer(void *arg, int family, int type, int protocol)
{
	int ends[2], got[8];
	size_t ngot = 0;
	char byte;
	pid_t pid;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0)
		return -1;
	pid = fork();
	if (pid == 0)
		make_socket(arg, ends[1], family, type, protocol);
	close(ends[1]);
	if (pid > 0 && fd_recv_fds(ends[0], &byte, 1, got, &ngot) < 0)
		ngot = 0;
	close(ends[0]);
	if (pid > 0)
		proc_wait(pid);
	if (ngot == 0)
		errno = ENETUNREACH;
	return ngot > 0 ? got[0] : -1;
}

/* Lives as long as the process: workers that are forked use it too. */
static int
find_outer(struct docker *d, struct registry_where *w, struct err *err)
{
	static struct outer outer;
	struct session *s = docker_session(d, err);

	if (s == NULL)
		return -1;
	outer.netns = session_outer_netns(s);
	if (outer.netns < 0)
		return 0;
	outer.holder = store_holder(d->store, err);
	if (outer.holder == NULL)
		return -1;
	w->dial = dial_outer;
	w->dial_arg = &outer;
	return 0;
}

/* ---- the hub in the box
 * ------------------------------------------------------------------------------ */

/* Open as long as the process lives: the socket's name goes by it. */
int
remote_hub(struct docker *d, const char *domain, struct err *err)
{
	static int dir = -1;

	if (!str_eq(domain, "docker.io") || docker_session(d, err) == NULL ||
	    !store_hub_is_local(d->store))
		return -1;
	if (dir < 0)
		dir = hub_open(session_dir(d->session), err);
	return dir;
}

/* 1 path is its socket, 0 it is another registry that is meant, -1. */
static int
find_hub(struct docker *d, const char *domain, char path[HUB_SOCKET_MAX], struct err *err)
{
	cleanup_free char *program = proc_program("web", err);
	int dir = program == NULL ? -1 : remote_hub(d, domain, err);

	if (dir < 0)
		return err->kind == ERR_NONE ? 0 : -1;
	return hub_start(dir, program, store_home(d->store), session_name(d->session),
		   path, err) < 0
		   ? -1
		   : 1;
}

/* ---- opening
 * --------------------------------------------------------------------------- */

int
remote_open(struct docker *d, const char *domain, const struct credentials *as,
    struct registry **ret, struct err *err)
{
	cleanup_credentials struct credentials kept = CREDENTIALS_INIT;
	bool hub = str_eq(domain, "docker.io");
	struct registry_where w = {.host = hub ? HUB_HOST : domain};
	char path[HUB_SOCKET_MAX];
	int local = find_hub(d, domain, path, err);

	if (local < 0)
		return -1;
	w.socket = local > 0 ? path : NULL;

	if (as == NULL) {
		if (auth_get(&d->client, auth_server(domain), &kept, err) < 0)
			return -1;
		as = &kept;
	}
	w.user = as->user;
	w.password = as->password;
	w.identity = as->identity;
	if (find_outer(d, &w, err) < 0)
		return -1;
	return registry_open(&w, ret, err);
}
