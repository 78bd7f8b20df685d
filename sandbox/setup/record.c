/*
 * record.c - RECORD, the list of an installed wheel's files
 */
#include "sandbox/setup/wheel.h"
#include <openssl/evp.h>

void
record_add(struct buf *out, const char *path, const void *data, size_t len)
{
	unsigned char sum[EVP_MAX_MD_SIZE], text[2 * EVP_MAX_MD_SIZE];
	unsigned int n = 0;
	bool quote = strpbrk(path, ",\"") != NULL;

	EVP_Digest(data, len, sum, &n, EVP_sha256(), NULL);
	EVP_EncodeBlock(text, sum, (int)n);
	for (unsigned char *c = text; *c != '\0'; c++) {
		if (*c == '+')
			*c = '-';
		else if (*c == '/')
			*c = '_';
	}
	text[strcspn((char *)text, "=")] = '\0'; /* the padding */
	if (quote)
		buf_addc(out, '"');
	for (const char *c = path; *c != '\0'; c++) {
		if (*c == '"')
			buf_addc(out, '"');
		buf_addc(out, *c);
	}
	buf_addf(out, "%s,sha256=%s,%zu\n", quote ? "\"" : "", (char *)text, len);
}
