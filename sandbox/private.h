/*
 * private.h - what the files of sandbox.h share
 */
#ifndef DRYDOCK_SANDBOX_PRIVATE_H
#define DRYDOCK_SANDBOX_PRIVATE_H

#include "sandbox/sandbox.h"

struct sandbox {
	struct store *store;
	struct session *session;
	enum sandbox_outer outer;
	pid_t net_keeper; /* of a private outer network; -1: none */
	int lifeline;     /* the keeper lives as long as this is open */
};

#endif
