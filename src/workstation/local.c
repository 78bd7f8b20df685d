/*
 * local.c - bash of this machine on a pty, without a container
 *
 * For tests of the conversation: same bash, same descriptors, no engine.
 */
#include "src/workstation/private.h"
#include <fcntl.h>
#include <pty.h>
#include <sys/ioctl.h>
#include <unistd.h>

static _Noreturn void
become_bash(const struct workstation_opts *o, const struct sandbox_box_fd *fds,
    size_t nfds, int slave)
{
	cleanup_vec struct vec argv = VEC_INIT;

	proc_reset_signals();
	setsid();
	ioctl(slave, TIOCSCTTY, 0);
	for (int i = 0; i < 3; i++)
		dup2(slave, i);
	for (size_t i = 0; i < nfds; i++)
		dup2(fds[i].fd, fds[i].number);
	for (const char *const *a = bash_argv(o->plain); *a != NULL; a++)
		vec_add(&argv, *a);
	if (chdir(o->workspace) == 0)
		execvp(argv.v[0], argv.v);
	_exit(127);
}

int
local_start(const struct workstation_opts *o, const struct sandbox_box_fd *fds,
    size_t nfds, pid_t *ret_pid, struct err *err)
{
	struct winsize size = {
	    .ws_row = o->rows ? o->rows : 24, .ws_col = o->cols ? o->cols : 80};
	int pair[2];

	if (openpty(&pair[0], &pair[1], NULL, NULL, &size) < 0) {
		err_sys(err, "cannot make a terminal");
		return -1;
	}
	cleanup_fd int master = pair[0], slave = pair[1];
	fcntl(master, F_SETFD, FD_CLOEXEC);
	*ret_pid = fork();
	if (*ret_pid < 0) {
		err_sys(err, "cannot fork");
		return -1;
	}
	if (*ret_pid == 0)
		become_bash(o, fds, nfds, slave);
	return take_fd(&master);
}
