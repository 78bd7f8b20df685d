/*
 * pressed.c - layers in the form in which they travel: gzip  [crypto]
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
};

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
