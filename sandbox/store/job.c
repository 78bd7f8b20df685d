/*
 * job.c - a forked helper that answers with an error or with nothing
 */
#include "sandbox/store/private.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

void
store_die_with(pid_t parent)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(125);
}

int
store_job_start(struct store_job *j, int (*fn)(void *arg, struct err *err), void *arg,
    struct err *err)
{
	int ends[2];
	struct err mine = ERR_INIT;
	pid_t parent = getpid();

	if (pipe2(ends, O_CLOEXEC) < 0)
		return err_sys(err, "cannot make a pipe");
	j->pid = fork();
	if (j->pid == 0) {
		close(ends[0]);
		store_die_with(parent);
		proc_reset_signals();
		signal(SIGPIPE, SIG_IGN); /* the reader's error is the better one */
		if (fn(arg, &mine) == 0)
			_exit(0);
		err_send(ends[1], &mine);
		_exit(1);
	}
	close(ends[1]);
	j->answer = ends[0];
	if (j->pid < 0) {
		err_sys(err, "cannot fork");
		close(ends[0]);
		return -1;
	}
	return 0;
}

int
store_job_wait(struct store_job *j, struct err *err)
{
	int got = err_recv(j->answer, err), code;

	fd_close_p(&j->answer);
	code = proc_wait(j->pid);
	if (got != 0)
		return -1;
	if (code != 0)
		return err_set(err, ERR_SYS, "a helper process ended with %d", code);
	return 0;
}

struct giving {
	int (*give)(void *from, int out, struct err *err);
	void *from;
	int out, other;
};

static int
give_out(void *arg, struct err *err)
{
	struct giving *g = arg;

	close(g->other); /* else the reader could never hang up */
	return g->give(g->from, g->out, err);
}

int
store_pipe(int (*give)(void *from, int out, struct err *err), void *from,
    int (*take)(void *to, int in, struct err *err), void *to, struct err *err)
{
	struct err gives = ERR_INIT;
	struct store_job job;
	int ends[2], rc;

	if (pipe2(ends, O_CLOEXEC) < 0)
		return err_sys(err, "cannot make a pipe");
	cleanup_fd int in = ends[0], out = ends[1];
	struct giving g = {.give = give, .from = from, .out = out, .other = in};
	if (store_job_start(&job, give_out, &g, err) < 0)
		return -1;
	fd_close_p(&out);
	rc = take(to, in, err);
	fd_close_p(&in);
	if (store_job_wait(&job, &gives) < 0 && (rc == 0 || !err_is_sys(&gives, EPIPE))) {
		*err = gives;
		return -1;
	}
	return rc;
}

void *
store_shared_new(size_t size)
{
	void *p =
	    mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED)
		_exit(125); /* as for any few bytes that cannot be had, see mem.h */
	return p;
}

void
store_shared_free(void *p, size_t size)
{
	munmap(p, size);
}
