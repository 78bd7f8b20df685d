/*
 * shown.h - a container's mounts, opened for a start (private to this module)
 */
#ifndef DRYDOCK_CONTAINER_SHOWN_H
#define DRYDOCK_CONTAINER_SHOWN_H

#include "sandbox/container/container.h"
#include "sandbox/runtime/runtime.h"

struct shown_mount {
	const struct container_mount *mount;
	struct runtime_mount *out; /* its row for the runtime */
	char *data;                /* owned: what out->options points to */
};

struct shown {
	struct session *session;
	const struct holder *holder;
	struct shown_mount *list;
	size_t len;
	int maker; /* socket to the process that makes trees for a restart, or -1 */
};
#define SHOWN_INIT \
	{ \
		.maker = -1 \
	}

/* Opens all mounts of c, a folder before what lies below it, into out (room for
 * c->nmounts; the caller closes the sources of the first v->len, after a failure too).
 * Before holder_enter.  Borrows s, h, c and out for the life of v; shown_done(). */
int shown_open(struct shown *v, struct session *s, const struct holder *h,
    const struct container_config *c, struct runtime_mount *out, struct err *err);
/* Before a further start by the same monitor: sources that a start has used up are new.
 */
int shown_again(struct shown *v, struct err *err);
void shown_done(struct shown *v);

#endif
