/*
 * stock.h - all that setup makes, in the order of its worth
 *
 * First the images and wheels, which lessons need from the first minute, then the
 * packages for apt.
 */
#ifndef DRYDOCK_SETUP_STOCK_H
#define DRYDOCK_SETUP_STOCK_H

#include "sandbox/store/store.h"

/* Is all there, as this version makes it?  pools: the packages for apt too. */
bool stock_is_made(struct store *s, bool pools);
/* Fetches and makes what is missing, telling progress; what was made before an error
 * stays. */
int stock_make(struct store *s, bool pools, struct err *err);

#endif
