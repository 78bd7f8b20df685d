/*
 * dpkg.h - Debian packages into a tree, with the database that dpkg would have written
 *
 * No maintainer script is run; what scripts would have made is in the recipes.
 * Facts: dpkg's /var/lib/dpkg (status, info/NAME[:ARCH].list and control files,
 * triggers/), compared with what dpkg itself leaves.
 */
#ifndef DRYDOCK_SETUP_DPKG_H
#define DRYDOCK_SETUP_DPKG_H

#include "sandbox/setup/lock.h"
#include "sandbox/setup/tree.h"

struct dpkg {
	struct buf status;        /* all stanzas so far */
	struct buf file_triggers; /* "path package" lines */
	struct vec triggers;      /* "name\tpackage" of other triggers */
	bool merged_usr;
};

#define DPKG_INIT \
	{ \
		.status = BUF_INIT(BUF_OURS), .file_triggers = BUF_INIT(BUF_OURS), \
		.triggers = VEC_INIT \
	}
#define cleanup_dpkg __attribute__((cleanup(dpkg_done)))
void dpkg_done(struct dpkg *db);

/* Puts the package's files and database entries into the tree.  debs: folder of packages,
 * named by their sums. */
int dpkg_add(struct dpkg *db, struct tree *tree, int debs, const struct lock_deb *deb,
    struct err *err);
/* Writes the files that tell of all packages together; may be called again later. */
void dpkg_write(const struct dpkg *db, struct tree *tree);
/* Does a slim image leave this file out (manuals, most of doc, translations)? */
bool dpkg_is_left_out(const char *path);
/* Opens a package by its lock line. */
int dpkg_open(int debs, const struct lock_deb *deb, struct err *err);

#endif
