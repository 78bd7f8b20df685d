/*
 * made.h - an image that is made without a build: commit, import (private to the module)
 */
#ifndef DRYDOCK_DOCKER_MADE_H
#define DRYDOCK_DOCKER_MADE_H

#include "sandbox/docker/command.h"

/* The diff id of a layer with nothing in it: 1024 zeros. */
#define MADE_EMPTY_LAYER \
	"5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef"

/* The image's name; no digest is possible. */
int made_ref(const char *text, struct image_ref *ret, struct err *err);
/* All --change put to the config. */
int made_change(struct docker *d, struct image_config *config, struct err *err);
/* Keeps it as an image of the session, tagged ref (NULL: not), and prints its id. */
int made_image(struct docker *d, const struct image_config *config,
    const struct image_ref *ref, char id[65], struct err *err);

#endif
