/*
 * unpack_image.c - every layer of an image, for the current id map  [crypto]
 *
 * A layer that is missing here comes from the kept blob or from the other map's
 * unpacked one: a child writes its tar into a pipe, we unpack it and check the digest.
 */
#include "sandbox/store/layer_tar.h"
#include "sandbox/store/private.h"

struct remaking {
	struct store *store;
	const struct store_layer *layer;
};

static int
give_tar(void *from, int out, struct err *err)
{
	const struct remaking *r = from;
	enum idmap other = store_other_map(store_idmap(r->store));

	if (store_layer_bytes(r->store, r->layer->diff))
		return store_layer_tar(r->store, r->layer->chain, out, err);
	return layer_tar_of(r->store, other, r->layer, out, err);
}

static int
take_tar(void *to, int in, struct err *err)
{
	const struct remaking *r = to;
	struct store_layer made;

	return store_layer_unpack(
	    r->store, r->layer->parent, in, r->layer->diff, false, &made, err);
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
	struct remaking r = {s, layer};

	return store_pipe(give_tar, &r, take_tar, &r, err);
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
