/*
 * start.c - finding the hub of a session, and waking it
 *
 * Links no HTTP server: this half is the engine's.
 */
#include "sandbox/hub/hub.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

enum { START_MS = 10000, PAUSE_MS = 10 };

int
hub_open(int session_dir, struct err *err)
{
	int fd;

	if (mkdirat(session_dir, "hub", 0700) < 0 && errno != EEXIST)
		return err_sys(err, "cannot make the hub's folder");
	fd = openat(session_dir, "hub", O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	return fd < 0 ? err_sys(err, "cannot open the hub's folder") : fd;
}

static bool
answers(const char *path)
{
	struct sockaddr_un a = {.sun_family = AF_UNIX};
	cleanup_fd int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	str_copy(a.sun_path, sizeof a.sun_path, path);
	return fd >= 0 && connect(fd, (struct sockaddr *)&a, sizeof a) == 0;
}

/* Not our child to wait for: it stays for others.  A child in between is reaped here. */
static int
start(const char *program, const char *home, const char *session, struct err *err)
{
	pid_t pid = fork();

	if (pid < 0)
		return err_sys(err, "cannot start the hub");
	if (pid == 0) {
		int null = open("/dev/null", O_RDWR | O_CLOEXEC);

		setsid();
		proc_reset_signals();
		if (fork() != 0)
			_exit(0);
		for (int fd = 0; fd <= 2; fd++)
			dup2(null, fd);
		setenv("DRYDOCK_HOME", home, 1);
		setenv("DRYDOCK_SESSION", session, 1);
		execl(program, program, "hub", "--serve", (char *)NULL);
		_exit(127);
	}
	proc_wait(pid);
	return 0;
}

int
hub_start(int dir, const char *program, const char *home, const char *session,
    char path[HUB_SOCKET_MAX], struct err *err)
{
	int64_t end = clock_mono() + START_MS * (NS_PER_S / 1000);
	const struct timespec pause = {0, PAUSE_MS * (NS_PER_S / 1000)};

	/* a name that fits, however deep DRYDOCK_HOME is */
	snprintf(path, HUB_SOCKET_MAX, "/proc/self/fd/%d/socket", dir);
	if (answers(path))
		return 0;
	if (access(program, X_OK) < 0)
		return err_set(err, ERR_UNSUPPORTED,
		    "the program 'web' is missing from this copy of Drydock: there is no "
		    "hub");
	if (start(program, home, session, err) < 0)
		return -1;
	while (!answers(path)) {
		if (clock_mono() > end)
			return err_set(err, ERR_LIMIT, "the hub does not start");
		nanosleep(&pause, NULL);
	}
	return 0;
}
