/*
 * hash.c - SHA-256 by libcrypto
 */
#include "sandbox/base/hash.h"
#include "sandbox/base/mem.h"
#include "sandbox/base/str.h"
#include <errno.h>
#include <openssl/evp.h>
#include <unistd.h>

struct hash {
	EVP_MD_CTX *ctx;
};

struct hash *
hash_new(void)
{
	struct hash *h = xmalloc(sizeof *h);

	h->ctx = EVP_MD_CTX_new();
	if (h->ctx == NULL || EVP_DigestInit_ex(h->ctx, EVP_sha256(), NULL) != 1)
		_exit(125);
	return h;
}

void
hash_add(struct hash *h, const void *data, size_t len)
{
	EVP_DigestUpdate(h->ctx, data, len);
}

void
hash_hex(struct hash *h, char out[HASH_HEX + 1])
{
	unsigned char raw[EVP_MAX_MD_SIZE];
	unsigned len = 0;

	EVP_DigestFinal_ex(h->ctx, raw, &len);
	str_hex(raw, HASH_HEX / 2, out);
	hash_free(h);
}

void
hash_free(struct hash *h)
{
	if (h == NULL)
		return;
	EVP_MD_CTX_free(h->ctx);
	mem_free_p(&h);
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
