/*
 * lock.h - lock files: which Debian packages, to the byte
 *
 * One package a line: name version architecture size sha256 path installed-kB.
 * The path starts with the archive: debian/ or debian-security/.  Pure.
 */
#ifndef DRYDOCK_SETUP_LOCK_H
#define DRYDOCK_SETUP_LOCK_H

#include "sandbox/base/base.h"

struct lock_deb {
	char *name, *version, *arch, *sha256, *path;
	int64_t size; /* bytes of the .deb */
};

struct lock {
	struct lock_deb *debs;
	size_t ndebs;
};

#define LOCK_INIT \
	{ \
		.debs = NULL \
	}
#define cleanup_lock __attribute__((cleanup(lock_done)))
void lock_done(struct lock *lock);

/* Appends the packages of text (empty lines and # comments are skipped) to *lock; `what`
 * names the file in errors.  A package that is there already (same sum) is added once.
 * ERR_INPUT with the line number for anything that is no lock line: every field ends up
 * in paths and URLs, so each is checked. */
int lock_parse(const char *text, const char *what, struct lock *lock, struct err *err);
/* Borrowed from lock; NULL when there is none of that name. */
const struct lock_deb *lock_find(const struct lock *lock, const char *name);

#endif
