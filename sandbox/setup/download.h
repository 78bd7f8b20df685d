/*
 * download.h - the packages of a lock into a folder, several side by side
 *
 * A file's name is its SHA-256, and it gets that name only when it has that sum:
 * what is there is never fetched again, and what was interrupted goes on.
 */
#ifndef DRYDOCK_SETUP_DOWNLOAD_H
#define DRYDOCK_SETUP_DOWNLOAD_H

#include "sandbox/setup/lock.h"
#include "sandbox/setup/sources.h"

/* Number of the lock's packages that are not in the folder, their bytes in *ret_bytes. */
size_t download_missing(int debs, const struct lock *lock, int64_t *ret_bytes);
/* Fetches them with programs `fetch` (of this program's folder), telling progress.
 * Fails on the first package that no mirror has, or when the mirrors cannot be reached;
 * folder is how to name the folder in hints. */
int download(int debs, const struct lock *lock, const struct mirrors *mirrors,
    const char *folder, struct err *err);

#endif
