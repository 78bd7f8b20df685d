/*
 * df.h - what lies on the disk, as `docker system df` counts it (private to the module)
 */
#ifndef DRYDOCK_DOCKER_DF_H
#define DRYDOCK_DOCKER_DF_H

#include "sandbox/docker/cache_records.h"

struct df_image {
	const struct session_image *image;
	struct store_image facts;
	long long containers;
	int64_t shared;
};

struct df {
	struct docker *d;
	struct session_images all;
	struct df_image *images;
	size_t nimages;
	struct docker_row *rows;
	ssize_t nrows;
	struct vec volumes;
	struct cache_records cache;
};

/* How many containers have the volume. */
long long df_links(const struct df *f, const char *volume);
/* Bytes of the build cache that no image stands on; *ret_busy (may be NULL): of those in
 * use. */
int64_t df_cache_size(const struct df *f, int64_t *ret_busy);
/* What -v prints; 0, or -1 and *err. */
int df_tables(struct df *f, struct err *err);

#endif
