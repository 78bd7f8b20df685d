/*
 * usage.h - what a DRYDOCK_HOME takes on the disk
 */
#ifndef DRYDOCK_SETUP_USAGE_H
#define DRYDOCK_SETUP_USAGE_H

#include "sandbox/store/store.h"

/* Prints a table on standard output. */
int usage_print(struct store *s, struct err *err);

#endif
