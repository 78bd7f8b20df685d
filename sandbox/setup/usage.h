/*
 * usage.h - what a DRYDOCK_HOME takes on the disk
 */
#ifndef DRYDOCK_SETUP_USAGE_H
#define DRYDOCK_SETUP_USAGE_H

#include "sandbox/store/store.h"

/* Prints a table on standard output. */
int usage_print(struct store *s, struct err *err);
/* Bytes of images and of what pip and apt find: all but containers and build cache. */
int usage_stock(struct store *s, int64_t *ret, struct err *err);

#endif
