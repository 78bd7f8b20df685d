/*
 * pressed_record.c - what is known of layers in the form in which they travel
 *
 *     store/pressed/DIFF       {"hex":..., "size":bytes, "seen":["host/name", ...]}
 *     store/pressed/of-HEX     DIFF, for the way back
 *
 * Nothing here hashes or presses: that is pressed.c.
 */
#include "sandbox/store/private.h"

enum { SEEN_MAX = 16 };

static json_t *
read_record(struct store *s, const char *diff)
{
	cleanup_free char *path = xasprintf("pressed/%s", diff);
	struct err ignored = ERR_INIT;

	return store_is_hex(diff) ? json_read_file(s->dir, path, &ignored) : NULL;
}

int
store_pressed_find(struct store *s, const char *diff, struct store_pressed *ret)
{
	cleanup_json json_t *j = read_record(s, diff);
	const char *hex = json_get_str(j, "hex", "");

	if (!store_is_hex(hex))
		return 0;
	str_copy(ret->hex, sizeof ret->hex, hex);
	ret->size = json_get_int(j, "size", 0);
	ret->kept = store_has_blob(s, hex);
	return 1;
}

int
store_pressed_of(struct store *s, const char *hex, char diff[65])
{
	cleanup_free char *path = xasprintf("pressed/of-%s", hex);
	cleanup_buf struct buf b = BUF_INIT(HEX + 1);
	struct err ignored = ERR_INIT;

	if (!store_is_hex(hex) || fd_read_file(s->dir, path, &b, &ignored) < 0 ||
	    !store_is_hex(b.s))
		return 0;
	str_copy(diff, HEX + 1, b.s);
	return 1;
}

int
store_pressed_set(
    struct store *s, const char *diff, const char *hex, int64_t size, struct err *err)
{
	cleanup_json json_t *j = read_record(s, diff);
	cleanup_free char *back = xasprintf("of-%s", hex);

	if (store_make_dir(s->dir, "pressed", 0700, err) < 0)
		return -1;
	if (j == NULL)
		j = json_object();
	json_object_set_new(j, "hex", json_string(hex));
	json_object_set_new(j, "size", json_integer(size));
	if (store_write(s, "pressed", back, diff, strlen(diff), false, err) < 0)
		return -1;
	return store_write_json(s, "pressed", diff, j, false, err);
}

void
store_pressed_seen(struct store *s, const char *diff, const char *repository)
{
	cleanup_json json_t *j = read_record(s, diff);
	json_t *seen = json_object_get(j, "seen"), *one;
	struct err ignored = ERR_INIT;
	size_t i;

	if (j == NULL)
		return;
	if (!json_is_array(seen))
		json_object_set_new(j, "seen", seen = json_array());
	json_array_foreach(
	    seen, i, one) if (json_is_string(one) &&
			      str_eq(json_string_value(one), repository)) return;
	json_array_insert_new(seen, 0, json_string(repository));
	while (json_array_size(seen) > SEEN_MAX)
		json_array_remove(seen, SEEN_MAX);
	store_write_json(s, "pressed", diff, j, false, &ignored);
}

void
store_pressed_where(struct store *s, const char *diff, struct vec *repositories)
{
	cleanup_json json_t *j = read_record(s, diff);

	json_get_vec(j, "seen", repositories);
}
