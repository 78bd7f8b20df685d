/*
 * gather.h - a step with the machine's own network, whose files come back
 *
 * What pip and apt choose depends on the Python and the suite that ask, so the images'
 * own pip and apt are asked, in a build of this engine with --network=host.  They get
 * this machine's settings (pip's files and environment, apt's mirrors and proxy, the
 * name servers); no name of an index or mirror is known here.
 */
#ifndef DRYDOCK_SETUP_GATHER_H
#define DRYDOCK_SETUP_GATHER_H

#include "sandbox/store/store.h"

/* A folder below DRYDOCK_HOME: context (with root/, laid over the image), out, log. */
struct gather {
	struct store *store; /* borrowed */
	int dir;
	char *name, *path;
	struct buf env; /* shell lines: export A='b' */
};

#define cleanup_gather __attribute__((cleanup(gather_done)))
/* Removes the folder. */
void gather_done(struct gather *g);
/* Makes it, with the machine's name servers and its proxies from the environment. */
int gather_open(struct store *s, struct gather *ret, struct err *err);
/* Appends an export line; value NULL: nothing. */
void gather_export(struct gather *g, const char *name, const char *value);
/* Writes a file of the context; folders of its path are made. */
int gather_write(
    struct gather *g, const char *path, const char *data, size_t len, struct err *err);
/* Copies a file of the machine there; a file that is missing is none. */
int gather_copy(struct gather *g, const char *from, const char *path, struct err *err);
/* Runs the shell script in the image, /out to out/.  What was printed is added to log;
 * the build's exit code, or -1 and *err when it could not be begun. */
int gather_run(struct gather *g, const char *image, const char *script, struct buf *log,
    struct err *err);
/* The rest of the last line of log that has `words`; gives, NULL: there is none. */
char *gather_said(const struct buf *log, const char *words);

#endif
