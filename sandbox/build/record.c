/*
 * record.c - what an image was built from, for whoever asks later
 *
 * Kept beside the build cache under the image's own id, which is a digest of something
 * else than every cache key.  A file of its own without a hash: the tutor reads records
 * and does not link the builder.
 */
#include "sandbox/build/build.h"

json_t *
build_record(struct store *store, const char *image_id, struct err *err)
{
	json_t *j = NULL;

	return store_cache_get(store, image_id, &j, err) == 1 ? j : NULL;
}
