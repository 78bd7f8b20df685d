/*
 * err.h - one error object, one chain, one printer
 *
 * A function that fails fills the caller's struct err and returns -1.  Each
 * module border may put one phrase of intent in front ("building step 4"), so
 * that the finished text reads from the user's view down to the cause:
 *
 *     building step 4: running pip: exec "pip": executable file not found
 *
 * The object has a fixed size and no heap, so a forked child can send it
 * through a pipe in one atomic write (smaller than PIPE_BUF) and the parent
 * words it.  Only main() and the shell's loop print.
 */
#ifndef DRYDOCK_ERR_H
#define DRYDOCK_ERR_H

#include <stdbool.h>

enum err_kind {
	ERR_NONE = 0,
	ERR_SYS,          /* the operating system said no; `sys` has errno */
	ERR_INPUT,        /* the user's mistake: a flag, a file, a name */
	ERR_NOT_FOUND,    /* no such image, container, file */
	ERR_CONFLICT,     /* name, port or state is taken */
	ERR_LIMIT,        /* too big, too many, too slow */
	ERR_CORRUPT,      /* stored or received data is not what it must be */
	ERR_UNSUPPORTED,  /* this machine or this version cannot */
	ERR_EXEC_MISSING, /* the program to run does not exist: exit code 127 */
	ERR_EXEC_DENIED,  /* the program to run cannot be run: exit code 126 */
	ERR_INTERRUPTED,  /* the user pressed Ctrl-C */
	ERR_EXIT,         /* not a message: only carries an exit code in `sys` */
};

enum { ERR_TEXT_MAX = 1800, ERR_HINT_MAX = 400 };

struct err {
	enum err_kind kind;
	int sys; /* errno for ERR_SYS, exit code for ERR_EXIT, else 0 */
	char text[ERR_TEXT_MAX];
	char hint[ERR_HINT_MAX]; /* what to do about it; may be empty */
};

/* Zero is "no error". */
#define ERR_INIT \
	{ \
		.kind = ERR_NONE \
	}

/* Fill *err (any former content is lost); always return -1.  Texts too long
 * are cut.  err may be NULL when the caller does not care. */
int err_set(struct err *err, enum err_kind kind, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* As err_set with ERR_SYS, and ": strerror(errno)" at the end. */
int err_sys(struct err *err, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Puts "<text>: " in front of what is there; returns -1, for `return err_while(...)`. */
int err_while(struct err *err, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* Adds or replaces the hint; returns -1. */
int err_hint(struct err *err, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Forget the error. */
void err_clear(struct err *err);

/* Is it an error of the system with this errno? */
bool err_is_sys(const struct err *err, int sys);

/* Send *err in one write / receive it.  err_recv returns 0 when the other side
 * closed without an error (for an exec: it succeeded), 1 when *err was
 * received, -1 when reading failed (then *err says so). */
void err_send(int fd, const struct err *err);
int err_recv(int fd, struct err *err);

#endif
