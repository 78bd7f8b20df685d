/*
 * workstation.h - the student's bash: one shell, in a container, on a pty
 *
 * bash is started once and keeps its state: folder, variables, aliases, jobs.
 * It never reads commands from its terminal.  A finished line goes to it through
 * a private descriptor; exit status, folder and "ready" come back through
 * another, so nothing that a program prints can be taken for an answer.  While a
 * line runs, the user's terminal is raw and belongs to the pty.
 *
 * `docker` in there is a small static program (shim/shim.c) that speaks to the
 * docker server, a process that this module forks: it runs the real command
 * on the outside, with the client's own root, folder and streams.
 *
 * Nothing here knows lessons.
 */
#ifndef DRYDOCK_WORKSTATION_H
#define DRYDOCK_WORKSTATION_H

#include "sandbox/sandbox.h"

struct workstation;

struct workstation_opts {
	struct sandbox *sandbox; /* borrowed for the workstation's life.  NULL: bash runs
				  * on this machine without a container: for tests */
	const char *workspace;   /* absolute; an existing folder; where bash starts */
	const char *const *env;  /* NULL-terminated "K=V" added to its environment */
	unsigned short rows, cols; /* 0: 24, 80 */
	bool plain; /* not for a terminal: no echo, lines end in \n only, TERM=dumb, and
		     * commands have no standard input */
};

/* Starts docker server and bash beside us and returns at once; the first call that
 * needs bash waits for it.  Gives; workstation_free(). */
int workstation_open(
    const struct workstation_opts *o, struct workstation **ret, struct err *err);
/* Ends bash and all that runs in it.  Accepts NULL. */
void workstation_free(struct workstation *w);
void workstation_free_p(struct workstation **w);
#define cleanup_workstation __attribute__((cleanup(workstation_free_p)))

/* Waits until bash is ready for a line.  -1 with the reason when it could not start. */
int workstation_wait(struct workstation *w, struct err *err);

/* Where output goes and keys come from. */
struct workstation_io {
	int terminal; /* the user's terminal: made raw, keys and size are relayed; -1:
			 none */
	void (*out)(void *arg, const char *data, size_t len);
	void *arg;
	int limit_s; /* > 0: a line that runs longer gets a Ctrl-C; bash ends when that
		      * does not help within a few seconds */
};

/* Runs one finished line (it may hold newlines) and returns when bash is ready again.
 * *ret_status: its exit status as $? has it.  -1 when bash has ended (`exit`, kill):
 * ERR_EXIT with its status; the next call starts a new one. */
int workstation_run(struct workstation *w, const char *line,
    const struct workstation_io *io, int *ret_status, struct err *err);

/* Keys that were typed while the last line ran and that no program read: they are meant
 * for the next prompt.  Borrowed until the next call. */
const char *workstation_unread(const struct workstation *w);

/* The folder bash is in; borrowed until the next call. */
const char *workstation_cwd(const struct workstation *w);

enum workstation_names { WORKSTATION_COMMANDS, WORKSTATION_FILES, WORKSTATION_VARIABLES };
/* What bash knows that begins with `word`, appended to ret (folders end in '/'). */
int workstation_complete(struct workstation *w, enum workstation_names what,
    const char *word, struct vec *ret, struct err *err);

/* Between lines: a descriptor that is readable when a background job printed something
 * (-1 before the start), and handing that to io->out. */
int workstation_fd(const struct workstation *w);
void workstation_idle(struct workstation *w, const struct workstation_io *io);

/* The user's window has this size. */
void workstation_resize(struct workstation *w, unsigned short rows, unsigned short cols);

#endif
