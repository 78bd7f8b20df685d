/*
 * private.h - what the files of sandbox.h share
 */
#ifndef DRYDOCK_SANDBOX_PRIVATE_H
#define DRYDOCK_SANDBOX_PRIVATE_H

#include "sandbox/offline/offline.h"
#include "sandbox/sandbox.h"

struct sandbox {
	struct store *store;
	struct session *session;
	enum sandbox_outer outer;
	pid_t net_keeper; /* of a private outer network; -1: none */
	int lifeline;     /* the keeper lives as long as this is open */
};

/* ---- box.c, box_root.c: the workstation's keeper, and what it has made ---- */
struct keeper {
	struct sandbox *s;
	const struct sandbox_box_spec *spec;
	int report, tutor;
	int boxes, dir; /* the folder of boxes, and ours in it */
	int workspace, sockets, shim;
	struct offline lent;
	bool tree[3]; /* workspace, sockets, shim are detached mounts */
	int etc[2];   /* what is put over files of /etc */
	char name[17];
	struct runtime_proc proc;
};

/* In the keeper: finds the image, makes the box's folder and mounts, and starts the
 * program; this process has entered the holder afterwards. */
int box_prepare(struct keeper *k, struct err *err);

#endif
