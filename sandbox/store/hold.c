/*
 * hold.c - who makes something, and who takes away what nothing points at
 *
 * What is being made has no name yet that a collection could find.  So its maker shares
 * the lock store/hold, and a collection has it alone: flock(2), which dies with them.
 */
#include "sandbox/store/private.h"
#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

/* A collection waits so long for those who are making something. */
enum { TRIES = 50, PAUSE_MS = 10 };

static int
open_lock(struct store *s, struct err *err)
{
	int fd = openat(s->dir, "hold", O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);

	return fd < 0 ? err_sys(err, "cannot open 'store/hold'") : fd;
}

struct store *
store_hold(struct store *s, struct err *err)
{
	if (s->holds++ > 0)
		return s;
	s->hold = open_lock(s, err);
	while (s->hold >= 0 && flock(s->hold, LOCK_SH) < 0) {
		if (errno == EINTR)
			continue;
		err_sys(err, "cannot lock 'store/hold'");
		fd_close_p(&s->hold);
	}
	if (s->hold < 0)
		s->holds = 0;
	return s->hold < 0 ? NULL : s;
}

void
store_let_go(struct store *s)
{
	if (s == NULL || s->holds == 0 || --s->holds > 0)
		return;
	/* a child may have a copy of the descriptor: closing ours is not enough */
	flock(s->hold, LOCK_UN);
	fd_close_p(&s->hold);
}

void
store_let_go_p(struct store **s)
{
	store_let_go(*s);
	*s = NULL;
}

int
store_hold_alone(struct store *s, int *ret_fd, struct err *err)
{
	const struct timespec pause = {.tv_nsec = PAUSE_MS * 1000 * 1000};
	cleanup_fd int fd = open_lock(s, err);

	if (fd < 0)
		return -1;
	for (int i = 0; i < TRIES; i++) {
		if (flock(fd, LOCK_EX | LOCK_NB) == 0) {
			*ret_fd = take_fd(&fd);
			return 1;
		}
		if (errno != EWOULDBLOCK && errno != EINTR)
			return err_sys(err, "cannot lock 'store/hold'");
		nanosleep(&pause, NULL);
	}
	return 0;
}
