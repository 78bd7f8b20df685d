/*
 * entry.h - one tar entry becomes one thing below the layer's folder
 *
 * Runs inside the id map.  Nothing is trusted: names are taken below the root, every
 * parent is opened by fd_open_in, nothing is followed at the end of a path.
 */
#ifndef DRYDOCK_STORE_ENTRY_H
#define DRYDOCK_STORE_ENTRY_H

#include "sandbox/base/base.h"
#include <archive.h>
#include <archive_entry.h>
#include <sys/stat.h>
#include <time.h>

struct entry_time {
	char *path;
	struct timespec mtime;
};

struct unpack {
	int root;     /* the layer's folder */
	json_t *side; /* what could not be made or owned, owned */
	struct archive *in;
	/* the parent opened last */
	char *parent_path;
	int parent;
	/* folders get their times when nothing is put into them any more */
	struct entry_time *times;
	size_t ntimes, times_cap, times_bytes;
	int64_t declared; /* sum of the sizes that entries claim */
	int64_t size;     /* result */
};

void unpack_init(struct unpack *u, int root, struct archive *in);
void unpack_done(struct unpack *u);
/* Makes e; its content is read from u->in. */
int unpack_entry(struct unpack *u, struct archive_entry *e, struct err *err);
int unpack_set_times(struct unpack *u, struct err *err);

/* ---- where.c -------------------------------------------------------------------------
 */

/* "./a//b/" or "/a/b" becomes "a/b", the root ""; ERR_CORRUPT for ".." and for what is
 * too long.  out has LIMIT_PATH + 1 bytes. */
int entry_path(const char *name, char *out, struct err *err);
/* The open parent folder of a cleaned path (borrowed until the next call) and the last
 * name; folders that are missing are made. */
int entry_parent(struct unpack *u, const char *path, const char **name, struct err *err);
/* Nobody may use the parent opened last: something that it depends on was replaced. */
void entry_forget_parent(struct unpack *u);
int entry_add_time(
    struct unpack *u, const char *path, struct timespec mtime, struct err *err);

#endif
