/*
 * mounts.h - the texts of -v, --tmpfs and --mount (private to the docker module)
 */
#ifndef DRYDOCK_DOCKER_MOUNTS_H
#define DRYDOCK_DOCKER_MOUNTS_H

#include "sandbox/docker/command.h"

/* A --mount as written; members are NULL when they were not. */
struct mount_flag {
	char *type, *source, *target, *size, *mode;
	bool readonly, nocopy;
};
#define cleanup_mount_flag __attribute__((cleanup(mount_flag_done)))

/* Fills a zeroed *f (mount_flag_done() after a failure too).  ERR_INPUT in the command
 * line's words. */
int mount_flag_parse(struct mount_flag *f, const char *text, struct err *err);
void mount_flag_done(struct mount_flag *f);

/* What the command line itself finds wrong with a -v text: ERR_INPUT. */
int docker_check_volume(const char *text, struct err *err);

/* All of -v, --mount and --tmpfs, and the image's own volumes, into c; errors in the
 * engine's words. */
int docker_take_mounts(
    struct docker *d, struct container_config *c, const json_t *image, struct err *err);

#endif
