/*
 * crew.c - several layers side by side, a process each
 *
 * A worker has its own connection and reports through one pipe; a report is smaller than
 * PIPE_BUF, so that reports never mix.  The caller's functions run in the caller, one
 * after the other.  A worker dies with its caller.
 */
#include "sandbox/registry/private.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SAID_DONE = -1, SAID_FAILED = -2, SAY_EVERY_MS = 100 };

struct report {
	uint32_t item;
	int32_t what; /* of the caller's, or one of the above */
	int64_t at;
	struct err err; /* SAID_FAILED */
};
_Static_assert(sizeof(struct report) <= PIPE_BUF, "reports are written as one piece");

/* Of a worker: where it reports to. */
static struct {
	int pipe;
	uint32_t item;
	int what;
	int64_t when;
} mine = {.pipe = -1};

void
crew_say(int what, int64_t at)
{
	struct report r = {.item = mine.item, .what = what, .at = at};
	int64_t now = clock_mono();

	if (what == mine.what && now - mine.when < SAY_EVERY_MS * (NS_PER_S / 1000))
		return;
	mine.what = what;
	mine.when = now;
	(void)fd_write_all(mine.pipe, &r, sizeof r);
}

_Noreturn static void
be_worker(const struct crew *c, size_t i, int out, pid_t parent)
{
	struct report r = {.item = (uint32_t)i, .what = SAID_DONE};

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(125);
	proc_reset_signals();
	signal(SIGPIPE, SIG_IGN);
	mine.pipe = out;
	mine.item = (uint32_t)i;
	mine.what = INT_MIN;
	if (c->work(c->arg, i, &r.err) < 0)
		r.what = SAID_FAILED;
	(void)fd_write_all(out, &r, sizeof r);
	_exit(0);
}

struct running {
	const struct crew *c;
	pid_t *pids;
	size_t next, finished;
	int in, out;
};

static int
start_more(struct running *r, struct err *err)
{
	while (r->next < r->c->count && r->next - r->finished < r->c->at_once) {
		pid_t parent = getpid(), pid = fork();

		if (pid == 0)
			be_worker(r->c, r->next, r->out, parent);
		if (pid < 0)
			return err_sys(err, "cannot fork");
		r->pids[r->next++] = pid;
	}
	return 0;
}

/* Has a worker ended without a word?  (Its last report may still be in the pipe.) */
static int
look_for_dead(struct running *r, struct err *err)
{
	for (size_t i = 0; i < r->next; i++) {
		int status;

		if (r->pids[i] <= 0 || waitpid(r->pids[i], &status, WNOHANG) <= 0)
			continue;
		r->pids[i] = 0;
		if (status != 0)
			return err_set(err, ERR_SYS, "a transfer was ended (%d)",
			    proc_exit_code(status));
	}
	return 0;
}

static int
hear(struct running *r, struct err *err)
{
	struct report said;
	int ready = fd_wait_readable(r->in, 1000);

	if (ready <= 0)
		return look_for_dead(r, err);
	if (fd_read_all(r->in, &said, sizeof said) < 0 || said.item >= r->c->count)
		return err_set(err, ERR_SYS, "a transfer reports nonsense");
	if (said.what == SAID_FAILED) {
		*err = said.err;
		return -1;
	}
	if (said.what != SAID_DONE) {
		r->c->heard(r->c->arg, said.item, said.what, said.at);
		return 0;
	}
	r->finished++;
	return start_more(r, err) < 0 ? -1 : r->c->done(r->c->arg, said.item, err);
}

static void
end_all(struct running *r)
{
	for (size_t i = 0; i < r->next; i++) {
		if (r->pids[i] <= 0)
			continue;
		kill(r->pids[i], SIGKILL);
		proc_wait(r->pids[i]);
	}
}

int
crew_run(const struct crew *c, struct err *err)
{
	cleanup_free pid_t *pids = xcalloc(c->count + 1, sizeof *pids);
	struct running r = {.c = c, .pids = pids};
	int ends[2], rc;

	if (c->count == 0)
		return 0;
	if (pipe2(ends, O_CLOEXEC) < 0)
		return err_sys(err, "cannot make a pipe");
	r.in = ends[0];
	r.out = ends[1];
	rc = start_more(&r, err);
	while (rc == 0 && r.finished < c->count)
		rc = hear(&r, err);
	if (rc < 0)
		end_all(&r);
	for (size_t i = 0; i < r.next; i++)
		if (pids[i] > 0)
			proc_wait(pids[i]);
	close(ends[0]);
	close(ends[1]);
	return rc;
}
