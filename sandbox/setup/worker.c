/*
 * worker.c - see worker.h
 */
#include "sandbox/setup/worker.h"
#include "sandbox/setup/sources.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

enum { SAID_MAX = 1 << 20 };

extern char **environ;

static int
start(struct worker *w, int dir, int in, int out, struct err *err)
{
	cleanup_free char *folder = proc_exe_dir();
	cleanup_free char *program = xasprintf("%s/fetch", folder != NULL ? folder : ".");
	cleanup_free char *proxy = mirrors_proxy();
	cleanup_vec struct vec env = VEC_INIT;
	char *const argv[] = {program, NULL};
	struct proc_spec spec = {.argv = argv, .cwd = dir, .in = in, .out = out};

	vec_add_all(&env, environ);
	if (proxy != NULL)
		vec_env_set(&env, "http_proxy", proxy);
	spec.env = env.v;
	w->pid = proc_start(&spec, err);
	return w->pid < 0 ? -1 : 0;
}

int
worker_start(struct worker *w, int dir, struct err *err)
{
	int in[2], out[2], r;

	*w = (struct worker){
	    .pid = -1, .to = -1, .from = -1, .in = BUF_INIT(SAID_MAX), .urls = VEC_INIT};
	if (pipe2(in, O_CLOEXEC) < 0)
		return err_sys(err, "making a pipe");
	if (pipe2(out, O_CLOEXEC) < 0) {
		close(in[0]);
		close(in[1]);
		return err_sys(err, "making a pipe");
	}
	r = start(w, dir, in[0], out[1], err);
	close(in[0]);
	close(out[1]);
	w->to = in[1];
	w->from = out[0];
	return r;
}

void
worker_end(struct worker *w)
{
	fd_close_p(&w->to);
	fd_close_p(&w->from);
	if (w->pid > 0)
		proc_wait(w->pid);
	w->pid = -1;
	buf_done(&w->in);
	vec_done(&w->urls);
	free(w->why);
}

int
worker_send(struct worker *w, struct err *err)
{
	cleanup_buf struct buf line = BUF_INIT(SAID_MAX);
	const struct fetch_job job = {.url = w->urls.v[w->next_url],
	    .size = w->deb->size,
	    .sha256 = w->deb->sha256,
	    .dest = w->deb->sha256};

	w->at = 0;
	fetch_job_format(&job, &line);
	if (fd_write_all(w->to, line.s, line.len) < 0)
		return err_sys(err, "talking to the program fetch");
	return 0;
}

bool
worker_line(struct worker *w, char **line)
{
	const char *end = memchr(w->in.s, '\n', w->in.len);

	if (end == NULL)
		return false;
	*line = xstrndup(w->in.s, (size_t)(end - w->in.s));
	buf_eat(&w->in, (size_t)(end - w->in.s) + 1);
	return true;
}

int
worker_read(struct worker *w, struct err *err)
{
	ssize_t n = buf_read(&w->in, w->from, 4096);

	if (n < 0 && errno != EINTR)
		return err_sys(err, "listening to the program fetch");
	return n == 0 ? err_set(err, ERR_SYS, "the program fetch has ended") : 0;
}
