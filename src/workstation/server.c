/*
 * server.c - listens for docker shims of one workstation
 *
 * A child of the tutor, forked before anything big is in memory.  It forks once a
 * connection.  The socket lies in a folder of its own that only the workstation gets.
 */
#include "src/workstation/private.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

/* What is in the workstation may be hostile: it gets so many connections at once, and so
 * long to say who it is.  Whoever comes then waits in the socket's queue. */
enum { CONNECTIONS_MAX = 64, HELLO_MS = 5000, FULL_WAIT_MS = 50 };

#define SOCKET_NAME "docker.sock"

/* sockaddr_un has room for 108 bytes; DRYDOCK_HOME may be longer. */
static int
listen_in(int dir, struct err *err)
{
	struct sockaddr_un at = {.sun_family = AF_UNIX};
	cleanup_fd int sock = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);

	snprintf(at.sun_path, sizeof at.sun_path, "/proc/self/fd/%d/" SOCKET_NAME, dir);
	if (sock < 0 || bind(sock, (struct sockaddr *)&at, sizeof at) < 0 ||
	    listen(sock, 64) < 0) {
		err_sys(err, "cannot make the docker socket");
		return -1;
	}
	return take_fd(&sock);
}

/* The workstation's root, or ourselves: nobody else reaches the folder anyway. */
static bool
peer_is_ours(struct sandbox *s, int sock)
{
	struct ucred peer;
	socklen_t len = sizeof peer;

	if (getsockopt(sock, SOL_SOCKET, SO_PEERCRED, &peer, &len) < 0)
		return false;
	return peer.uid == geteuid() ||
	       peer.uid == idmap_root_uid(store_idmap(sandbox_store(s)));
}

/* 1 when there is a connection more. */
static int
accept_one(struct sandbox *s, int listener)
{
	cleanup_fd int sock = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
	pid_t pid;

	if (sock < 0 || !peer_is_ours(s, sock))
		return 0;
	pid = fork();
	if (pid == 0) {
		close(listener);
		signal(SIGCHLD, SIG_DFL);
		if (fd_wait_readable(sock, HELLO_MS) == 1)
			connection_serve(s, sock);
		_exit(0);
	}
	return pid > 0;
}

static void
on_child(int signo)
{
	(void)signo; /* it ends the poll */
}

static int
ended(void)
{
	int n = 0;

	while (waitpid(-1, NULL, WNOHANG) > 0)
		n++;
	return n;
}

static _Noreturn void
serve(struct sandbox *s, int listener, int stop, int tutor)
{
	struct pollfd p[] = {{.fd = listener, .events = POLLIN},
	    {.fd = stop, .events = POLLIN}, {.fd = tutor, .events = POLLIN}};
	struct sigaction child = {.sa_handler = on_child};
	int connections = 0;

	setsid();
	proc_reset_signals();
	sigaction(SIGCHLD, &child, NULL);
	signal(SIGPIPE, SIG_IGN);
	for (;;) {
		bool full = connections >= CONNECTIONS_MAX;
		int n;

		p[0].fd = full ? -1 : listener;
		n = poll(p, ARRAY_LEN(p), full ? FULL_WAIT_MS : -1);
		if (n < 0 && errno != EINTR)
			break;
		if (n > 0 && (p[1].revents != 0 || p[2].revents != 0))
			break;
		if (n > 0 && p[0].revents != 0)
			connections += accept_one(s, listener);
		connections -= ended();
	}
	_exit(0);
}

/* Folders whose tutor is gone. */
static void
sweep(int session)
{
	cleanup_dir DIR *dir = NULL;
	int fd = openat(session, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct dirent *e;

	dir = fd < 0 ? NULL : fdopendir(fd);
	while (dir != NULL && (e = readdir(dir)) != NULL) {
		const char *pid = str_after(e->d_name, "socket.");
		uint64_t n;

		if (pid != NULL && str_to_u64(pid, INT32_MAX, &n) && n > 0 &&
		    kill((pid_t)n, 0) < 0 && errno == ESRCH)
			fd_remove_tree(session, e->d_name);
	}
}

int
server_start(struct sandbox *s, struct server *ret, struct err *err)
{
	int session = session_dir(sandbox_session(s)), pipes[2];
	struct server v = SERVER_INIT;

	sweep(session);
	snprintf(v.name, sizeof v.name, "socket.%d", (int)getpid());
	fd_remove_tree(session, v.name);
	if (mkdirat(session, v.name, 0700) < 0)
		return err_sys(err, "cannot make the docker socket's folder");
	cleanup_fd int dir = openat(session, v.name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir < 0)
		return err_sys(err, "cannot open the docker socket's folder");
	cleanup_fd int listener = listen_in(dir, err), tutor = proc_pidfd(getpid());
	if (listener < 0)
		return -1;
	if (tutor < 0 || pipe2(pipes, O_CLOEXEC) < 0)
		return err_sys(err, "cannot make a pipe");
	cleanup_fd int theirs = pipes[0], ours = pipes[1];
	v.pid = fork();
	if (v.pid < 0)
		return err_sys(err, "cannot fork");
	if (v.pid == 0) {
		close(ours);
		serve(s, listener, theirs, tutor);
	}
	v.dir = take_fd(&dir);
	v.stop = take_fd(&ours);
	*ret = v;
	return 0;
}

void
server_stop(struct sandbox *s, struct server *v)
{
	fd_close_p(&v->stop);
	if (v->pid > 0) {
		proc_wait(v->pid);
		fd_remove_tree(session_dir(sandbox_session(s)), v->name);
	}
	fd_close_p(&v->dir);
	*v = (struct server)SERVER_INIT;
}
