/*
 * private.h - what the files of this module share
 */
#ifndef DRYDOCK_FETCH_PRIVATE_H
#define DRYDOCK_FETCH_PRIVATE_H

#include "sandbox/fetch/fetch.h"

/* The file that a job writes until it is complete.  Gives; free(). */
char *fetch_part_name(const struct fetch_job *job);

#endif
