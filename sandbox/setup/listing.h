/*
 * listing.h - what pip and apt find here without a network, for people to read
 */
#ifndef DRYDOCK_SETUP_LISTING_H
#define DRYDOCK_SETUP_LISTING_H

#include "sandbox/base/base.h"

/* Prints names and versions on standard output: wheels, then the packages of each
 * release of Debian. */
int listing_print(int home, struct err *err);

#endif
