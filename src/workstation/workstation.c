/*
 * workstation.c - starting, running a line, asking; see workstation.h
 */
#include "src/workstation/private.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

/* The image made for it first, then what else has bash. */
static const char *const images[] = {"drydock.internal/workstation:latest",
    "docker.io/library/python:3.9-slim", "docker.io/library/debian:bookworm-slim", NULL};

static const char *const base_env[] = {
    "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/root",
    "USER=root", "SHELL=/bin/bash", "LANG=C.UTF-8"};

struct workstation {
	struct sandbox *sandbox;
	char *workspace, *cwd;
	char *unread; /* keys of the last line that nothing has read */
	struct vec env;
	unsigned short rows, cols;
	bool plain;
	struct server server;
	struct sandbox_box box;
	pid_t local;
	struct bash bash;
	bool started, ready;
};

static void
fill_env(struct workstation *w, const char *const *more)
{
	const char *term = getenv("TERM");

	for (size_t i = 0; i < ARRAY_LEN(base_env); i++)
		vec_add(&w->env, base_env[i]);
	vec_addf(&w->env, "TERM=%s", w->plain || term == NULL ? "dumb" : term);
	if (w->plain) {
		vec_add(&w->env, "NO_COLOR=1");
		vec_add(&w->env, "BUILDKIT_PROGRESS=plain"); /* no picture that moves */
	}
	for (; more != NULL && *more != NULL; more++)
		vec_add(&w->env, *more);
}

static int
start_box(struct workstation *w, const struct sandbox_box_fd *fds, struct err *err)
{
	cleanup_free char *program = sandbox_program("shim", err);
	cleanup_fd int shim = program == NULL ? -1 : open(program, O_PATH | O_CLOEXEC);
	struct sandbox_box_spec spec = {.images = images,
	    .workspace = w->workspace,
	    .shim = shim,
	    .argv = bash_argv(w->plain),
	    .env = (const char *const *)w->env.v,
	    .cwd = w->workspace,
	    .hostname = "workstation",
	    .fds = fds,
	    .nfds = 3,
	    .rows = w->rows,
	    .cols = w->cols};

	if (program == NULL ||
	    (w->server.pid < 0 && server_start(w->sandbox, &w->server, err) < 0))
		return -1;
	spec.socket_dir = w->server.dir;
	return sandbox_box_start(w->sandbox, &spec, &w->box, err);
}

static int
start(struct workstation *w, struct err *err)
{
	struct workstation_opts o = {.workspace = w->workspace,
	    .rows = w->rows,
	    .cols = w->cols,
	    .plain = w->plain};
	struct sandbox_box_fd fds[3] = {{-1, 0}, {-1, 0}, {-1, 0}};
	int rc = bash_open(&w->bash, w->plain, fds, err);

	if (rc == 0 && w->sandbox != NULL) {
		rc = start_box(w, fds, err);
	} else if (rc == 0) {
		w->bash.console = local_start(&o, fds, 3, &w->local, err);
		rc = w->bash.console < 0 ? -1 : 0;
	}
	for (size_t i = 0; i < ARRAY_LEN(fds); i++)
		fd_close_p(&fds[i].fd);
	w->started = rc == 0;
	return rc;
}

/* Bash has gone, or is to go. */
static void
end(struct workstation *w)
{
	bash_close(&w->bash);
	sandbox_box_stop(&w->box);
	if (w->local > 0) {
		kill(w->local, SIGKILL);
		proc_wait(w->local);
	}
	w->local = -1;
	w->started = w->ready = false;
}

int
workstation_open(
    const struct workstation_opts *o, struct workstation **ret, struct err *err)
{
	cleanup_workstation struct workstation *w = xcalloc(1, sizeof *w);

	w->sandbox = o->sandbox;
	w->workspace = xstrdup(o->workspace);
	w->cwd = xstrdup(o->workspace);
	w->env = (struct vec)VEC_INIT;
	w->rows = o->rows ? o->rows : 24;
	w->cols = o->cols ? o->cols : 80;
	w->plain = o->plain;
	w->server = (struct server)SERVER_INIT;
	w->box = (struct sandbox_box)SANDBOX_BOX_INIT;
	w->local = -1;
	w->bash = (struct bash)BASH_INIT;
	fill_env(w, o->env);
	/* Writing to a bash that has just gone is an answer, not our end. */
	signal(SIGPIPE, SIG_IGN);
	if (start(w, err) < 0)
		return -1;
	*ret = take_ptr(w);
	return 0;
}

void
workstation_free(struct workstation *w)
{
	if (w == NULL)
		return;
	end(w);
	if (w->sandbox != NULL)
		server_stop(w->sandbox, &w->server);
	vec_done(&w->env);
	free(w->workspace);
	free(w->cwd);
	free(w->unread);
	free(w);
}

void
workstation_free_p(struct workstation **w)
{
	workstation_free(*w);
	*w = NULL;
}

/* Keeps what the record says; shows the notices of jobs. */
static void
take_record(struct workstation *w, struct bash_record *r, const struct workstation_io *io)
{
	free(w->cwd);
	w->cwd = take_ptr(r->cwd);
	for (char *line = r->jobs, *next; *line != '\0'; line = next) {
		next = line + strcspn(line, "\n");
		next += *next == '\n';
		/* bash has just shown "[1] PID" for a job that it started. */
		if (io != NULL &&
		    memmem(line, (size_t)(next - line), "  Running  ", 11) == NULL) {
			io->out(
			    io->arg, line, (size_t)(next - line) - (next[-1] == '\n'));
			io->out(io->arg, "\r\n" + w->plain, 2 - w->plain);
		}
	}
}

static void
drop(void *arg, const char *data, size_t len)
{
	(void)arg, (void)data, (void)len;
}

int
workstation_wait(struct workstation *w, struct err *err)
{
	static const struct workstation_io nowhere = {.terminal = -1, .out = drop};
	cleanup_bash_record struct bash_record first = {0};

	if (w->ready)
		return 0;
	if (!w->started && start(w, err) < 0)
		return -1;
	if (w->sandbox != NULL) {
		if (sandbox_box_wait(&w->box, err) < 0) {
			end(w);
			return -1;
		}
		w->bash.console = take_fd(&w->box.console);
	}
	fcntl(w->bash.console, F_SETFL, O_NONBLOCK);
	if (bash_relay(&w->bash, NULL, &first, err) != 1) {
		end(w);
		return err_set(err, ERR_NOT_FOUND,
		    "the workstation's image has no bash that starts");
	}
	bash_drain(&w->bash, &nowhere);
	bash_calm(&w->bash);
	take_record(w, &first, NULL);
	workstation_resize(w, w->rows, w->cols);
	w->ready = true;
	return 0;
}

int
workstation_run(struct workstation *w, const char *line, const struct workstation_io *io,
    int *ret_status, struct err *err)
{
	cleanup_bash_record struct bash_record record = {0};
	struct raw raw;
	int got;

	if (workstation_wait(w, err) < 0)
		return -1;
	raw_begin(&raw, io->terminal);
	w->bash.signals = raw.signals;
	free(w->unread);
	w->unread = NULL;
	got = bash_send(&w->bash, false, line, err);
	if (got == 0)
		got = bash_relay(&w->bash, io, &record, err);
	if (got == 1 && (w->unread = bash_unread(&w->bash, err)) == NULL)
		got = 0;
	w->bash.signals = -1;
	raw_end(&raw); /* a signal that ends us does it here */
	if (got != 1) {
		end(w);
		free(w->cwd);
		w->cwd = xstrdup(w->workspace);
		return err_set(err, ERR_EXIT, "the workstation's shell has ended");
	}
	bash_calm(&w->bash);
	take_record(w, &record, io);
	*ret_status = record.status;
	return 0;
}

const char *
workstation_unread(const struct workstation *w)
{
	return w->unread != NULL ? w->unread : "";
}

const char *
workstation_cwd(const struct workstation *w)
{
	return w->cwd;
}

int
workstation_complete(struct workstation *w, enum workstation_names what, const char *word,
    struct vec *ret, struct err *err)
{
	cleanup_bash_record struct bash_record record = {0};
	cleanup_free char *question = names_question(what, word);

	if (workstation_wait(w, err) < 0)
		return -1;
	if (bash_send(&w->bash, true, question, err) < 0 ||
	    bash_relay(&w->bash, NULL, &record, err) != 1) {
		end(w);
		return err_set(err, ERR_EXIT, "the workstation's shell has ended");
	}
	names_split(record.answer, ret);
	take_record(w, &record, NULL);
	return 0;
}

int
workstation_fd(const struct workstation *w)
{
	return w->ready ? w->bash.console : -1;
}

void
workstation_idle(struct workstation *w, const struct workstation_io *io)
{
	if (w->ready)
		bash_drain(&w->bash, io);
}

void
workstation_resize(struct workstation *w, unsigned short rows, unsigned short cols)
{
	struct winsize size = {.ws_row = rows, .ws_col = cols};

	w->rows = rows;
	w->cols = cols;
	if (w->bash.console >= 0)
		ioctl(w->bash.console, TIOCSWINSZ, &size);
}
