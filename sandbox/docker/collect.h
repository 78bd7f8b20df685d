/*
 * collect.h - layers that nobody needs any more (private to the module)
 */
#ifndef DRYDOCK_DOCKER_COLLECT_H
#define DRYDOCK_DOCKER_COLLECT_H

#include "sandbox/docker/command.h"

/* Appends the chains of the image's layers, topmost first, without doubles. */
void docker_image_layers(struct docker *d, const char *id, struct vec *ret);
/* Takes out of chains what an image or container of the session, or the build cache,
 * stands on. */
int docker_unclaimed(struct docker *d, struct vec *chains, struct err *err);
/* Sum of the layers' sizes. */
int64_t docker_layers_size(struct docker *d, const struct vec *chains);
/* Takes away all that no session of this DRYDOCK_HOME needs.  While somebody makes an
 * image nothing is: the next collection finds it. */
int docker_collect(struct docker *d, struct err *err);

#endif
