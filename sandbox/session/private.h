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

#endif
