/*
 * added.h - what was added to the stock of pip and apt
 *
 * Kept in DRYDOCK_HOME/added: wheels/ and apt/SUITE/.  Whenever wheels or pools are made
 * anew, what lies there goes into them.
 */
#ifndef DRYDOCK_SETUP_ADDED_H
#define DRYDOCK_SETUP_ADDED_H

#include "sandbox/store/store.h"

#define ADDED_WHEELS "added/wheels"
#define ADDED_APT "added/apt"

/* Gets what the requirements file of pip asks for, as the image python:3.9-slim would
 * install it, from this machine's package index.  All or nothing: ERR_NOT_FOUND names
 * what cannot be had.  Prints what was added. */
int added_wheels(struct store *s, const char *requirements, struct err *err);
/* Gets the Debian packages, with what they need, for each suite that has them.  list:
 * a file of names (# comments), else names with commas or blanks between.  The same. */
int added_debs(struct store *s, const char *list, struct err *err);

/* Names of the files in home/folder that end so, sorted; none when it is missing. */
void added_list(int home, const char *folder, const char *end, struct vec *names);

#endif
