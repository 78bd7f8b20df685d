/*
 * base64.c - three bytes are four digits
 */
#include "sandbox/base/base64.h"
#include <string.h>

static const char plain[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
static const char url[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

static char *
encode(const void *data, size_t len, const char *digits, bool pad)
{
	struct buf b = BUF_INIT(BUF_OURS);
	const unsigned char *s = data;

	for (size_t i = 0; i < len; i += 3) {
		size_t n = len - i < 3 ? len - i : 3;
		unsigned long bits = (unsigned long)s[i] << 16;

		bits |= n > 1 ? (unsigned long)s[i + 1] << 8 : 0;
		bits |= n > 2 ? (unsigned long)s[i + 2] : 0;
		for (size_t k = 0; k < 4; k++) {
			if (k <= n)
				buf_addc(&b, digits[bits >> (18 - 6 * k) & 63]);
			else if (pad)
				buf_addc(&b, '=');
		}
	}
	return buf_take(&b);
}

char *
base64_encode(const void *data, size_t len)
{
	return encode(data, len, plain, true);
}

char *
base64_encode_url(const void *data, size_t len)
{
	return encode(data, len, url, false);
}

static int
value_of(char c)
{
	const char *p = c != '\0' ? strchr(plain, c) : NULL;

	if (p != NULL)
		return (int)(p - plain);
	return c == '-' ? 62 : c == '_' ? 63 : -1;
}

bool
base64_decode(const char *text, struct buf *out)
{
	size_t len = strlen(text);
	unsigned long bits = 0;
	int have = 0;

	while (len > 0 && text[len - 1] == '=')
		len--;
	if (len % 4 == 1)
		return false;
	for (size_t i = 0; i < len; i++) {
		int v = value_of(text[i]);

		if (v < 0)
			return false;
		bits = (bits << 6 | (unsigned long)v) & 0xffffff;
		have += 6;
		if (have >= 8) {
			have -= 8;
			buf_addc(out, (char)(bits >> have & 0xff));
		}
	}
	return !out->failed;
}
