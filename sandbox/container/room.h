/*
 * room.h - the parts of a start (private to this module)
 *
 * A room is what the runtime is told, and what a further start by the same monitor needs
 * again.  launch.c puts the parts in their order; the parts do not know it.
 */
#ifndef DRYDOCK_CONTAINER_ROOM_H
#define DRYDOCK_CONTAINER_ROOM_H

#include "sandbox/container/private.h"
#include "sandbox/container/shown.h"
#include "sandbox/offline/offline.h"

enum { ROOM_FILES = 3 };

struct room {
	struct runtime_spec spec;
	struct runtime_mount *mounts; /* the user's, then files, then what is lent */
	struct shown shown;
	struct vec argv, env;
	struct runtime_limit *limits; /* --ulimit */
	struct device *devices;       /* --device */
	size_t ndevices;
	struct offline lent;
	struct runtime_rights rights;
	struct runtime_limits use;
};

/* ---- room.c */

/* Fills l->room; before holder_enter.  launch_done() frees it, after a failure too. */
int room_open(
    struct launch *l, const struct store_image *image, int layers, struct err *err);
void room_free(struct room *r);
/* Pipes for a start, made inside so that they can be given to the user; ours in l. */
int room_open_streams(struct launch *l, struct err *err);
void room_close_theirs(struct room *r);
/* Which network --network means. */
enum runtime_net room_net(const char *network);

/* ---- files.c: one of the files that a container gets of its own, anew */

const char *room_file_target(size_t i);
/* An O_PATH descriptor, or -1. */
int room_file(struct launch *l, size_t i, struct err *err);

/* ---- ports.c: all -p, in the network we are in; errors in Docker's words */

int ports_listen(struct launch *l, struct err *err);
/* A private outer network is below the holder: goes there to listen, and comes back. */
int ports_listen_private(
    struct launch *l, const struct holder *h, int outer, struct err *err);

#endif
