/*
 * copy.h - a tree of files, copied: blocks are shared where the file system can
 *
 * Links are never followed.  Modes, times, attributes of users and, inside an id map,
 * owners come along; so do overlay's whiteouts and hard links among the copied files.
 * Other devices and sockets stay behind.
 */
#ifndef DRYDOCK_COPY_H
#define DRYDOCK_COPY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct copy {
	/* What is there already: else it is an error (EEXIST). */
	bool update; /* an equal file (size, time of change) is left alone, others are
		      * replaced */
	bool mirror; /* update, and what `from` has not goes */
	bool plain;  /* owners that have no id here (65534) are not passed on */
	bool keep;   /* what is there at the top already stays as it is, whole */
	bool top;    /* the facts of the folder itself come along, too */
	size_t max_entries; /* bounds on what is read, 0: none; EFBIG */
	uint64_t max_bytes;

	size_t entries; /* counted */
	uint64_t bytes;
};

/* Copies what the folder `from` holds into the folder `to` (both open for reading).  -1
 * with errno at the first failure. */
int copy_tree(int from, int to, struct copy *c);
/* Counts only, against the bounds. */
int copy_measure(int from, struct copy *c);

#endif
