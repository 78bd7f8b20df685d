/*
 * run.h - the parts of run's and create's options (private to the docker module)
 *
 * config.c puts them in Docker's order; each part fills its members of the container's
 * configuration from options and image (the object "config" of its JSON).  0, or -1 and
 * an error in Docker's words.
 */
#ifndef DRYDOCK_DOCKER_RUN_H
#define DRYDOCK_DOCKER_RUN_H

#include "sandbox/docker/command.h"

/* ---- run_env.c: what the user says; then what the image says of others */
int run_take_env(struct docker *d, struct container_config *c, struct err *err);
int run_take_labels(struct docker *d, struct container_config *c, struct err *err);
void run_merge_env(struct container_config *c, const json_t *image);
void run_merge_labels(struct container_config *c, const json_t *image);

/* ---- run_check.c */

/* --mount is read as an option, so it is complained about as one. */
int run_check_flags(const struct docker *d, struct err *err);
/* What the command line itself finds wrong, before the engine is asked. */
int run_check_client(const struct opts *o, struct err *err);
/* What the engine finds wrong before it looks for the image. */
int run_check_engine(const struct opts *o, struct err *err);
/* What Docker can do and this engine cannot: says so. */
int run_check_able(const struct opts *o, struct err *err);

/* ---- run_host.c: what the engine is to do beside the program */
int run_take_host(struct docker *d, struct container_config *c, struct err *err);
/* --health-*, merged with the image's HEALTHCHECK. */
void run_take_health(
    const struct opts *o, struct container_config *c, const json_t *image);

#endif
