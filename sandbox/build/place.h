/*
 * place.h - one entry of a tar stream, put at its name (place.c), for apply.c
 */
#ifndef DRYDOCK_BUILD_PLACE_H
#define DRYDOCK_BUILD_PLACE_H

#include "sandbox/build/private.h"
#include <archive.h>
#include <archive_entry.h>

/* A folder whose mode and times are set when its content is complete. */
struct place_late {
	char *path;
	struct build_owner owner;
	mode_t mode;
	struct timespec mtime;
};

struct place_target {
	int root, base; /* base: the destination as a folder, or -1 */
	int draft;      /* where owners of links are noted, or -1 */
	const struct build_copy *copy;
	bool one_id, replace; /* replace: what is in an archive's way goes */
	struct build_owner owner;
	struct place_late *late;
	size_t nlate, late_cap;
};

/* mkdir -p of path below root; new folders are 0755 and owner's. */
int place_folders(
    int root, const char *path, struct build_owner owner, bool one_id, struct err *err);
/* Puts the entry at name in the folder `at`, its content read from a; rel is what errors
 * call it.  A folder's mode and times wait for place_finish(). */
int place_entry(struct place_target *t, struct archive *a, int at, const char *name,
    const char *rel, struct archive_entry *ae, struct err *err);
/* The folders' modes and times, deepest first; frees the list. */
int place_finish(struct place_target *t, struct err *err);

#endif
