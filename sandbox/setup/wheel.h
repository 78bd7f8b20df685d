/*
 * wheel.h - Python wheels: from Debian packages, and as files of an image
 *
 * Facts: PEP 427 (wheels) and PEP 376, 627 (RECORD).
 */
#ifndef DRYDOCK_SETUP_WHEEL_H
#define DRYDOCK_SETUP_WHEEL_H

#include "sandbox/setup/lock.h"
#include "sandbox/setup/tree.h"

/* ---- pure ---- */

/* Appends "path,sha256=URLSAFE-BASE64,length\n", the path quoted as CSV where it must. */
void record_add(struct buf *out, const char *path, const void *data, size_t len);

/* A zip being written: members stored, dated 2020-01-01, mode 0644. */
struct zip {
	struct buf out, directory;
	unsigned count;
};
#define ZIP_INIT \
	{ \
		.out = BUF_INIT(BUF_OURS), .directory = BUF_INIT(BUF_OURS) \
	}
void zip_add(struct zip *z, const char *name, const void *data, size_t len);
/* Writes the directory; z->out is then the finished archive. */
void zip_finish(struct zip *z);
void zip_done(struct zip *z);

/* A wheel from the files that a package puts into Python's dist-packages (relative paths
 * in tree, "/flask/app.py"), with a new RECORD.  Compiled modules of another Python are
 * dropped: only packages that work without are in the locks.  copyright may be NULL.
 * Gives its file name in *ret_name (free) and its bytes in *out. */
int wheel_pack(const struct tree *files, const char *copyright, char **ret_name,
    struct buf *out, struct err *err);

/* ---- this DRYDOCK_HOME ---- */

/* Makes home/wheels and home/wheels.json ({"made-from":SUM,"wheels":{"flask":["3.1.1"]}})
 * from the packages of the lock `wheels`, replacing what was there. */
int wheels_make(int home, int debs, struct err *err);
/* Are they there, made from this lock by this version? */
bool wheels_are_made(int home);

#endif
