/*
 * unpack_image.c - every layer of an image, for the current id map  [crypto]
 *
 * A layer that is missing here comes from the kept blob or from the other map's
 * unpacked one: a child writes its tar into a pipe, we unpack it and check the digest.
 */
#include "sandbox/store/layer_tar.h"
#include "sandbox/store/private.h"
#include <fcntl.h>
#include <unistd.h>

struct source {
	struct store *store;
	const struct store_layer *layer;
	int out, other; /* the pipe; other is its reader's end */
};

static int
give_tar(void *arg, struct err *err)
{
	struct source *from = arg;
	enum idmap other = store_other_map(store_idmap(from->store));

	close(from->other); /* else the reader could never hang up */
	if (store_layer_bytes(from->store, from->layer->diff))
		return store_layer_tar(from->store, from->layer->chain, from->out, err);
	return layer_tar_of(from->store, other, from->layer, from->out, err);
}

bool
store_layer_bytes(struct store *s, const char *diff)
{
	struct store_pressed p;

	return store_has_blob(s, diff) || (store_pressed_find(s, diff, &p) && p.kept);
}

int
store_layer_remake(struct store *s, const struct store_layer *layer, struct err *err)
{
	struct source from = {.store = s, .layer = layer};
	struct err source_err = ERR_INIT;
	struct store_layer made;
	struct store_job job;
	int ends[2], rc;

	if (pipe2(ends, O_CLOEXEC) < 0)
		return err_sys(err, "cannot make a pipe");
	from.out = ends[1];
	from.other = ends[0];
	rc = store_job_start(&job, give_tar, &from, err);
	close(ends[1]);
	if (rc == 0) {
		rc = store_layer_unpack(
		    s, layer->parent, ends[0], layer->diff, false, &made, err);
		close(ends[0]);
		/* a source that failed is why the rest did */
		if (store_job_wait(&job, &source_err) < 0 && rc < 0)
			*err = source_err;
		return rc;
	}
	close(ends[0]);
	return -1;
}

static int
ensure(struct store *s, const char *parent, const char *diff, char chain[65],
    struct err *err)
{
	struct store_layer layer = {.size = 0};

	store_chain_id(parent, diff, layer.chain);
	str_copy(layer.parent, sizeof layer.parent, parent);
	str_copy(layer.diff, sizeof layer.diff, diff);
	str_copy(chain, 65, layer.chain);
	if (store_layer_find(s, chain, &layer, err) == 1)
		return 0;
	if (!store_layer_bytes(s, diff) &&
	    !store_layer_in(s, store_other_map(store_idmap(s)), chain))
		return err_set(err, ERR_NOT_FOUND, "layer %.12s is missing", chain);
	return store_layer_remake(s, &layer, err);
}

int
store_unpack_image(struct store *s, const char *id, struct err *err)
{
	cleanup_image_config struct image_config c = IMAGE_CONFIG_INIT;
	cleanup_store_image struct store_image there = STORE_IMAGE_INIT;
	cleanup_buf struct buf json = BUF_INIT(IMAGE_JSON_MAX);
	char parent[65] = "", chain[65];

	if (store_read_blob(s, id, &json, err) < 0 ||
	    image_config_decode(json.s, json.len, &c, err) < 0)
		return err_while(err, "reading the image config %.12s", id);
	for (size_t i = 0; i < c.diff_ids.len; i++) {
		const char *diff = image_digest_hex(c.diff_ids.v[i]);

		if (ensure(s, parent, diff, chain, err) < 0)
			return -1;
		str_copy(parent, 65, chain);
	}
	if (store_run_read(s, id, &there) == 0)
		return 0;
	return store_run_write(s, id, json.s, json.len, err);
}
