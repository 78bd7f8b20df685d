/*
 * pressed.c - layers in the form in which they travel: gzip  [crypto]
 *
 *     store/pressed/DIFF       {"hex":..., "size":bytes, "seen":["host/name", ...]}
 *     store/pressed/of-HEX     DIFF, for the way back
 *
 * The same layer is the same bytes each time (no time and no name in the gzip header, one
 * level), and once its digest has left the machine they are kept as a blob: a registry
 * that has them is never sent them again.
 */
#include "sandbox/store/private.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

enum {
	LEVEL = 6,      /* what Docker's gzip does by default */
	GZIP = 15 + 16, /* zlib: window bits and "write a gzip header" */
	MEMORY = 8,
	BLOCK = 1 << 17,
	SEEN_MAX = 16,
};

/* ---- records -------------------------------------------------------------------- */

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

/* ---- pressing ------------------------------------------------------------------- */

struct pressing {
	struct store *store;
	const char *chain;
	int out;
};

static int
give_tar(void *from, int out, struct err *err)
{
	const struct pressing *p = from;

	return store_layer_tar(p->store, p->chain, out, err);
}

/* Deflates n bytes of in (0: the end) to fd. */
static int
squeeze(z_stream *z, const unsigned char *in, size_t n, int fd, struct err *err)
{
	unsigned char out[BLOCK];
	int flush = n == 0 ? Z_FINISH : Z_NO_FLUSH;

	z->next_in = (unsigned char *)(uintptr_t)in;
	z->avail_in = (unsigned)n;
	do {
		z->next_out = out;
		z->avail_out = sizeof out;
		if (deflate(z, flush) == Z_STREAM_ERROR)
			return err_set(err, ERR_CORRUPT, "zlib: %s", z->msg);
		if (fd_write_all(fd, out, sizeof out - z->avail_out) < 0)
			return err_sys(err, "cannot write a compressed layer");
	} while (z->avail_out == 0);
	return 0;
}

static int
press(void *to, int in, struct err *err)
{
	const struct pressing *p = to;
	unsigned char block[BLOCK];
	z_stream z = {.zalloc = Z_NULL};
	ssize_t n;
	int rc = 0;

	if (deflateInit2(&z, LEVEL, Z_DEFLATED, GZIP, MEMORY, Z_DEFAULT_STRATEGY) != Z_OK)
		return err_set(err, ERR_LIMIT, "no memory to compress a layer");
	do {
		n = read(in, block, sizeof block);
		if (n < 0 && errno == EINTR)
			continue;
		rc = n < 0 ? err_sys(err, "cannot read a layer")
			   : squeeze(&z, block, (size_t)n, p->out, err);
	} while (n != 0 && rc == 0);
	deflateEnd(&z);
	return rc;
}

int
store_pressed_make(struct store *s, const char *chain, const char *diff,
    struct store_pressed *ret, struct err *err)
{
	cleanup_fd int out = -1;
	struct pressing p = {.store = s, .chain = chain};
	struct stat st;

	if (store_pressed_find(s, diff, ret) && ret->kept)
		return 0;
	p.out = out = store_incoming_temp(s, err);
	if (out < 0 || store_pipe(give_tar, &p, press, &p, err) < 0 ||
	    store_blob_adopt(s, out, NULL, ret->hex, err) < 0)
		return err_while(err, "compressing the layer %.12s", diff);
	if (fstat(out, &st) < 0)
		return err_sys(err, "cannot look at a compressed layer");
	ret->size = st.st_size;
	ret->kept = true;
	return store_pressed_set(s, diff, ret->hex, ret->size, err);
}
