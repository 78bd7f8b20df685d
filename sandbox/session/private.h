/*
 * private.h - what the files of the session share among themselves
 */
#ifndef DRYDOCK_SESSION_PRIVATE_H
#define DRYDOCK_SESSION_PRIVATE_H

#include "sandbox/session/session.h"

struct session {
	struct store *store; /* borrowed */
	char *name;
	int dir, containers, names, trash;
	int events; /* the log, for appending */
};

/* Opens the log for appending, for all of the session's life. */
int session_events_ready(struct session *s, struct err *err);

/* tags.json of a new session in dir: the library's tags and images. */
int session_tags_new(struct store *store, int dir, struct err *err);

/* Becomes these tags; with `add` they come to those that are there, or in their place. */
int session_tags_open(struct session *s, const json_t *tags, bool add, struct err *err);

/* Is it a name for a session, or a checkpoint? */
bool session_name_ok(const char *s);

/* ---- checkpoint.c ---- */

/* The folders of a session that a checkpoint has too, NULL-terminated. */
extern const char *const checkpoint_parts[];
/* Runs fn where it may read and write the files of all ids. */
int checkpoint_inside(
    struct session *s, int (*fn)(void *arg, struct err *err), void *arg, struct err *err);
/* Gives a descriptor of the checkpoint's folder. */
int checkpoint_folder(struct session *s, const char *key, struct err *err);

#endif
