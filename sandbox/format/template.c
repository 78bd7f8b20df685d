/*
 * template.c - the memory of a parsed template, and Go's escapes in its strings
 */
#include "sandbox/format/private.h"
#include <stddef.h>
#include <stdlib.h>

enum { CHUNK = 4096 };

struct chunk {
	struct chunk *next;
	size_t used, size;
	_Alignas(max_align_t) char data[];
};

void *
format_template_alloc(struct format_template *t, size_t size)
{
	struct chunk *c = t->chunks;
	void *p;

	size =
	    (size + sizeof(max_align_t) - 1) / sizeof(max_align_t) * sizeof(max_align_t);
	if (c == NULL || c->size - c->used < size) {
		size_t room = size > CHUNK ? size : CHUNK;

		c = xcalloc(1, sizeof *c + room);
		c->size = room;
		c->next = t->chunks;
		t->chunks = c;
	}
	p = c->data + c->used;
	c->used += size;
	return p;
}

char *
format_template_strndup(struct format_template *t, const char *s, size_t len)
{
	char *copy = format_template_alloc(t, len + 1);

	memcpy(copy, s, len);
	return copy;
}

void
format_template_free(struct format_template *t)
{
	if (t == NULL)
		return;
	for (struct chunk *c = t->chunks, *n; c != NULL; c = n) {
		n = c->next;
		free(c);
	}
	free(t->source);
	free(t);
}

void
format_template_free_p(struct format_template **t)
{
	format_template_free(*t);
	*t = NULL;
}

static void
add_utf8(struct buf *b, unsigned long rune)
{
	if (rune < 0x80) {
		buf_addc(b, (char)rune);
		return;
	}
	if (rune < 0x800)
		buf_addc(b, (char)(0xc0 | rune >> 6));
	else if (rune < 0x10000)
		buf_addc(b, (char)(0xe0 | rune >> 12));
	else
		buf_addc(b, (char)(0xf0 | rune >> 18));
	if (rune >= 0x10000)
		buf_addc(b, (char)(0x80 | (rune >> 12 & 0x3f)));
	if (rune >= 0x800)
		buf_addc(b, (char)(0x80 | (rune >> 6 & 0x3f)));
	buf_addc(b, (char)(0x80 | (rune & 0x3f)));
}

/* One escape after the backslash at *s; false when it is none of Go's. */
static bool
unescape(struct buf *b, const char **s)
{
	static const char letters[] = "abfnrtv\\\"'", bytes[] = "\a\b\f\n\r\t\v\\\"'";
	static const char kinds[] = "xuU";
	static const int digits[] = {2, 4, 8};
	const char *hit = strchr(letters, **s), *kind = strchr(kinds, **s);
	char number[9] = "";
	int base = 16, want = 3;
	unsigned long rune;

	if (**s == '\0')
		return false;
	if (hit != NULL) {
		buf_addc(b, bytes[hit - letters]);
		(*s)++;
		return true;
	}
	if (kind != NULL) {
		want = digits[kind - kinds];
		(*s)++;
	} else {
		base = 8;
	}
	if ((int)strnlen(*s, (size_t)want) < want)
		return false;
	memcpy(number, *s, (size_t)want);
	if (strspn(number, base == 8 ? "01234567" : "0123456789abcdefABCDEF") !=
	    (size_t)want)
		return false;
	rune = strtoul(number, NULL, base);
	*s += want;
	if (rune == 0 || rune > 0x10ffff || (base == 8 && rune > 255))
		return false; /* NUL: our texts end there */
	if (kind == NULL || *kind == 'x')
		buf_addc(b, (char)rune);
	else
		add_utf8(b, rune);
	return true;
}

bool
format_template_unquote(const char *s, bool raw, struct buf *b)
{
	while (*s != '\0') {
		if (raw || *s != '\\') {
			buf_addc(b, *s++);
			continue;
		}
		s++;
		if (!unescape(b, &s))
			return false;
	}
	return true;
}
