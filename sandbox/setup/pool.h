/*
 * pool.h - Debian packages for apt without a network
 *
 * For each suite a flat archive as apt reads it (sources.list(5), "exact path"):
 * home/apt/SUITE/{Packages, Release, p/NAME.deb}, and pool.json beside them.  The
 * packages are hard links into debs/ where the file system can do that.
 */
#ifndef DRYDOCK_SETUP_POOL_H
#define DRYDOCK_SETUP_POOL_H

#include "sandbox/setup/lock.h"

/* ---- pure ---- */

/* Appends the stanza of Packages for a package with this control file. */
void pool_stanza(struct buf *out, const char *control, const struct lock_deb *deb);
/* The text of Release for a Packages file with this content. */
void pool_release(
    struct buf *out, const char *suite, const char *packages, size_t packages_len);

/* ---- this DRYDOCK_HOME ---- */

/* The suites that have a lock ("pool-SUITE"), the one that lessons use first. */
extern const char *const pool_suites[];
extern const size_t pool_suites_count;

/* Is the suite's pool there, made from this lock by this version? */
bool pool_is_made(int home, const char *suite);
/* Makes it from packages of the folder debs, replacing what was there at once. */
int pool_make(int home, int debs, const char *suite, struct err *err);

#endif
