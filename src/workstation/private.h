/*
 * private.h - what the files of the workstation share
 */
#ifndef DRYDOCK_WORKSTATION_PRIVATE_H
#define DRYDOCK_WORKSTATION_PRIVATE_H

#include "src/workstation/wire.h"
#include "src/workstation/workstation.h"
#include <poll.h>
#include <signal.h>
#include <termios.h>

/* ---- server.c: the docker server, a child of ours ---- */

struct server {
	pid_t pid;
	int dir;       /* folder with the socket, to be mounted into the workstation */
	int stop;      /* it ends when this is closed */
	char name[32]; /* of the folder, in the session's */
};
#define SERVER_INIT \
	{ \
		.pid = -1, .dir = -1, .stop = -1 \
	}
int server_start(struct sandbox *s, struct server *ret, struct err *err);
void server_stop(struct sandbox *s, struct server *v);

/* connection.c: one docker command for one shim, in a process of its own. */
void connection_serve(struct sandbox *s, int sock);

/* ---- terminal.c: the pty that docker has in place of the shim's terminal ---- */

struct terminal {
	int master;      /* non-blocking, in packet mode; -1: the shim has none */
	int told, tell;  /* docker says by tell that it is about to read */
	struct buf keys; /* for docker, not yet written */
	bool raw;        /* as the shim was told last */
	bool once, all;  /* docker wants one read more, everything */
	bool asked;      /* the shim has been asked */
	bool ended;      /* there is no more input */
};
#define TERMINAL_INIT \
	{ \
		.master = -1, .told = -1, .tell = -1, .keys = BUF_INIT(1) \
	}

/* Gives *ret_slave for docker's streams. */
int terminal_open(struct terminal *t, unsigned short rows, unsigned short cols,
    int *ret_slave, struct err *err);
void terminal_close(struct terminal *t);
void terminal_resize(struct terminal *t, unsigned short rows, unsigned short cols);
/* Has docker made it raw, or itself again, since the last call?  t->raw says which. */
bool terminal_mode_changed(struct terminal *t);
/* Reads what docker printed behind frame[0], without waiting.  Returns the bytes of
 * frame then used (1: docker only changed modes); 0: nothing now; -1: the end. */
ssize_t terminal_read(struct terminal *t, char *frame, size_t size);
/* True: ask the shim for input now. */
bool terminal_wants(struct terminal *t);
/* One read of the shim's, 0 bytes for its end. */
void terminal_type(struct terminal *t, const char *keys, size_t len);
/* Writes more of what is waiting. */
void terminal_flush(struct terminal *t);

/* ---- bash.c: the conversation with bash ---- */

/* Numbers under which bash gets its private descriptors: commands like "__drydock_go"
 * by the first, which is its standard input; what to run by the second; answers leave by
 * the third. */
enum { BASH_INPUT = 195, BASH_LINE = 198, BASH_STATUS = 199 };

struct bash {
	int input, line, status; /* our ends */
	int console;             /* the pty's master; -1: not started */
	int signals;             /* raw.signals while it is raw; -1 */
	struct buf answer;       /* of status, not yet complete */
	struct termios calm;     /* how the pty is between lines */
	bool calm_known, plain;
	unsigned long number; /* of the last text that was sent */
	bool begun;           /* bash has read it: keys are for its command */
	bool keys_sent;       /* the line was given keys that it need not have read */
};

#define BASH_INIT \
	{ \
		.input = -1, .line = -1, .status = -1, .console = -1, .signals = -1, \
		.answer = BUF_INIT(4 << 20) \
	}

/* What follows each command. */
struct bash_record {
	unsigned long number; /* of the text that it follows; 0: the start */
	char *answer;         /* what an asked question printed */
	int status;
	char *cwd;
	char *jobs; /* notices of jobs that changed, to be shown */
};
void bash_record_done(struct bash_record *r);
#define cleanup_bash_record __attribute__((cleanup(bash_record_done)))

/* Pipes; theirs are to be given to the process under their numbers.  The start-up text
 * is already in the first. */
int bash_open(
    struct bash *b, bool plain, struct sandbox_box_fd theirs[3], struct err *err);
void bash_close(struct bash *b);
/* The command line that starts it; borrowed, constant. */
const char *const *bash_argv(bool plain);
/* Sends a line to run, or a question whose output comes back as the answer. */
int bash_send(struct bash *b, bool question, const char *text, struct err *err);
/* Carries io both ways (NULL: what the pty prints waits there) until the next record is
 * complete (1), or bash has ended (0). */
int bash_relay(struct bash *b, const struct workstation_io *io, struct bash_record *ret,
    struct err *err);
/* Hands what the pty has printed to io->out, without waiting. */
void bash_drain(struct bash *b, const struct workstation_io *io);
/* Keys of the last line that nothing has read.  Gives a string, "" when there are none;
 * NULL when bash has ended. */
char *bash_unread(struct bash *b, struct err *err);
/* Back to how it was before the command: modes reset, unread keys dropped. */
void bash_calm(struct bash *b);

/* Parses the first record of text; 0 when it is not complete yet, else its bytes. */
size_t bash_parse(const char *text, size_t len, struct bash_record *ret);

/* names.c: the question for a completion (gives), and the lines of its answer. */
char *names_question(enum workstation_names what, const char *word);
void names_split(const char *answer, struct vec *ret);

/* raw.c: the user's terminal belongs to the pty for a while. */
struct raw {
	int terminal;
	struct termios saved;
	sigset_t before;
	int signals; /* a signalfd of SIGTERM, SIGHUP, SIGWINCH; -1 */
	bool on;
};
/* -1, or what is no terminal: nothing happens.  Signals that end us wait meanwhile: a
 * terminal left raw would be of no use to whoever sent them. */
void raw_begin(struct raw *r, int terminal);
void raw_end(struct raw *r);

/* local.c: bash of this machine on a pty, for tests.  Gives the master; *ret_pid. */
int local_start(const struct workstation_opts *o, const struct sandbox_box_fd *fds,
    size_t nfds, pid_t *ret_pid, struct err *err);

#endif
