/*
 * jobs.c - the steps that are being done, each in a process of its own
 *
 * The builder alone talks to its caller.  A job sends packets through its line: lines of
 * output while it works, at the end one that says how it went.  It leads a process group,
 * so that one signal reaches all that it started; it has the builder's signals blocked
 * and reads them too, so that it can clear up.  Knows nothing of which step comes when.
 */
#include "sandbox/build/private.h"
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

enum { TICK_MS = 100, PIECE = 16 * 1024, PACKET = 192 * 1024, PACKETS = 64 };

enum packet_kind {
	PACKET_LOG,     /* a line */
	PACKET_MESSAGE, /* a piece of the error's long text */
	PACKET_END,     /* struct end */
};

struct packet {
	enum packet_kind kind;
	int64_t offset; /* PACKET_LOG */
};

struct end {
	int rc;
	struct build_made made;
	struct err err;
};

void
build_job_free(struct build_job *job)
{
	if (job == NULL)
		return;
	fd_close_p(&job->line);
	vec_done(&job->logs);
	free(job->message);
	free(job);
}

/* ---- in the job
 * ------------------------------------------------------------------------------- */

static void
send_packet(int line, enum packet_kind kind, int64_t offset, const void *data, size_t len)
{
	struct packet head = {kind, offset};
	struct iovec parts[] = {{&head, sizeof head}, {(void *)data, len}};
	const struct msghdr msg = {.msg_iov = parts, .msg_iovlen = ARRAY_LEN(parts)};

	/* nobody to tell: then there is nobody to be told */
	while (sendmsg(line, &msg, MSG_NOSIGNAL) < 0 && errno == EINTR)
		continue;
}

void
build_log(struct builder *b, const struct build_vertex *v, const char *line, size_t len)
{
	send_packet(b->line, PACKET_LOG, clock_mono() - v->start, line, len);
}

/* Never returns. */
static void
job_main(struct builder *b, struct build_job *job)
{
	struct end end = {.err = ERR_INIT};

	end.rc = build_work(b, job, &end.made, &end.err);
	for (const char *p = b->ret->message; p != NULL && *p != '\0';) {
		size_t n = strnlen(p, PIECE);
		send_packet(b->line, PACKET_MESSAGE, 0, p, n);
		p += n;
	}
	send_packet(b->line, PACKET_END, 0, &end, sizeof end);
	_exit(0);
}

static void
begin_job(struct builder *b, struct build_job *job, pid_t parent)
{
	setpgid(0, 0);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(1);
	job_main(b, job);
}

/* ---- in the builder
 * --------------------------------------------------------------------------- */

int
build_job_start(struct builder *b, struct build_stage *st, struct build_step *s,
    const struct build_vertex *v, const char *key, struct build_job **ret,
    struct err *err)
{
	pid_t self = getpid();
	int ends[2];

	/* started once, not by each job */
	if (store_holder(b->store, err) == NULL)
		return -1;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0)
		return err_sys(err, "making a line to a step");
	struct build_job *job = xcalloc(1, sizeof *job);
	*job = (struct build_job){.stage = st,
	    .step = s,
	    .vertex = *v,
	    .line = ends[0],
	    .logs = VEC_INIT,
	    .rc = -1};
	str_copy(job->key, sizeof job->key, key);
	/* what counts when it ends without a word */
	err_set(&job->err, ERR_SYS, "the process of this step was killed");
	job->pid = fork();
	if (job->pid == 0) {
		b->line = ends[1];
		begin_job(b, job, self);
	}
	close(ends[1]);
	if (job->pid < 0) {
		build_job_free(job);
		return err_sys(err, "forking");
	}
	/* here too: it may be stopped before it has run */
	setpgid(job->pid, job->pid);
	b->jobs = xrealloc(b->jobs, (b->njobs + 1) * sizeof(struct build_job *));
	b->jobs[b->njobs++] = job;
	*ret = job;
	return 0;
}

void
build_jobs_stop(struct builder *b)
{
	for (size_t i = 0; i < b->njobs; i++)
		kill(-b->jobs[i]->pid, SIGTERM);
}

static void
take_message(struct build_job *job, const char *piece, size_t len)
{
	cleanup_free char *before = job->message;

	job->message = xasprintf("%s%.*s", before != NULL ? before : "", (int)len, piece);
}

static void
take_end(struct build_job *job, const char *data, size_t len)
{
	struct end end;

	if (len != sizeof end)
		return;
	memcpy(&end, data, sizeof end);
	job->rc = end.rc;
	job->made = end.made;
	job->err = end.err;
}

/* One packet: 1 read, 0 none now, -1 there will be no more. */
static int
read_packet(struct builder *b, struct build_job *job, char *data)
{
	struct packet head;
	struct iovec parts[] = {{&head, sizeof head}, {data, PACKET}};
	const struct msghdr msg = {.msg_iov = parts, .msg_iovlen = ARRAY_LEN(parts)};
	ssize_t n = recvmsg(job->line, (struct msghdr *)&msg, MSG_DONTWAIT);

	if (n < 0 && (errno == EINTR || errno == EAGAIN))
		return 0;
	if (n < (ssize_t)sizeof head)
		return -1;
	size_t len = (size_t)n - sizeof head;
	switch (head.kind) {
	case PACKET_LOG:
		build_tell_log(b, &job->vertex, &job->logs, head.offset, data, len);
		break;
	case PACKET_MESSAGE: take_message(job, data, len); break;
	case PACKET_END: take_end(job, data, len); break;
	}
	return 1;
}

/* What has come; not all of it when there is much: others want to be heard too.  False:
 * there will be no more. */
static bool
read_packets(struct builder *b, struct build_job *job, char *data)
{
	int got = 1;

	for (int i = 0; i < PACKETS && got == 1; i++)
		got = read_packet(b, job, data);
	return got >= 0;
}

static struct build_job *
take_job(struct builder *b, size_t i)
{
	struct build_job *job = b->jobs[i];

	memmove(b->jobs + i, b->jobs + i + 1,
	    (b->njobs - i - 1) * sizeof(struct build_job *));
	b->njobs--;
	proc_wait(job->pid);
	return job;
}

/* Waits; p gets a line a job, and the signals. */
static void
wait_lines(struct builder *b, struct pollfd *p)
{
	for (size_t i = 0; i < b->njobs; i++)
		p[i] = (struct pollfd){.fd = b->jobs[i]->line, .events = POLLIN};
	/* one signal is enough: it stays true */
	p[b->njobs] =
	    (struct pollfd){.fd = b->canceled ? -1 : b->signals, .events = POLLIN};
	if (poll(p, b->njobs + 1, b->sink->tick != NULL ? TICK_MS : -1) <= 0)
		for (size_t i = 0; i <= b->njobs; i++)
			p[i].revents = 0;
	if (b->sink->tick != NULL)
		b->sink->tick(b->sink->user);
}

struct build_job *
build_jobs_wait(struct builder *b)
{
	cleanup_free struct pollfd *p = xcalloc(b->njobs + 1, sizeof *p);
	cleanup_free char *data = xmalloc(PACKET);

	for (;;) {
		wait_lines(b, p);
		if (p[b->njobs].revents != 0 && build_is_canceled(b))
			return NULL;
		for (size_t i = 0; i < b->njobs; i++)
			if (p[i].revents != 0 && !read_packets(b, b->jobs[i], data))
				return take_job(b, i);
	}
}
