/*
 * added_private.h - between the files of added.h
 */
#ifndef DRYDOCK_SETUP_ADDED_PRIVATE_H
#define DRYDOCK_SETUP_ADDED_PRIVATE_H

#include "sandbox/setup/added.h"
#include "sandbox/setup/gather.h"

/* Moves what was gathered, and is neither there nor in the folder stock, into folder and
 * prints each name; how many these are. */
int added_take(struct gather *g, const char *folder, const char *stock, const char *end,
    struct err *err);

#endif
