/*
 * record.c - RECORD, the list of an installed wheel's files
 */
#include "sandbox/setup/wheel.h"
#include <nettle/sha2.h>

void
record_add(struct buf *out, const char *path, const void *data, size_t len)
{
	unsigned char sum[SHA256_DIGEST_SIZE];
	struct sha256_ctx sha;
	bool quote = strpbrk(path, ",\"") != NULL;

	sha256_init(&sha);
	sha256_update(&sha, len, data);
	sha256_digest(&sha, sizeof sum, sum);
	cleanup_free char *text = base64_encode_url(sum, sizeof sum);
	if (quote)
		buf_addc(out, '"');
	for (const char *c = path; *c != '\0'; c++) {
		if (*c == '"')
			buf_addc(out, '"');
		buf_addc(out, *c);
	}
	buf_addf(out, "%s,sha256=%s,%zu\n", quote ? "\"" : "", text, len);
}
