/*
 * agent.c - RUN --mount=type=ssh: a socket in the container, behind it the user's agent
 *
 * Keys never come here: a process beside the step, outside of all namespaces, where the
 * user is himself, passes bytes between the container's socket and the agent's, and ends
 * with the step.
 *
 * Facts: BuildKit, session/sshforward; client/llb/exec.go (SSH_AUTH_SOCK).
 */
#include "sandbox/build/private.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

enum { WAITING = 8 };

const struct build_agent *
build_agent_find(const struct builder *b, const struct build_mount *m)
{
	for (size_t i = 0; i < b->spec->nagents; i++)
		if (str_eq(b->spec->agents[i].id, m->id))
			return &b->spec->agents[i];
	return NULL;
}

/* Dies with its parent, however that ends. */
static void
end_with(pid_t parent)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(1);
}

/* A socket's name may be long: the descriptor's is short. */
static socklen_t
name_of(struct sockaddr_un *a, const char *fmt, int fd, const char *name)
{
	*a = (struct sockaddr_un){.sun_family = AF_UNIX};
	snprintf(a->sun_path, sizeof a->sun_path, fmt, fd, name);
	return sizeof *a;
}

static void
connection_main(int client, int agent, pid_t parent)
{
	struct sockaddr_un a;
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	end_with(parent);
	if (fd >= 0 && connect(fd, (struct sockaddr *)&a,
			   name_of(&a, "/proc/self/fd/%d%s", agent, "")) == 0)
		fd_carry(client, fd);
	_exit(0);
}

/* The listening socket comes from the step, once there is one. */
static void
server_main(int from, int agent, pid_t parent)
{
	char byte;
	int fds[8], listener;
	size_t n = 0;
	pid_t self;

	end_with(parent);
	signal(SIGCHLD, SIG_IGN);
	signal(SIGPIPE, SIG_IGN);
	self = getpid();
	if (fd_recv_fds(from, &byte, 1, fds, &n) != 1 || n != 1)
		_exit(1);
	listener = fds[0];
	for (;;) {
		int client = accept4(listener, NULL, NULL, SOCK_CLOEXEC);

		if (client < 0 && errno != EINTR && errno != ECONNABORTED)
			_exit(1);
		if (client >= 0 && fork() == 0)
			connection_main(client, agent, self);
		fd_close_p(&client);
	}
}

int
build_agent_begin(const struct build_agent *agent, pid_t *ret_pid, struct err *err)
{
	int pair[2];
	pid_t parent = getpid();

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0)
		return err_sys(err, "making a pair of sockets");
	cleanup_fd int ours = pair[0], theirs = pair[1];
	*ret_pid = fork();
	if (*ret_pid < 0)
		return err_sys(err, "forking");
	if (*ret_pid == 0) {
		fd_close_p(&ours);
		proc_reset_signals();
		server_main(theirs, agent->fd, parent);
	}
	return take_fd(&ours);
}

void
build_agent_end(pid_t pid)
{
	if (pid <= 0)
		return;
	kill(pid, SIGKILL);
	proc_wait(pid);
}

/* Its owner, where files have any: with one id everything is the builder's. */
static int
give(int dir, const char *name, const struct build_mount *m, bool one_id)
{
	if (!one_id && fchownat(dir, name, m->uid, m->gid, AT_SYMLINK_NOFOLLOW) < 0)
		return -1;
	return fchmodat(dir, name, m->mode & 0777, 0);
}

int
build_agent_show(int server, const struct build_mount *m, int dir, const char *name,
    bool one_id, struct err *err)
{
	struct sockaddr_un a;
	cleanup_fd int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0 ||
	    bind(fd, (struct sockaddr *)&a,
		name_of(&a, "/proc/self/fd/%d/%s", dir, name)) < 0 ||
	    give(dir, name, m, one_id) < 0 || listen(fd, WAITING) < 0 ||
	    fd_send_fds(server, "", 1, &fd, 1) != 1)
		return err_sys(err, "making the socket of an SSH agent");
	int ret = openat(dir, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	return ret < 0 ? err_sys(err, "opening the socket of an SSH agent") : ret;
}
