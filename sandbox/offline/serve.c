/*
 * serve.c - the server of one RUN
 */
#include "sandbox/offline/private.h"
#include "sandbox/web/web.h"
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

static int
listen_there(pid_t pid, struct err *err)
{
	char path[64];
	cleanup_fd int net = -1;

	snprintf(path, sizeof path, "/proc/%d/ns/net", (int)pid);
	net = open(path, O_RDONLY | O_CLOEXEC);
	if (net < 0 || setns(net, CLONE_NEWNET) < 0)
		return err_sys(err, "joining the network of a step");
	return web_listen(OFFLINE_PORT, err);
}

/* Stays in the step's network: nothing else is asked for from here. */
static _Noreturn void
server_main(const struct offline *o, pid_t pid, pid_t parent, int answer)
{
	struct offline lent = *o;
	const struct web_site site = {.get = shelf_get, .arg = &lent};
	struct err err = ERR_INIT;
	int listener;

	proc_reset_signals();
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(1);
	listener = listen_there(pid, &err);
	if (listener < 0) {
		err_send(answer, &err);
		_exit(1);
	}
	if (o->way == OFFLINE_ONLINE) {
		bool sent = fd_send_fds(o->relay, "l", 1, &listener, 1) == 1;

		close(listener);
		close(answer);
		while (sent)
			pause();
		_exit(1);
	}
	close(answer); /* without an error: it listens */
	web_serve(listener, &site);
}

pid_t
offline_serve(const struct offline *o, pid_t pid, struct err *err)
{
	int answer[2];
	pid_t self = getpid(), server;
	struct err said = ERR_INIT;

	bool needed = o->way == OFFLINE_SERVED
			  ? o->wheels >= 0 || o->apt >= 0
			  : o->way == OFFLINE_ONLINE && o->relay >= 0;

	if (!needed)
		return 0;
	if (pipe2(answer, O_CLOEXEC) < 0)
		return err_sys(err, "making a pipe");
	cleanup_fd int in = answer[0], out = answer[1];
	server = fork();
	if (server < 0)
		return err_sys(err, "forking");
	if (server == 0)
		server_main(o, pid, self, out);
	fd_close_p(&out);
	if (err_recv(in, &said) == 0)
		return server;
	proc_wait(server);
	return err_set(err, ERR_SYS, "the package index did not start: %s", said.text);
}

static _Noreturn void
become_relay(int sock)
{
	cleanup_free char *path = proc_program("net", NULL), *fd = xasprintf("%d", sock);

	fcntl(sock, F_SETFD, 0);
	if (path != NULL)
		execl(path, "net", "--relay", fd, (char *)NULL);
	_exit(1);
}

int
offline_relay(struct offline *o, struct err *err)
{
	int pair[2];

	if (o->way != OFFLINE_ONLINE)
		return 0;
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0)
		return err_sys(err, "making a pair of sockets");
	cleanup_fd int ours = pair[0], theirs = pair[1];
	o->relay_pid = fork();
	if (o->relay_pid < 0)
		return err_sys(err, "forking");
	if (o->relay_pid == 0) {
		close(take_fd(&ours));
		become_relay(theirs);
	}
	o->relay = take_fd(&ours);
	return 0;
}
