/*
 * hash.c - SHA-256 by nettle
 */
#include "sandbox/base/hash.h"
#include "sandbox/base/mem.h"
#include "sandbox/base/str.h"
#include <errno.h>
#include <nettle/sha2.h>
#include <stdlib.h>
#include <unistd.h>

struct hash {
	struct sha256_ctx ctx;
};

struct hash *
hash_new(void)
{
	struct hash *h = xmalloc(sizeof *h);

	sha256_init(&h->ctx);
	return h;
}

void
hash_add(struct hash *h, const void *data, size_t len)
{
	sha256_update(&h->ctx, len, data);
}

void
hash_hex(struct hash *h, char out[HASH_HEX + 1])
{
	unsigned char raw[SHA256_DIGEST_SIZE];

	sha256_digest(&h->ctx, sizeof raw, raw);
	str_hex(raw, sizeof raw, out);
	hash_free(h);
}

void
hash_free(struct hash *h)
{
	free(h);
}

void
hash_data(const void *data, size_t len, char out[HASH_HEX + 1])
{
	struct hash *h = hash_new();

	hash_add(h, data, len);
	hash_hex(h, out);
}

int
hash_fd(int fd, char out[HASH_HEX + 1], struct err *err)
{
	struct hash *h = hash_new();
	char block[65536];
	ssize_t n;

	for (;;) {
		n = read(fd, block, sizeof block);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		hash_add(h, block, (size_t)n);
	}
	if (n < 0) {
		err_sys(err, "cannot read");
		hash_free(h);
		return -1;
	}
	hash_hex(h, out);
	return 0;
}
