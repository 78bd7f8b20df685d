/*
 * save.h - an image as an archive, for `save` and `build -o type=oci`
 *
 * Needs libarchive: for commands of the program `build` only.  Private to the module.
 */
#ifndef DRYDOCK_DOCKER_SAVE_H
#define DRYDOCK_DOCKER_SAVE_H

#include "sandbox/docker/command.h"

/* Writes the image and its tags (canonical references; NULL: none) to fd, an OCI layout
 * and what older readers want in one tar. */
int docker_save_image(
    struct docker *d, const char *id, const struct vec *tags, int fd, struct err *err);

#endif
