/*
 * edit.h - the port to whatever reads lines: readline, a file, a test
 *
 * readline.h is included by edit_readline.c alone.
 */
#ifndef DRYDOCK_SHELL_EDIT_H
#define DRYDOCK_SHELL_EDIT_H

#include "sandbox/base/base.h"

enum edit_end { EDIT_LINE, EDIT_END, EDIT_INTERRUPTED };

struct edit {
	/* Shows the prompt and reads a line without its newline: gives *ret (free())
	 * with EDIT_LINE; else *ret is NULL. */
	enum edit_end (*read)(struct edit *e, const char *prompt, char **ret);
	/* A whole command for the history; may be NULL. */
	void (*remember)(struct edit *e, const char *command);
	/* Keys typed before the prompt was there: read() begins with them.  May be NULL.
	 */
	void (*type_ahead)(struct edit *e, const char *keys);
	void (*free)(struct edit *e);
};

/* What the reader asks back while it waits. */
struct edit_hooks {
	void *arg;
	/* A descriptor to watch beside the keys (-1: none), and what to do when it is
	 * readable: it may print whole lines. */
	int (*watch)(void *arg);
	void (*idle)(void *arg);
	/* Appends what may stand for `word`, which begins at line[start]. */
	void (*complete)(
	    void *arg, const char *line, size_t start, const char *word, struct vec *ret);
};

/* readline on standard input; at most one at a time.  history: the file's path, or NULL.
 * Escape sequences in prompts must stand between \001 and \002.  Gives. */
struct edit *edit_readline(const struct edit_hooks *hooks, const char *history);
/* Lines of a descriptor, no prompt; borrows fd.  Gives. */
struct edit *edit_stream(int fd);

#endif
