/*
 * pump.h - from a compressed stream to the layer's bytes, in a process of its own
 */
#ifndef DRYDOCK_STORE_PUMP_H
#define DRYDOCK_STORE_PUMP_H

#include "sandbox/base/base.h"

struct pump {
	int in;    /* as it came, any compression */
	int out;   /* a pipe to who unpacks it */
	int other; /* the pipe's other end, closed: else its reader could never hang up;
		      -1 */
	int keep;  /* a file that gets the same bytes, or -1 */
	char *hex; /* shared: digest of what was written */
};

/* Runs until the input ends; arg is a struct pump.  ERR_LIMIT for a bomb; an ERR_SYS of
 * EPIPE means that the reader gave up and has the better error. */
int pump_run(void *arg, struct err *err);

#endif
