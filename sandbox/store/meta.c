/*
 * meta.c - what is known of a layer besides its files
 */
#include "sandbox/store/private.h"

int
store_meta_read(struct store *s, const char *chain, struct store_layer *ret)
{
	cleanup_free char *path = xasprintf("layers/meta/%s", chain);
	struct err ignored = ERR_INIT;
	cleanup_json json_t *j = NULL;
	const char *diff, *parent;

	if (!store_is_hex(chain))
		return 0;
	j = json_read_file(s->dir, path, &ignored);
	diff = json_get_str(j, "diff", "");
	parent = json_get_str(j, "parent", "");
	if (!store_is_hex(diff) || (*parent != '\0' && !store_is_hex(parent)))
		return 0;
	str_copy(ret->chain, sizeof ret->chain, chain);
	str_copy(ret->diff, sizeof ret->diff, diff);
	str_copy(ret->parent, sizeof ret->parent, parent);
	ret->size = json_get_int(j, "size", 0);
	return 1;
}

int
store_layer_find(
    struct store *s, const char *chain, struct store_layer *ret, struct err *err)
{
	(void)err;
	return store_layer_in(s, store_idmap(s), chain) &&
	       store_meta_read(s, chain, ret) == 1;
}
