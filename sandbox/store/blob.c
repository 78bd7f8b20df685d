/*
 * blob.c - reading bytes that are named by their SHA-256
 *
 * Nothing here hashes: what got its name was checked when it got it.
 */
#include "sandbox/store/private.h"
#include <fcntl.h>
#include <unistd.h>

bool
store_is_hex(const char *s)
{
	return strspn(s, "0123456789abcdef") == HEX && s[HEX] == '\0';
}

static char *
blob_path(const char *hex)
{
	return xasprintf("blobs/%s", hex);
}

bool
store_has_blob(struct store *s, const char *hex)
{
	cleanup_free char *path = blob_path(hex);

	return store_is_hex(hex) && faccessat(s->dir, path, R_OK, 0) == 0;
}

int
store_open_blob(struct store *s, const char *hex, struct err *err)
{
	cleanup_free char *path = blob_path(hex);
	int fd;

	if (!store_has_blob(s, hex))
		return err_set(err, ERR_NOT_FOUND, "there is no blob '%s'", hex);
	fd = openat(s->dir, path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	return fd < 0 ? err_sys(err, "cannot open '%s'", path) : fd;
}

int
store_read_blob(struct store *s, const char *hex, struct buf *out, struct err *err)
{
	cleanup_fd int fd = store_open_blob(s, hex, err);

	return fd < 0 ? -1 : fd_slurp(fd, hex, out, err);
}

int
store_read_config(
    struct store *s, const char *id, struct image_config *ret, struct err *err)
{
	cleanup_buf struct buf b = BUF_INIT(IMAGE_JSON_MAX);

	if (store_read_blob(s, id, &b, err) < 0 ||
	    image_config_decode(b.s, b.len, ret, err) < 0)
		return err_while(err, "reading the image config %.12s", id);
	return 0;
}
