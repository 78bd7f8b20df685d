/*
 * ending.c - what still runs in a DRYDOCK_HOME that is to be removed
 *
 * A container lives as long as its monitor, and a monitor holds a lock on a file
 * sessions/S/containers/ID/lock.  The kernel tells who holds it (/proc/locks), whatever
 * has become of the holder that it was started under.
 */
#include "sandbox/store/private.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum { FOLDER = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC, WAIT_MS = 5000 };

/* Calls visit for each name in the folder. */
static void
each(int at, const char *folder, void (*visit)(int dir, const char *name))
{
	int fd = openat(at, folder, FOLDER);
	cleanup_dir DIR *d = fd >= 0 ? fdopendir(fd) : NULL;
	struct dirent *e;

	while (d != NULL && (e = readdir(d)) != NULL)
		if (path_is_name(e->d_name))
			visit(dirfd(d), e->d_name);
}

/* Who has an exclusive flock(2) on this inode; 0: nobody, or nobody that we can see. */
static pid_t
lock_owner(ino_t inode)
{
	cleanup_file FILE *f = fopen("/proc/locks", "re");
	unsigned long long found;
	char line[256];
	int pid;

	while (f != NULL && fgets(line, sizeof line, f) != NULL)
		if (sscanf(line, "%*u: FLOCK %*s WRITE %d %*x:%*x:%llu", &pid, &found) ==
			2 &&
		    found == inode && pid > 0)
			return pid;
	return 0;
}

/* Until the lock is free: its monitor has gone. */
static void
wait_free(int lock)
{
	int64_t give_up = clock_mono() + WAIT_MS * (NS_PER_S / 1000);
	struct timespec nap = {.tv_nsec = 1000000};

	while (flock(lock, LOCK_SH | LOCK_NB) < 0 && clock_mono() < give_up)
		nanosleep(&nap, NULL);
}

static void
end_container(int containers, const char *id)
{
	cleanup_fd int dir = openat(containers, id, O_PATH | O_DIRECTORY | O_CLOEXEC);
	cleanup_fd int lock = dir < 0 ? -1 : openat(dir, "lock", O_RDONLY | O_CLOEXEC);
	struct stat st;
	pid_t monitor;

	if (lock < 0 || fstat(lock, &st) < 0 || flock(lock, LOCK_SH | LOCK_NB) == 0)
		return;
	monitor = lock_owner(st.st_ino);
	cleanup_fd int pidfd = monitor > 0 ? proc_pidfd(monitor) : -1;
	/* asked once more: the process is still the one that holds it */
	if (pidfd < 0 || lock_owner(st.st_ino) != monitor)
		return;
	syscall(SYS_pidfd_send_signal, pidfd, SIGKILL, NULL, 0);
	wait_free(lock);
}

static void
end_session(int sessions, const char *name)
{
	cleanup_fd int dir = openat(sessions, name, FOLDER);

	if (dir >= 0)
		each(dir, "containers", end_container);
}

void
store_end_containers(struct store *s)
{
	each(s->home_dir, "sessions", end_session);
}
