/*
 * image_add.c - giving content its name: digests, chain ids, run records  [crypto]
 */
#include "sandbox/base/hash.h"
#include "sandbox/store/private.h"
#include <stdlib.h>

int
store_put_blob(
    struct store *s, const void *data, size_t len, char hex[65], struct err *err)
{
	hash_data(data, len, hex);
	return store_has_blob(s, hex)
		   ? 0
		   : store_write(s, "blobs", hex, data, len, true, err);
}

void
store_chain_id(const char *parent, const char *diff, char chain[65])
{
	cleanup_free char *text = NULL;

	if (parent == NULL || *parent == '\0') {
		memmove(chain, diff, HEX + 1);
		return;
	}
	text = xasprintf("sha256:%s sha256:%s", parent, diff);
	hash_data(text, strlen(text), chain);
}

/* Chains of the diff ids, topmost first, and the sum of their sizes. */
static int
collect(struct store *s, const struct image_config *c, struct store_image *ret,
    struct err *err)
{
	char chain[HEX + 1] = "";

	for (size_t i = 0; i < c->diff_ids.len; i++) {
		const char *diff = image_digest_hex(c->diff_ids.v[i]);
		struct store_layer layer;

		store_chain_id(chain, diff, chain);
		vec_insert(&ret->chains, 0, chain);
		vec_add(&ret->diffs, diff);
		if (store_meta_read(s, chain, &layer) != 1)
			return err_set(
			    err, ERR_NOT_FOUND, "layer %.12s is missing", chain);
		ret->size += layer.size;
	}
	return 0;
}

int
store_run_write(
    struct store *s, const char *id, const void *config, size_t len, struct err *err)
{
	cleanup_image_config struct image_config c = IMAGE_CONFIG_INIT;
	cleanup_store_image struct store_image i = STORE_IMAGE_INIT;
	cleanup_json json_t *whole = NULL, *record = NULL;
	json_t *member;

	if (image_config_decode(config, len, &c, err) < 0 || collect(s, &c, &i, err) < 0)
		return -1;
	whole = json_loadb(config, len, 0, NULL);
	member = json_object_get(whole, "config");
	record = json_object();
	json_object_set_new(record, "chains", json_from_vec(&i.chains));
	json_object_set_new(record, "diffs", json_from_vec(&i.diffs));
	json_object_set_new(record, "size", json_integer(i.size));
	json_object_set_new(record, "created", json_integer(c.created));
	json_object_set_new(record, "config",
	    json_is_object(member) ? json_incref(member) : json_object());
	return store_write_json(s, "run", id, record, true, err);
}

int
store_add_image(
    struct store *s, const void *config, size_t len, char id[65], struct err *err)
{
	cleanup_store_image struct store_image there = STORE_IMAGE_INIT;

	hash_data(config, len, id);
	if (store_has_blob(s, id) && store_run_read(s, id, &there) == 0)
		return 0;
	/* the record first: an image is there when its config is */
	if (store_run_write(s, id, config, len, err) < 0 ||
	    store_put_blob(s, config, len, id, err) < 0)
		return err_while(err, "adding image %.12s", id);
	return 0;
}
