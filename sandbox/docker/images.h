/*
 * images.h - what images.c and images_tree.c share
 */
#ifndef DRYDOCK_DOCKER_IMAGES_H
#define DRYDOCK_DOCKER_IMAGES_H

#include "sandbox/docker/command.h"

struct row {
	const struct session_image *image;
	struct vec tags; /* shown ones, canonical */
	struct store_image facts;
};

/* Says which option does not go with --tree: 1; else 0. */
int images_tree_refused(const struct opts *o);
/* Sorts the rows by name and prints them. */
void images_tree(struct docker *d, struct row *rows, size_t count, struct buf *out);

#endif
