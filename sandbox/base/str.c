/*
 * str.c - questions about strings, and small changes to them
 */
#include "sandbox/base/str.h"
#include "sandbox/base/mem.h"
#include <ctype.h>
#include <stdlib.h>
#include <sys/random.h>
#include <unistd.h>
#include <wchar.h>

bool
str_starts(const char *s, const char *prefix)
{
	while (*prefix != '\0')
		if (*s++ != *prefix++)
			return false;
	return true;
}

bool
str_ends(const char *s, const char *suffix)
{
	size_t a = strlen(s), b = strlen(suffix);

	return a >= b && memcmp(s + a - b, suffix, b) == 0;
}

const char *
str_after(const char *s, const char *prefix)
{
	return str_starts(s, prefix) ? s + strlen(prefix) : NULL;
}

void
str_copy(char *out, size_t size, const char *s)
{
	size_t len = strnlen(s, size - 1);

	memmove(out, s, len);
	out[len] = '\0';
}

bool
str_to_u64(const char *s, uint64_t max, uint64_t *ret)
{
	uint64_t n = 0;

	if (*s == '\0')
		return false;
	for (; *s != '\0'; s++) {
		unsigned digit = (unsigned)(*s - '0');

		if (digit > 9 || n > (max - digit) / 10)
			return false;
		n = n * 10 + digit;
	}
	if (n > max)
		return false;
	*ret = n;
	return true;
}

char *
str_trim(char *s)
{
	size_t len;

	while (isspace((unsigned char)*s))
		s++;
	len = strlen(s);
	while (len > 0 && isspace((unsigned char)s[len - 1]))
		s[--len] = '\0';
	return s;
}

size_t
str_distance(const char *a, const char *b)
{
	size_t la = strlen(a), lb = strlen(b);
	cleanup_free size_t *row = xcalloc(lb + 1, sizeof *row);

	for (size_t j = 0; j <= lb; j++)
		row[j] = j;
	for (size_t i = 1; i <= la; i++) {
		size_t diagonal = row[0];

		row[0] = i;
		for (size_t j = 1; j <= lb; j++) {
			size_t change = diagonal + (a[i - 1] != b[j - 1]);
			size_t step = (row[j] < row[j - 1] ? row[j] : row[j - 1]) + 1;

			diagonal = row[j];
			row[j] = change < step ? change : step;
		}
	}
	return row[lb];
}

const char *
str_nearest(const char *s, const char *const *candidates, size_t limit)
{
	const char *best = NULL;

	for (; *candidates != NULL; candidates++) {
		size_t d = str_distance(s, *candidates);

		if (d < limit) {
			limit = d;
			best = *candidates;
		}
	}
	return best;
}

size_t
str_utf8_len(const char *s)
{
	unsigned char c = (unsigned char)*s;
	size_t want = c >= 0xf0 && c < 0xf8 ? 4 : c >= 0xe0 ? 3 : c >= 0xc2 ? 2 : 1;

	if (c < 0xc2 || c >= 0xf8)
		return 1;
	for (size_t i = 1; i < want; i++)
		if (((unsigned char)s[i] & 0xc0) != 0x80)
			return 1;
	return want;
}

static unsigned
decode(const char *s, size_t len)
{
	static const unsigned char lead[] = {0, 0x7f, 0x1f, 0x0f, 0x07};
	unsigned rune = (unsigned char)*s & lead[len];

	for (size_t i = 1; i < len; i++)
		rune = rune << 6 | ((unsigned char)s[i] & 0x3f);
	return rune;
}

/* Columns of one rune, without asking the locale (it may be "C"). */
static size_t
columns(unsigned r)
{
	if (r < 0x20 || (r >= 0x7f && r < 0xa0))
		return 0;
	if ((r >= 0x300 && r <= 0x36f) || (r >= 0x200b && r <= 0x200f) ||
	    (r >= 0x20d0 && r <= 0x20ff) || (r >= 0xfe00 && r <= 0xfe0f))
		return 0;
	if ((r >= 0x1100 && r <= 0x115f) || (r >= 0x2e80 && r <= 0x303e) ||
	    (r >= 0x3041 && r <= 0xa4cf) || (r >= 0xac00 && r <= 0xd7a3) ||
	    (r >= 0xf900 && r <= 0xfaff) || (r >= 0xfe30 && r <= 0xfe6f) ||
	    (r >= 0xff00 && r <= 0xff60) || (r >= 0xffe0 && r <= 0xffe6) ||
	    (r >= 0x1f300 && r <= 0x1f64f) || (r >= 0x1f680 && r <= 0x1f6ff) ||
	    (r >= 0x1f900 && r <= 0x1f9ff) || (r >= 0x20000 && r <= 0x3fffd))
		return 2;
	return 1;
}

/* Length of the escape sequence at s: CSI ends at a byte 0x40-0x7e, OSC at BEL or ESC \.
 */
static size_t
escape_len(const char *s)
{
	size_t i = 2;

	if (s[1] == '[') {
		while (s[i] != '\0' && !(s[i] >= 0x40 && s[i] <= 0x7e))
			i++;
		return s[i] != '\0' ? i + 1 : i;
	}
	if (s[1] == ']') {
		for (; s[i] != '\0'; i++) {
			if (s[i] == '\a')
				return i + 1;
			if (s[i] == '\033' && s[i + 1] == '\\')
				return i + 2;
		}
		return i;
	}
	return s[1] != '\0' ? 2 : 1;
}

size_t
str_width(const char *s)
{
	size_t width = 0;

	while (*s != '\0') {
		size_t len;

		if (*s == '\033') {
			s += escape_len(s);
			continue;
		}
		len = str_utf8_len(s);
		width +=
		    len == 1 && (unsigned char)*s >= 0x80 ? 1 : columns(decode(s, len));
		s += len;
	}
	return width;
}

void
str_hex(const unsigned char *bytes, size_t len, char *out)
{
	static const char digit[] = "0123456789abcdef";

	for (size_t i = 0; i < len; i++) {
		out[2 * i] = digit[bytes[i] >> 4];
		out[2 * i + 1] = digit[bytes[i] & 15];
	}
	out[2 * len] = '\0';
}

void
str_random_hex(char *out, size_t len)
{
	unsigned char bytes[128];
	char hex[2 * sizeof bytes + 1];

	while (len > 0) {
		size_t part = len < 2 * sizeof bytes ? len : 2 * sizeof bytes;

		/* Up to 256 bytes never fail or come short once the pool is ready. */
		if (getrandom(bytes, sizeof bytes, 0) != (ssize_t)sizeof bytes)
			_exit(125);
		str_hex(bytes, sizeof bytes, hex);
		memcpy(out, hex, part);
		out += part;
		len -= part;
	}
	*out = '\0';
}
