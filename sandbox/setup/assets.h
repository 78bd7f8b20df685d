/*
 * assets.h - the data that setup needs, linked into the program
 *
 * Files of the folder assets/, so that a program that was copied away from its
 * source still can set up.
 */
#ifndef DRYDOCK_SETUP_ASSETS_H
#define DRYDOCK_SETUP_ASSETS_H

#include <stddef.h>

/* Bytes of assets/NAME, with a NUL after them; NULL when there is no such asset.
 * Borrowed. */
const char *asset(const char *name, size_t *ret_len);

#endif
