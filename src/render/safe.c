/*
 * safe.c - text from outside, made harmless for a terminal
 *
 * Nothing here decides how text looks, only that it cannot do anything.
 */
#include "src/render/render.h"

static const char stand_in[] = "\xef\xbf\xbd"; /* U+FFFD */

/* The rune at s, or -1 when the bytes are no UTF-8. */
static long
rune_at(const unsigned char *s, size_t left, size_t *ret_len)
{
	static const unsigned char lead[] = {0, 0x7f, 0x1f, 0x0f, 0x07};
	size_t n = s[0] < 0x80                   ? 1
		   : s[0] >= 0xc2 && s[0] < 0xe0 ? 2
		   : s[0] >= 0xe0 && s[0] < 0xf0 ? 3
		   : s[0] >= 0xf0 && s[0] < 0xf5 ? 4
						 : 0;
	long rune;

	*ret_len = 1;
	if (n == 0 || n > left)
		return -1;
	rune = s[0] & lead[n];
	for (size_t i = 1; i < n; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return -1;
		rune = rune << 6 | (s[i] & 0x3f);
	}
	if ((n == 3 && rune < 0x800) || (n == 4 && rune < 0x10000) || rune > 0x10ffff ||
	    (rune >= 0xd800 && rune < 0xe000))
		return -1;
	*ret_len = n;
	return rune;
}

/* Characters that reorder or hide text, or that terminals take as controls. */
static bool
is_tricky(long rune)
{
	return (rune >= 0x80 && rune < 0xa0) || rune == 0x61c || rune == 0x200e ||
	       rune == 0x200f || (rune >= 0x2028 && rune <= 0x202e) ||
	       (rune >= 0x2066 && rune <= 0x2069) || (rune >= 0xe0000 && rune <= 0xe007f);
}

void
render_safe(const char *s, size_t len, struct buf *out)
{
	for (size_t i = 0, n; i < len; i += n) {
		long rune = rune_at((const unsigned char *)s + i, len - i, &n);

		if (rune < 0 || is_tricky(rune))
			buf_adds(out, stand_in);
		else if (rune == 0x7f)
			buf_adds(out, "\xe2\x90\xa1");
		else if (rune < 0x20 && rune != '\n' && rune != '\t')
			buf_addf(
			    out, "\xe2\x90%c", (char)(0x80 + rune)); /* U+2400 + rune */
		else
			buf_add(out, s + i, n);
	}
}
