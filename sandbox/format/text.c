/*
 * text.c - cutting and quoting, as Go's strconv.Quote and Docker's Ellipsis do
 */
#include "sandbox/base/base.h"
#include "sandbox/format/private.h"

char *
format_ellipsis(const char *s, size_t cells)
{
	struct buf b = BUF_INIT(BUF_OURS);
	size_t used = 0;

	if (str_width(s) <= cells)
		return xstrdup(s);
	while (*s != '\0' && cells > 0) {
		char rune[8] = "";
		size_t len = str_utf8_len(s), width;

		memcpy(rune, s, len);
		width = str_width(rune);
		if (used + width > cells - 1)
			break;
		buf_add(&b, s, len);
		used += width;
		s += len;
	}
	if (cells > 0)
		buf_adds(&b, "\xe2\x80\xa6");
	return buf_take(&b);
}

/* Ranges of runes from U+0080 on that Go does not call printable: controls, all blanks
 * but ASCII's, format characters, private use. */
static const struct {
	uint32_t first, last;
} unprintable[] = {
    {0x80, 0xa0},
    {0xad, 0xad},
    {0x600, 0x605},
    {0x1680, 0x1680},
    {0x180e, 0x180e},
    {0x2000, 0x200f},
    {0x2028, 0x202f},
    {0x205f, 0x206f},
    {0x3000, 0x3000},
    {0xe000, 0xf8ff},
    {0xfeff, 0xfeff},
    {0xfff0, 0xfffb},
    {0xfffe, 0xffff},
    {0xe0000, 0x10ffff},
};

uint32_t
format_rune(const char *s, size_t *ret_len)
{
	const unsigned char *u = (const unsigned char *)s;
	size_t len = str_utf8_len(s);

	*ret_len = len;
	switch (len) {
	case 2: return (u[0] & 0x1fU) << 6 | (u[1] & 0x3fU);
	case 3: return (u[0] & 0x0fU) << 12 | (u[1] & 0x3fU) << 6 | (u[2] & 0x3fU);
	case 4:
		return (u[0] & 0x07U) << 18 | (u[1] & 0x3fU) << 12 | (u[2] & 0x3fU) << 6 |
		       (u[3] & 0x3fU);
	default: return u[0];
	}
}

bool
format_rune_prints(uint32_t rune)
{
	for (size_t i = 0; i < ARRAY_LEN(unprintable); i++)
		if (rune >= unprintable[i].first && rune <= unprintable[i].last)
			return false;
	return rune >= 0x20 && rune != 0x7f;
}

static void
quote_rune(struct buf *b, const char *s, size_t len, uint32_t rune)
{
	static const char plain[] = "\a\b\f\n\r\t\v\"\\", letter[] = "abfnrtv\"\\";
	const char *hit = rune != 0 && rune < 0x80 ? strchr(plain, (int)rune) : NULL;

	if (hit != NULL)
		buf_addf(b, "\\%c", letter[hit - plain]);
	else if (len == 1 && (rune >= 0x80 || !format_rune_prints(rune)))
		buf_addf(b, "\\x%02x", rune);
	else if (format_rune_prints(rune))
		buf_add(b, s, len);
	else
		buf_addf(b, rune > 0xffff ? "\\U%08x" : "\\u%04x", rune);
}

void
format_quote(struct buf *b, const char *s)
{
	buf_addc(b, '"');
	while (*s != '\0') {
		size_t len;
		uint32_t rune = format_rune(s, &len);

		quote_rune(b, s, len, rune);
		s += len;
	}
	buf_addc(b, '"');
}

char *
format_command(char *const *argv, bool no_trunc)
{
	cleanup_buf struct buf line = BUF_INIT(BUF_OURS);
	cleanup_free char *cut = NULL;
	struct buf quoted = BUF_INIT(BUF_OURS);

	for (size_t i = 0; argv[i] != NULL; i++) {
		bool blank = i > 0 && strchr(argv[i], ' ') != NULL;

		buf_addf(&line, "%s%s%s%s", i > 0 ? " " : "", blank ? "'" : "", argv[i],
		    blank ? "'" : "");
	}
	cut = no_trunc ? xstrdup(line.s) : format_ellipsis(line.s, FORMAT_COMMAND_CELLS);
	format_quote(&quoted, cut);
	return buf_take(&quoted);
}
