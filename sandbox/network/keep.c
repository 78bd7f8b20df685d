/*
 * keep.c - a private outer network: a process that only keeps a namespace
 *
 * What runs on it sees lo and nothing else; two sessions can use the same ports.
 */
#include "sandbox/base/netlink.h"
#include "sandbox/network/network.h"
#include "sandbox/runtime/runtime.h"
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

static int
make_network(const struct holder *h, struct err *err)
{
	struct netlink_batch b = NETLINK_BATCH_INIT;
	cleanup_fd int nl = -1;

	if (holder_enter(h, false, err) < 0)
		return -1;
	if (unshare(CLONE_NEWNET) < 0)
		return err_sys(err, "cannot make a network namespace");
	nl = netlink_open();
	netlink_up(&b, 1);
	return netlink_send(nl, &b, "cannot bring up lo", err);
}

/* Keeps nothing of the caller's but the lifeline, at whose end it leaves. */
static _Noreturn void
keep(int lifeline)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	char byte;

	for (int i = 0; i < 3; i++)
		dup2(null, i);
	dup2(lifeline, 3);
	close_range(4, ~0U, 0);
	prctl(PR_SET_NAME, "drydock-net");
	while (read(3, &byte, 1) > 0 || errno == EINTR)
		errno = 0;
	_exit(0);
}

pid_t
network_keep(const struct holder *h, int lifeline, struct err *err)
{
	struct err child = ERR_INIT;
	cleanup_fd int line = -1;
	pid_t pid = proc_fork(&line, err);

	if (pid < 0)
		return -1;
	if (pid == 0) {
		proc_reset_signals();
		setsid();
		if (make_network(h, &child) < 0) {
			err_send(line, &child);
			_exit(1);
		}
		fd_close_p(&line);
		keep(lifeline);
	}
	if (err_recv(line, err) != 0) {
		proc_wait(pid);
		return -1;
	}
	return pid;
}
