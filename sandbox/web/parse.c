/*
 * parse.c - requests as text
 */
#include "sandbox/web/web.h"
#include <ctype.h>
#include <strings.h>

static size_t
refuse(struct web_request *r, int status, size_t len)
{
	r->status = status;
	r->last = true;
	return len;
}

static int
hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (char)tolower((unsigned char)c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Decodes a target up to its query; false for what is no path. */
static bool
decode(const char *from, size_t len, char to[WEB_PATH_MAX])
{
	size_t n = 0;

	for (size_t i = 0; i < len && from[i] != '?' && from[i] != '#'; i++) {
		char c = from[i];

		if (c == '%') {
			int high = i + 2 < len ? hex_digit(from[i + 1]) : -1;
			int low = i + 2 < len ? hex_digit(from[i + 2]) : -1;

			if (high < 0 || low < 0)
				return false;
			c = (char)(high << 4 | low);
			i += 2;
		}
		if (c == '\0')
			return false;
		to[n++] = c; /* never longer than what it is made from */
	}
	to[n] = '\0';
	return to[0] == '/';
}

/* "GET /path HTTP/1.1" */
static int
parse_line(const char *line, size_t len, struct web_request *r)
{
	const char *space = memchr(line, ' ', len);
	size_t method = space != NULL ? (size_t)(space - line) : 0;
	const char *target = line + method + 1, *end = line + len;
	const char *after =
	    space != NULL ? memchr(target, ' ', (size_t)(end - target)) : NULL;

	if (after == NULL || end - after != 9 || memcmp(after, " HTTP/1.", 8) != 0)
		return 400;
	r->head = method == 4 && memcmp(line, "HEAD", 4) == 0;
	if (!r->head && (method != 3 || memcmp(line, "GET", 3) != 0))
		return 405;
	if (after - target >= WEB_PATH_MAX)
		return 414;
	r->last = after[8] == '0';
	return decode(target, (size_t)(after - target), r->path) ? 200 : 400;
}

/* The only header that matters is whether the client wants to go on. */
static void
parse_header(const char *line, size_t len, struct web_request *r)
{
	static const char name[] = "connection:";
	size_t at = sizeof name - 1;

	if (len < at || strncasecmp(line, name, at) != 0)
		return;
	while (at < len && line[at] == ' ')
		at++;
	if (len - at >= 5 && strncasecmp(line + at, "close", 5) == 0)
		r->last = true;
}

size_t
web_parse(const char *text, size_t len, struct web_request *ret)
{
	const char *end = memmem(text, len, "\r\n\r\n", 4), *line = text, *eol;

	*ret = (struct web_request){.status = 200};
	if (end == NULL)
		return len < WEB_HEAD_MAX ? 0 : refuse(ret, 400, len);
	size_t whole = (size_t)(end - text) + 4;
	eol = memmem(line, whole, "\r\n", 2);
	int status = parse_line(line, (size_t)(eol - line), ret);
	if (status != 200)
		return refuse(ret, status, whole);
	for (line = eol + 2; line < end; line = eol + 2) {
		eol = memmem(line, (size_t)(text + whole - line), "\r\n", 2);
		parse_header(line, (size_t)(eol - line), ret);
	}
	return whole;
}
